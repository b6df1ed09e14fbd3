"""The pulse's pages and records: questionnaires, pulses, invitations, answers."""
