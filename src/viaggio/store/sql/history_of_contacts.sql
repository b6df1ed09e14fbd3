account in ({nodes}) and (customer is null or customer not in ({nodes}))
