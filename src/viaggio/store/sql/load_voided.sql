create or replace table {name} as
select {facts} || '/' || {table} || '/' || lpad(part::varchar, 8, '0') || '.parquet' as filename, key
from read_parquet({paths})
