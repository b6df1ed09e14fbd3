create or replace temp table {name} as
select {facts} || '/' || {table} || '/' || lpad(part::varchar, 8, '0') || '.parquet' as filename, key
from read_parquet({paths})
