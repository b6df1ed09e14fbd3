"""What the connections pages read and change."""
