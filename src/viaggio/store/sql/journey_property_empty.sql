-- Events whose source said nothing of a property.
select fact.key as key
from ({live}) as fact
where json_extract_string(fact.properties, $path) is null
