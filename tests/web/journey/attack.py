"""What somebody works out who holds all told cells of a page against all sums that are known of it.

Exact elimination over fractions: every cell that follows from the told ones is found, and no other.
"""

from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction

type Equation = tuple[Hashable | None, Sequence[Hashable]]
"""A whole and its parts."""


def worked_out(told: Mapping[Hashable, float], equations: Sequence[Equation]) -> dict[Hashable, Fraction]:
    """The cells not told whose value follows, with it."""
    rows: list[tuple[dict[Hashable, Fraction], Fraction]] = []
    for whole, parts in equations:
        terms: dict[Hashable, Fraction] = {}
        for cell in parts:
            terms[cell] = terms.get(cell, Fraction(0)) + 1
        terms[whole] = terms.get(whole, Fraction(0)) - 1
        known = -sum((n * Fraction(told[cell]) for cell, n in terms.items() if cell in told), Fraction(0))
        rows.append(({cell: n for cell, n in terms.items() if cell not in told and n}, known))
    pivots: dict[Hashable, tuple[dict[Hashable, Fraction], Fraction]] = {}
    for row, told_sum in rows:
        terms, known = row, told_sum
        for cell, (other, value) in pivots.items():
            if factor := terms.get(cell, Fraction(0)):
                terms, known = _less(terms, other, factor), known - factor * value
        if not terms:
            continue
        pivot = min(terms, key=str)
        one = {c: n / terms[pivot] for c, n in terms.items()}, known / terms[pivot]
        for place, (other, value) in list(pivots.items()):
            if factor := other.get(pivot, Fraction(0)):
                pivots[place] = (_less(other, one[0], factor), value - factor * one[1])
        pivots[pivot] = one
    return {cell: value for cell, (terms, value) in pivots.items() if len(terms) == 1}


def _less(
    terms: Mapping[Hashable, Fraction], other: Mapping[Hashable, Fraction], factor: Fraction
) -> dict[Hashable, Fraction]:
    out = {c: terms.get(c, Fraction(0)) - factor * other.get(c, Fraction(0)) for c in {*terms, *other}}
    return {cell: n for cell, n in out.items() if n}
