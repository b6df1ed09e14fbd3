-- Customers met in a span by cell, and which of them complained, sent something back or left in it.
with met as (
    select distinct customer, touchpoint, function, phase, channel,
           coalesce(json_extract_string(properties, '$.unit'), json_extract_string(properties, '$.team')) as unit
    from interactions where customer is not null and started_at >= $since and started_at < $until
), complained as (
    select distinct customer from interactions
    where started_at >= $since and started_at < $until and list_contains($complaints, touchpoint)
), returned as (
    select customer from order_lines where returned_at >= $since and returned_at < $until
    union
    select customer from interactions
    where started_at >= $since and started_at < $until and list_contains($returns, touchpoint)
), gone as (
    select distinct customer from contracts where ended_at >= $since and ended_at < $until
)
select met.customer, met.touchpoint, met.function, met.phase, met.channel, met.unit,
       complained.customer is not null as complaints, returned.customer is not null as returns,
       gone.customer is not null as churn
from met
left join complained on complained.customer = met.customer
left join returned on returned.customer = met.customer
left join gone on gone.customer = met.customer
order by all
