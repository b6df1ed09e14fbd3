select wanted.customer, known.kind, known.name, known.segment, known.region, known.city, known.language,
       known.since::varchar as since
from (select unnest($customers::bigint[]) as customer) as wanted
left join customer_dimension as known on known.customer = wanted.customer
