"""What the pages of the journey explorer show."""
