-- The accounts that a person was seen with.
select distinct coalesce(same.customer, seen.node) as customer
from ({identifiers}) as seen left join identity as same on same.node = seen.node
where seen.kind = 'account_id' and seen.customer <> seen.node
  and list_contains($nodes::bigint[], seen.customer)
order by customer
