create or replace table {name} as select node, customer from read_parquet({paths})
