"""People and their roles: who may do what here."""
