create or replace table identity as select node, customer from read_parquet({paths})
