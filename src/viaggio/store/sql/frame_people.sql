-- Each customer as they can be reached: strongest name, newest addresses, account, last word on surveys.
with seen as (
    select coalesce(person.customer, fact.customer) as customer, fact.kind, fact.value, fact.node,
           struct_pack(filename := fact.filename, place := fact.place) as came
    from ({identifiers}) as fact left join identity as person on person.node = fact.customer
), known as (
    select customer,
           arg_min(value, came) filter (kind = 'customer_number') as customer_number,
           arg_max(value, came) filter (kind = 'email') as email,
           arg_max(value, came) filter (kind = 'phone') as phone,
           arg_min(value, came) filter (kind = 'visitor') as visitor,
           arg_max(node, came) filter (kind = 'account_id') as account
    from seen group by customer
), said as (
    -- of two words of the same moment the no counts
    select coalesce(person.customer, fact.customer) as customer,
           arg_max(granted, struct_pack(stated_at := stated_at, no := not granted)) as granted
    from ({consents}) as fact left join identity as person on person.node = fact.customer
    where purpose = 'survey' group by all
)
select known.customer, known.customer_number, known.email, known.phone, known.visitor,
       coalesce(firm.customer, known.account) as account, said.granted, who.language, who.kind
from known
left join said on said.customer = known.customer
left join identity as firm on firm.node = known.account
left join customer_dimension as who on who.customer = known.customer
order by known.customer
