-- What each doubtful new row is, compared with the row of its key before it, here or in an earlier part.
-- The last row that differs from its predecessor stays; an id that only shares its key with another is refused.
create or replace temp table verdicts as
with doubtful as (
    select fresh.place, fresh.key, fresh.digest, fresh.id,
           known.digest as known_digest,
           coalesce(known.id, first_value(fresh.id) over (partition by fresh.key order by fresh.place)) as owner
    from fresh left join known on known.key = fresh.key
    where known.key is not null or fresh.key in (select key from repeated)
), compared as (
    select place, key, id, id <> owner as collides,
           coalesce(lag(digest) over (partition by key, id order by place), known_digest) as before,
           digest
    from doubtful
), judged as (
    select place, key, id,
           case when collides then 'collision'
                when before is null then 'new'
                when before = digest then 'duplicate'
                else 'changed' end as verdict
    from compared
)
select place, key, id, verdict,
       verdict in ('new', 'changed')
       and place = max(place) filter (where verdict in ('new', 'changed')) over (partition by key) as stays
from judged
