"""What they answer: pulses, waves, answers."""
