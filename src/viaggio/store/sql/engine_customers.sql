-- What is known of each customer: of every column the statement that came last; accounts and whoever was
-- seen with an account are b2b unless a source says otherwise.
create or replace table customer_dimension as
with stated as (
    select coalesce(person.customer, fact.customer) as customer, fact.* exclude (customer),
           row_number() over (order by fact.filename, fact.place) as came
    from ({live}) as fact left join identity as person on person.node = fact.customer
), known as (
    select customer,
           arg_max(kind, came) as kind,
           arg_max(name, came) filter (name is not null) as name,
           arg_max(segment, came) filter (segment is not null) as segment,
           arg_max(region, came) filter (region is not null) as region,
           arg_max(city, came) filter (city is not null) as city,
           arg_max(language, came) filter (language is not null) as language,
           arg_max(since, came) filter (since is not null) as since,
           bool_or(kind = 'account' or account is not null) as business
    from stated where customer is not null group by customer
), contacts as (
    select distinct coalesce(person.customer, seen.customer) as customer
    from ({memberships}) as seen left join identity as person on person.node = seen.customer
    where seen.kind = 'account_id'
)
select coalesce(known.customer, contacts.customer) as customer,
       coalesce(known.segment, case when known.business or contacts.customer is not null then 'b2b' end) as segment,
       known.region, known.kind, known.name, known.city, known.language, known.since
from known full join contacts on contacts.customer = known.customer
