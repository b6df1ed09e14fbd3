-- Keys of new rows that a row has already: seldom any, so that nothing but keys is read of all that is known.
create or replace temp table met as
select distinct live.key from ({live}) as live where live.key in (select key from fresh)
