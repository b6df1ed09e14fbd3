"""Views of the connections pages."""
