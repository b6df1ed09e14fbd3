-- Customers found by name, identifier or order number, best match first: 0 exact, 1 beginning, 2 inside.
with found as (
    select coalesce(same.customer, seen.node) as customer, seen.kind as why, seen.value as matched,
           case when list_contains($exact, seen.value) then 0
                when starts_with(lower(seen.value), $low) then 1 else 2 end as rank
    from identifiers as seen left join identity as same on same.node = seen.node
    where list_contains($exact, seen.value) or contains(lower(seen.value), $low)
    union all
    select customer, 'name', name,
           case when lower(name) = $low then 0 when starts_with(lower(name), $low) then 1 else 2 end
    from customer_dimension where contains(strip_accents(lower(name)), strip_accents($low))
    union all
    select customer, 'order', id, 0 from orders where id = $text and customer is not null
), best as (
    select customer, min(struct_pack(rank := rank, why := why, matched := matched)) as hit
    from found group by customer
), ordered as (
    select best.customer, best.hit.rank as rank, best.hit.why as why, best.hit.matched as matched,
           known.kind, known.name, known.segment, known.region, known.city, known.language,
           known.since::varchar as since, coalesce(lower(known.name), '') as sorted_by
    from best left join customer_dimension as known on known.customer = best.customer
    where $segment is null or known.segment = $segment
)
select * from ordered
where (rank, sorted_by, customer) > ($rank, $after, $customer)
order by rank, sorted_by, customer
limit $limit
