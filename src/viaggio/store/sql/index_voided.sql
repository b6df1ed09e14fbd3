-- Events of earlier parts that parts after the last item indexed replaced, with the bucket's old customer.
select voided.key, coalesce(person.customer, voided.customer) as customer
from read_parquet({paths}) as voided
left join identity as person on person.node = voided.customer
where voided.part <= {item} and voided.customer is not null
