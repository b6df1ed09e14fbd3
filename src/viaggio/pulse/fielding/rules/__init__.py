"""Verbs of fielding, by subject."""
