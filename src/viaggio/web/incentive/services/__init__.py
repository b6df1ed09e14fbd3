"""What pages, API and tasks of the shared incentive do."""
