"""What the customer pages show, made ready to read."""
