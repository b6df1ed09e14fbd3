-- Recommendations and control items since the history began, with what their sources tell of how they came.
select source, response, customer, touchpoint, function, phase, channel, pulse, value, scale_min, scale_max,
       metric <> 'nps' as control, epoch_us(answered_at) as moment,
       coalesce(json_extract_string(properties, '$.unit'), json_extract_string(properties, '$.team')) as unit,
       json_extract_string(properties, '$.device') as device,
       json_extract_string(properties, '$.network') as network,
       json_extract_string(properties, '$.asked_by') as asked_by,
       coalesce(json_extract_string(properties, '$.audit') = 'true', false)
           or list_contains($audit_pulses, coalesce(pulse, '')) as audit,
       try_cast(json_extract_string(properties, '$.waited_seconds') as double) as waited,
       try_cast(json_extract_string(properties, '$.took_seconds') as double) as took
from answers
where answered_at >= $since and answered_at < $until
  and not list_contains($apart, coalesce(pulse, ''))
  and (metric = 'nps' and scale_min = 0 and scale_max = 10 and value between 0 and 10
       or metric <> 'nps' and list_contains($control_items, item))
order by moment, source, response
