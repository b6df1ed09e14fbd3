-- Events whose source said one of these values of a property.
select fact.key as key
from ({live}) as fact
where json_extract_string(fact.properties, $path) in (select unnest($values))
