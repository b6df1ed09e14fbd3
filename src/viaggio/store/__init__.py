"""Engines and files: workspace, landing, facts, journey index, importers and exporters, recipes."""
