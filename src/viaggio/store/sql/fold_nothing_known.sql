create or replace temp table known (key bigint, digest bigint, id varchar, customer bigint, item integer)
