left join identity as person on person.node = fact.customer
