left join identity as firm on firm.node = fact.account
