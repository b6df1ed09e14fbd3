-- Responses of a span by these customers, or from a network that is known.
select source, response, customer, min(epoch_us(answered_at)) as moment,
       any_value(json_extract_string(properties, '$.network')) as network,
       any_value(json_extract_string(properties, '$.asked_by')) as asked_by
from answers
where answered_at >= $since and answered_at < $until and response is not null
  and list_contains($kinds, metric)
  and not list_contains($apart, coalesce(pulse, ''))
  and (list_contains($customers, customer) or json_extract_string(properties, '$.network') is not null)
group by source, response, customer
order by source, response
