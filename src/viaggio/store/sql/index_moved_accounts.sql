select count(*) as accounts from ({identifiers}) as seen
where seen.kind = 'account_id' and seen.node in (select node from moved)
