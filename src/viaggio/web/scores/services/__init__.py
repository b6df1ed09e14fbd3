"""What the scores pages show, from readings and verdicts."""
