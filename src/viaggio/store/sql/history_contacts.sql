-- The persons seen with an account.
select distinct coalesce(same.customer, seen.customer) as customer
from ({identifiers}) as seen left join identity as same on same.node = seen.customer
where seen.kind = 'account_id' and seen.customer <> seen.node and list_contains($nodes::bigint[], seen.node)
order by customer
limit $limit
