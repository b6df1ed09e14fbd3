create or replace temp view fresh as
select file_row_number as place, key, digest, id from read_parquet({paths})
