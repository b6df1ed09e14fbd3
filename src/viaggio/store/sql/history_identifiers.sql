-- The identifiers of a customer, each where it was seen first.
select kind, value, node,
       arg_min(source, came) as source, (min(came) >> 40)::integer as item
from (
    select kind, value, node, source, (parse_filename(filename, true)::bigint << 40) + place as came
    from ({identifiers}) where list_contains($nodes::bigint[], node)
)
group by kind, value, node
order by min(came)
