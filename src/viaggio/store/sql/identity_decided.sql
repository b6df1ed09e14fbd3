create or replace table decided as select unnest({nodes}::bigint[]) as node
