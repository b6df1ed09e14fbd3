-- E-mail addresses and phones of these customers.
select coalesce(person.customer, fact.customer) as customer, fact.kind, fact.value
from ({identifiers}) as fact left join identity as person on person.node = fact.node
where fact.kind in ('email', 'phone')
  and coalesce(person.customer, fact.customer) in (select unnest($customers))
group by all order by all
