"""Coming back: cohorts by day, week or month, and the time until the next contact."""
