select key, count(*) as times from ({live}) group by key having count(*) > 1 order by key limit 1
