select count(*) > 0 as any_new from ({identifiers}) where customer <> node and kind <> 'account_id'
