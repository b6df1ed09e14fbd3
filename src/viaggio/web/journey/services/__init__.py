"""What the journey pages show, read from facts and index and made ready for templates."""
