-- In which order the identifiers that matter came: by item, then by place in it.
select node, min((parse_filename(filename, true)::bigint << 40) + place) as rank
from ({identifiers})
where node in (select a from links union select b from links union select node from decided)
group by node order by node
