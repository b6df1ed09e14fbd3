"""Several tests at once: p-values adjusted so that an error rate holds over the whole screen.

An adjusted p-value is the smallest rate at which the test is still called: compare it with the rate itself.
Bonferroni, Holm (1979), Hochberg (1988) and Hommel (1988) hold the chance of any false call; Benjamini and
Hochberg (1995) the expected share of false calls among the calls, which is the same where nothing is true;
Benjamini and Yekutieli (2001) the latter under any dependence. The lines follow the definitions, in the
form of R's `p.adjust`.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum

from viaggio.kernel import ViaggioError

Values = list[float]


class Multiplicity(StrEnum):
    """How the rate is held over several tests."""

    NONE = "none"
    BONFERRONI = "bonferroni"
    HOLM = "holm"
    HOCHBERG = "hochberg"
    HOMMEL = "hommel"
    BH = "bh"
    BY = "by"


class BadProbability(ViaggioError):
    """A number outside 0 to 1 where a probability is asked for."""

    code = "estimate.probability"


def adjusted(
    p: Sequence[float | None], method: Multiplicity | str = Multiplicity.BH
) -> tuple[float | None, ...]:
    """The adjusted p-values, in the order given; None (not tested) stays None and is not counted.

    Raises `BadProbability` for a value outside 0 to 1 and for a method that is not known.
    """
    for place, value in enumerate(p):
        if value is not None and not 0 <= value <= 1:
            raise BadProbability(
                f"p-value {value} is not between 0 and 1",
                place=f"place {place}",
                hint="Give None where nothing was tested.",
            )
    try:
        way = _WAYS[Multiplicity(method)]
    except ValueError as unknown:
        known = ", ".join(Multiplicity)
        raise BadProbability(f"'{method}' is no way to adjust p-values", hint=f"Known: {known}.") from unknown
    tested = [place for place, value in enumerate(p) if value is not None]
    order = sorted(tested, key=lambda place: p[place] or 0.0)
    result: list[float | None] = [None] * len(p)
    rising = way([p[place] or 0.0 for place in order])
    for place, value in zip(order, rising, strict=True):
        result[place] = min(1.0, value)
    return tuple(result)


# Each way takes the p-values from the smallest to the largest.


def _same(p: Values) -> Values:
    return list(p)


def _bonferroni(p: Values) -> Values:
    return [len(p) * value for value in p]


def _holm(p: Values) -> Values:
    return _never_falling([(len(p) - rank) * value for rank, value in enumerate(p)])


def _hochberg(p: Values) -> Values:
    return _never_above_next([(len(p) - rank) * value for rank, value in enumerate(p)])


def _bh(p: Values) -> Values:
    return _never_above_next([len(p) / (rank + 1) * value for rank, value in enumerate(p)])


def _by(p: Values) -> Values:
    harmonic = sum(1 / rank for rank in range(1, len(p) + 1))
    return _never_above_next([harmonic * len(p) / (rank + 1) * value for rank, value in enumerate(p)])


def _hommel(p: Values) -> Values:
    """Closed testing with Simes' test (Hommel 1988), by Wright's (1992) algorithm."""
    n = len(p)
    if n < 2:
        return list(p)
    least = min(n * value / rank for rank, value in enumerate(p, start=1))
    result = [least] * n
    found = [least] * n
    for size in range(n - 1, 1, -1):
        first = n - size + 1  # the tests from here on are the size - 1 largest
        bound = min(size * p[first + step] / (step + 2) for step in range(size - 1))
        found[:first] = [min(size * value, bound) for value in p[:first]]
        found[first:] = [found[first - 1]] * (n - first)
        result = [max(old, new) for old, new in zip(result, found, strict=True)]
    return [max(mine, raw) for mine, raw in zip(result, p, strict=True)]


def _never_falling(values: Values) -> Values:
    result: Values = []
    for value in values:
        result.append(max(value, result[-1]) if result else value)
    return result


def _never_above_next(values: Values) -> Values:
    result: Values = []
    for value in reversed(values):
        result.append(min(value, result[-1]) if result else value)
    return result[::-1]


_WAYS: dict[Multiplicity, Callable[[Values], Values]] = {
    Multiplicity.NONE: _same,
    Multiplicity.BONFERRONI: _bonferroni,
    Multiplicity.HOLM: _holm,
    Multiplicity.HOCHBERG: _hochberg,
    Multiplicity.HOMMEL: _hommel,
    Multiplicity.BH: _bh,
    Multiplicity.BY: _by,
}
