-- Answers of a span that feed a figure, one row for each thing a response was asked about, of customers or
-- devices that answered the same at the same touchpoint several times. The hidden audit sample stays aside.
with given as (
    select source, response, metric as kind, customer, coalesce(touchpoint, '') as touchpoint,
           min(epoch_us(answered_at)) as moment,
           any_value(json_extract_string(properties, '$.device')) as device,
           any_value(json_extract_string(properties, '$.asked_by')) as asked_by
    from answers
    where answered_at >= $since and answered_at < $until and response is not null and value is not null
      and list_contains($kinds, metric)
      and not list_contains($apart, coalesce(pulse, ''))
      and coalesce(json_extract_string(properties, '$.audit'), 'false') <> 'true'
    group by source, response, kind, customer, coalesce(touchpoint, '')
)
select * from given
qualify customer is not null and count(*) over (partition by customer, touchpoint, kind) > 1
     or device is not null and count(*) over (partition by device, touchpoint, kind) > 1
order by moment, source, response, kind
