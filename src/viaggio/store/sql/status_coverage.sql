select phase, channel, count(*) as interactions, count(distinct customer) as customers,
       epoch_us(min(started_at)) as first_seen, epoch_us(max(started_at)) as last_seen
from interactions
group by phase, channel
order by phase, channel
