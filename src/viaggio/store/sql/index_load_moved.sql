create or replace table moved as
select coalesce(old.node, new.node) as node,
       coalesce(old.customer, new.node) as before,
       coalesce(new.customer, old.node) as after
from identity_before as old full join identity as new on new.node = old.node
where coalesce(old.customer, new.node) <> coalesce(new.customer, old.node)
