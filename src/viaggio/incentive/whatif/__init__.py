"""What a plan will cost, before anybody is paid by it. Simulations may use floats; pay never does."""
