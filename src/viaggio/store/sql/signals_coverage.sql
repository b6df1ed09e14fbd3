-- Who was open to be drawn in a span and who was invited, by cell and whether the case was a hard one:
-- ended badly, at a touchpoint of complaints or returns, asked for help again within a week, or late.
with near as (
    select source, id, episode, customer, touchpoint, outcome, started_at,
           coalesce(json_extract_string(properties, '$.unit'), json_extract_string(properties, '$.team')) as unit
    from interactions where started_at >= $since - interval 90 days and started_at < $until
), again as (
    select near.source, near.id,
           near.started_at - lag(near.started_at) over (partition by near.customer order by near.started_at)
               <= interval 7 days as again
    from near join touchpoints on touchpoints.id = near.touchpoint
    where touchpoints.contact and near.customer is not null
), judged as (
    select near.source, near.id, near.episode, near.unit, near.started_at,
           coalesce(list_contains($hard_outcomes, near.outcome), false)
               or list_contains($bad_touchpoints, near.touchpoint) or coalesce(again.again, false) as hard
    from near left join again on again.source = near.source and again.id = near.id
), happened as (
    select 'interaction' as kind, source || ':' || id as about, unit, hard from judged
    union all
    select 'ticket', source || ':' || coalesce(episode, id), arg_max(unit, started_at), bool_or(hard)
    from judged group by all
    union all
    select 'order', source || ':' || id,
           coalesce(json_extract_string(properties, '$.unit'), json_extract_string(properties, '$.team')),
           coalesce(delivered_at > promised_at, false) or coalesce(status = 'returned', false)
    from orders where ordered_at >= $since - interval 365 days and ordered_at < $until
)
select asked.touchpoint, asked.function, asked.phase, asked.channel, happened.unit, asked.pulse, happened.hard,
       count(*) as eligible, count(*) filter (asked.outcome <> 'not_sampled') as invited
from coverage as asked join happened on happened.kind = asked.unit and happened.about = asked.about
where asked.eligible_at >= $since and asked.eligible_at < $until
  and not list_contains($apart, asked.pulse)
  and asked.outcome not in ('resting', 'no_consent', 'no_address')
group by all
order by all
