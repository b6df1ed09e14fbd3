"""Where a function crosses 0, to the last bit."""

from collections.abc import Callable

from viaggio.estimate.errors import NotConverged


def root(function: Callable[[float], float], low: float, high: float) -> float:
    """A zero of `function` between `low` and `high` (in either order), by Brent's method.

    Raises `NotConverged` when the function has one sign at both ends.
    """
    from scipy.optimize import brentq

    at_low, at_high = function(low), function(high)
    if at_low == 0:
        return low
    if at_high == 0:
        return high
    if (at_low > 0) == (at_high > 0):
        raise NotConverged("no crossing between the ends", place=f"{low:g} to {high:g}")
    return float(brentq(function, low, high, xtol=1e-15, rtol=8.9e-16, maxiter=500))
