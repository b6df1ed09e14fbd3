-- Customers with a bad case in a span by cell, and whether staff wrote "do not ask" within seven days.
with bad as (
    select customer, touchpoint, function, phase, channel, started_at,
           coalesce(json_extract_string(properties, '$.unit'), json_extract_string(properties, '$.team')) as unit
    from interactions
    where customer is not null and started_at >= $since and started_at < $until
      and (coalesce(list_contains($hard_outcomes, outcome), false) or list_contains($bad_touchpoints, touchpoint))
), no as (
    select customer, stated_at from consents
    where purpose = 'survey' and not granted and list_contains($staff_sources, source)
)
select bad.customer, bad.touchpoint, bad.function, bad.phase, bad.channel, bad.unit,
       bool_or(no.customer is not null) as marked
from bad left join no
  on no.customer = bad.customer and no.stated_at >= bad.started_at
 and no.stated_at < bad.started_at + interval 7 days
group by all
order by all
