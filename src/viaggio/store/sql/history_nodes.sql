-- Every identifier of the customer that this identifier belongs to, the customer's own key first.
with whose as (
    select coalesce((select customer from identity where node = $node), $node::bigint) as customer
)
select node from (
    select customer as node, 0 as later from whose
    union all
    select same.node, 1 from identity as same join whose on whose.customer = same.customer
) order by later, node
