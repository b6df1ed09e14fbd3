"""Who: identifiers, matching and merging, accounts and contacts, consent."""
