-- Every customer of whom a name is known, by name.
select customer, 0 as rank, null::varchar as why, null::varchar as matched, kind, name, segment, region, city,
       language, since::varchar as since, lower(name) as sorted_by
from customer_dimension
where name is not null and ($segment is null or segment = $segment)
  and (0, lower(name), customer) > ($rank, $after, $customer)
order by sorted_by, customer
limit $limit
