"""Walks over the answer index: one pass gives every score with what its standard error needs."""
