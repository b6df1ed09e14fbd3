-- One row per slug: the one that came last.
create or replace table touchpoint_dimension as
select * exclude (filename, place) from ({live})
qualify row_number() over (partition by id order by filename desc, place desc) = 1
order by id
