"""The metric catalogue: each score, pillar and KPI declared once, and how it is read."""
