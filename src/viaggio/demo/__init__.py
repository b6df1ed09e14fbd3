"""A company with known truth: generator of customers, journeys, answers, employees, at any scale."""
