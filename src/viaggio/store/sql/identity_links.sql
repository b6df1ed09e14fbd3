-- Pairs of a person's identifiers seen in one row, with the kinds of both as places in {kinds}.
create or replace table links as
with own as (
    select node, min(list_position({kinds}, kind) - 1) as kind
    from ({identifiers}) where customer = node group by node
), pairs as (
    select distinct customer as a, node as b, list_position({kinds}, kind) - 1 as b_kind
    from ({identifiers}) where customer <> node and kind <> 'account_id'
)
select pairs.a, pairs.b, own.kind::tinyint as a_kind, pairs.b_kind::tinyint as b_kind
from pairs join own on own.node = pairs.a
