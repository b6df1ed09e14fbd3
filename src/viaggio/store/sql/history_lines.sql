select source, order_id, product, category, quantity, amount_cents, currency
from ({order_lines})
where list_contains($orders, order_id)
  and (list_contains($nodes::bigint[], customer) or list_contains($nodes::bigint[], account))
order by source, order_id, filename, place
