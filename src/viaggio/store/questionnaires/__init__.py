"""Questionnaires of other programs, read and written."""
