-- What the facts on a cluster are joined with: of each customer only what figures are cut by.
select customer, segment, region from customer_dimension
