"""From the counts and sums of a cell's parts to a value with its interval."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

from viaggio.estimate import mean, no_data, ratio, share, total
from viaggio.kernel import Estimate, Flag
from viaggio.measure.model import Part

Estimator = Callable[[Sequence[Part]], Estimate]


def added(parts: Sequence[Part], column: str) -> Fraction:
    """The exact sum of one column over the parts; an empty sum is 0."""
    return sum((Fraction(part[column]) for part in parts if part[column] is not None), Fraction(0))


def whole(parts: Sequence[Part], column: str) -> int:
    """The sum of a column of whole numbers."""
    return int(added(parts, column))


def half_even(amount: Fraction) -> int:
    """Whole cents of an exact amount; a half goes to the even cent."""
    return round(amount)


def _without_value(parts: Sequence[Part], flag: Flag) -> Estimate:
    return Estimate(value=None, n=whole(parts, "n"), flags=frozenset({flag}))


def share_of(hits: str, n: str = "n") -> Estimator:
    """The share `hits` of `n`, with Wilson's interval."""
    return lambda parts: share(whole(parts, hits), whole(parts, n))


def share_without(hits: str, n: str = "n") -> Estimator:
    """The share of `n` that is left after `hits`, with Wilson's interval."""
    return lambda parts: share(whole(parts, n) - whole(parts, hits), whole(parts, n))


def mean_of(column: str) -> Estimator:
    """Mean of a column from `<column>_n`, `<column>_total` and `<column>_squares`, with the t interval."""
    return lambda parts: mean(
        whole(parts, f"{column}_n"), added(parts, f"{column}_total"), added(parts, f"{column}_squares")
    )


def count_of(column: str, n: str = "n") -> Estimator:
    """A count, everything counted, of `n` looked at."""
    return lambda parts: total(whole(parts, column), whole(parts, n))


def ratios(parts: Sequence[Part]) -> Estimate:
    """`y` over `x` by customer, by linearisation; the base shown is `x`; nothing `known` has no value."""
    if not any(part["known"] for part in parts):
        return no_data()
    sums = (added(parts, "y"), added(parts, "x"))
    squares = (added(parts, "yy"), added(parts, "xx"), added(parts, "xy"))
    return ratio(whole(parts, "units"), sums, squares, n=whole(parts, "x"))


def money_of(cents: str, n: str = "n") -> Estimator:
    """A sum of cents, exact; several currencies have no sum."""

    def estimate(parts: Sequence[Part]) -> Estimate:
        counted = [part for part in parts if part[n]]
        if _mixed(counted):
            return Estimate(value=None, n=whole(counted, n), flags=frozenset({Flag.MIXED_CURRENCY}))
        return total(whole(counted, cents), whole(counted, n))

    return estimate


def money_each(cents: str, n: str) -> Estimator:
    """Cents for each of `n`, exact until it is rounded to whole cents, half to even."""

    def estimate(parts: Sequence[Part]) -> Estimate:
        paid = [part for part in parts if part[cents] is not None]
        if _mixed(paid):
            return Estimate(value=None, n=whole(parts, n), flags=frozenset({Flag.MIXED_CURRENCY}))
        each = whole(parts, n)
        return total(half_even(added(paid, cents) / each), each) if each and paid else no_data()

    return estimate


def growth(parts: Sequence[Part]) -> Estimate:
    """How much `cents` grew against `cents_before`, as a share of it; no value without a before above 0."""
    if _mixed(parts):
        return _without_value(parts, Flag.MIXED_CURRENCY)
    n, before = whole(parts, "n"), added(parts, "cents_before")
    if not n or before <= 0:
        return replace(no_data(), n=n)
    value = float(added(parts, "cents") / before - 1)
    return Estimate(value=value, n=n, flags=frozenset({Flag.CENSUS}))


def _mixed(parts: Sequence[Part]) -> bool:
    return len({part["currency"] for part in parts}) > 1
