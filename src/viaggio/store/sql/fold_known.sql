-- Rows that hold already and have the key of a new row; `item` is the part they lie in.
create or replace temp table known as
select live.key, live.digest, live.id, {customer} as customer,
       parse_filename(live.filename, true)::integer as item
from ({live}) as live
where live.key in (select key from met)
