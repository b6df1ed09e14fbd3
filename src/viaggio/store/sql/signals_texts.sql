-- What was written with answers in a span.
select source, response, string_agg(body, ' ' order by id) as body
from texts
where kind = 'answer' and response is not null and body <> '' and written_at >= $since and written_at < $until
group by source, response
