"""Views of the scores pages."""
