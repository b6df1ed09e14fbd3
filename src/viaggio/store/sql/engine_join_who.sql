left join customer_dimension as who on who.customer = {customer}
