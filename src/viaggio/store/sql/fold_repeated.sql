create or replace temp table repeated as
select key from fresh group by key having count(*) > 1
