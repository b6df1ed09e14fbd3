"""Pages of the shared incentive."""
