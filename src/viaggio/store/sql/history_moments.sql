-- Rows of one fact table about a customer, newest first, older than the cursor; an account's are also those
-- of its contacts.
select epoch_us({time}) as happened, *
from ({rows})
where {time} is not null
  and (list_contains($nodes::bigint[], customer) or list_contains($nodes::bigint[], account))
  and (epoch_us({time}) < $at or (epoch_us({time}) = $at and $tie and key > $key))
order by happened desc, key
limit $limit
