"""What the pulse does: fielding, sending, taking answers, settling them into the facts."""
