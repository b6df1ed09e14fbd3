"""Forms of the office: plans, simulations, decisions, imports."""
