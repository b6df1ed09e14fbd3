"""The face of shared incentives: plans, runs, statements, appeals."""
