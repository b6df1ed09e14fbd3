"""The views of the journey pages."""
