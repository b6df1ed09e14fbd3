create or replace table {name} (node bigint, customer bigint)
