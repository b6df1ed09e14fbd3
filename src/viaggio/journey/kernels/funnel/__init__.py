"""Funnels: how many customers do one thing after the other, in time, and where the others go."""
