select known.key, known.item as part, known.customer
from known join verdicts on verdicts.key = known.key and verdicts.stays
order by known.key
