"""Erasing a person from the records: each face says what it keeps of people, and takes them out of it."""
