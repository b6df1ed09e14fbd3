"""What happened: touchpoints, channels, interactions, phases; the journey index and its kernels."""
