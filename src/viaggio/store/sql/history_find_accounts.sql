-- B2B customers whose name or account id contains the text, by name, each with the number of its contacts.
with members as (
    select coalesce(firm.customer, seen.node) as customer, seen.value,
           case when seen.customer <> seen.node then coalesce(person.customer, seen.customer) end as contact
    from ({identifiers}) as seen
    left join identity as firm on firm.node = seen.node
    left join identity as person on person.node = seen.customer
    where seen.kind = 'account_id'
), counted as (
    select customer, count(distinct contact) as contacts, min(value) as value from members group by customer
), named as (
    select counted.customer, counted.contacts, known.kind, known.name, known.segment, known.region, known.city,
           known.language, known.since::varchar as since, lower(coalesce(known.name, counted.value)) as sorted_by
    from counted left join customer_dimension as known on known.customer = counted.customer
    where contains(strip_accents(lower(coalesce(known.name, ''))), strip_accents($low))
       or contains(lower(counted.value), $low)
)
select * from named
where (sorted_by, customer) > ($after, $customer)
order by sorted_by, customer
limit $limit
