-- The identifier of each account, to name it by.
select coalesce(firm.customer, fact.node) as account, min(fact.value) as account_id
from ({identifiers}) as fact left join identity as firm on firm.node = fact.node
where fact.kind = 'account_id' group by all order by account
