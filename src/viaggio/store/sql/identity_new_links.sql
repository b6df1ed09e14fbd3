-- Whether new identifiers can change who is who: a pair, or the first sight of one already decided about.
select count(*) > 0 as any_new from ({identifiers})
where (customer <> node and kind <> 'account_id') or list_contains({nodes}::bigint[], node)
