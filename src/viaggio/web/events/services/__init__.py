"""Taking messages, and bringing them into the landing."""
