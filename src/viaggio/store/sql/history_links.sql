-- Pairs of identifiers of one customer seen in one row, each where it was seen first.
select customer as a, node as b, kind, arg_min(source, came) as source, (min(came) >> 40)::integer as item
from (
    select customer, node, kind, source, (parse_filename(filename, true)::bigint << 40) + place as came
    from ({identifiers})
    where customer <> node and kind <> 'account_id' and list_contains($nodes::bigint[], node)
      and list_contains($nodes::bigint[], customer)
)
group by customer, node, kind
order by min(came)
