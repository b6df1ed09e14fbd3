create or replace table {name} as
select lies.filename, gone.key
from read_parquet({paths}) as gone join (values {parts}) as lies (part, filename) on lies.part = gone.part
