"""Forms of the pulse's pages."""
