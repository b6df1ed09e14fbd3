select purpose, arg_max(granted, came) as granted, epoch_us(max(stated_at)) as stated_at,
       arg_max(source, came) as source
from (
    select *, struct_pack(stated_at := stated_at, filename := filename, place := place) as came
    from ({consents}) where list_contains($nodes::bigint[], customer)
)
group by purpose
order by purpose
