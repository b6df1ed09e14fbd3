-- Events for the journey index: whoever has no identifier has no journey.
select coalesce(person.customer, fact.customer) as customer,
       epoch_us(fact.started_at) as time,
       fact.touchpoint, fact.channel, fact.device, fact.phase, fact.moment, fact.outcome, fact.episode,
       coalesce(fact.value_cents, 0) as value,
       coalesce(fact.cost_cents, 0) as cost,
       coalesce(epoch_us(fact.ended_at), epoch_us(fact.started_at)) as ended,
       fact.key,
       fact.customer as node,
       coalesce(firm.customer, fact.account, 0) as account
from ({live}) as fact
left join identity as person on person.node = fact.customer
left join identity as firm on firm.node = fact.account
where fact.customer is not null
