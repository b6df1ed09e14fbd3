-- Every customer of whom no name is known.
with everybody as (
    select coalesce(same.customer, seen.node) as customer
    from identifiers as seen left join identity as same on same.node = seen.node
    group by 1
), ordered as (
    select who.customer, 1 as rank, null::varchar as why, null::varchar as matched,
           known.kind, known.name, known.segment, known.region, known.city, known.language,
           known.since::varchar as since, '' as sorted_by
    from everybody as who left join customer_dimension as known on known.customer = who.customer
    where known.name is null and ($segment is null or known.segment = $segment)
)
select * from ordered
where (rank, sorted_by, customer) > ($rank, $after, $customer)
order by rank, sorted_by, customer
limit $limit
