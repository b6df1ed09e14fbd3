create or replace table identity (node bigint, customer bigint)
