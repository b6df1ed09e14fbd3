-- Rows of one fact table about a customer, newest first, older than the cursor.
-- The condition compares one column with numbers written out, by which a reader of Parquet can skip.
select epoch_us({time}) as happened, *
from ({rows})
where {who}
  and {time} is not null
  and (epoch_us({time}) < $at or (epoch_us({time}) = $at and $tie and key > $key))
order by happened desc, key
limit $limit
