"""What a plan will cost, before anybody is paid by it. Simulations may use floats; pay never does."""

from viaggio.incentive.whatif.comparing import Cause, Change, Comparison, Moved, compare

__all__ = ["Cause", "Change", "Comparison", "Moved", "compare"]
