"""Verbs of the questionnaire."""
