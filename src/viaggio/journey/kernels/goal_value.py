"""What interactions of a kind bring: their mean value in money, with its interval."""

from dataclasses import dataclass

import numpy as np

from viaggio.estimate import mean
from viaggio.journey.index import Bucket, Codes, Whole
from viaggio.journey.kinds import InteractionKind, bits_of
from viaggio.journey.where import Keep
from viaggio.kernel import Estimate

_DIGITS = 20  # bits of the lower half of an amount: squares of halves sum without overflow


def squares_of(values: Whole) -> int:
    """The exact sum of squares, also where it is larger than an int64."""
    high, low = np.divmod(values, 1 << _DIGITS)
    return (
        (int((high * high).sum()) << 2 * _DIGITS)
        + (int((high * low).sum()) << _DIGITS + 1)
        + int((low * low).sum())
    )


@dataclass(frozen=True, slots=True)
class ValuePart:
    """Number, sum and sum of squares of amounts in cents, exact."""

    n: int
    total: int
    squares: int


@dataclass(frozen=True, slots=True)
class GoalValueKernel:
    """The mean value in cents of the interactions of kind `goal`, with the t interval of a mean."""

    goal: InteractionKind

    def part(self, bucket: Bucket, keep: Keep, codes: Codes) -> ValuePart:
        """Sums of one bucket."""
        kinds = bits_of((self.goal,), bucket, codes)
        chosen = kinds.table[kinds.codes + 1] != 0
        if len(kinds.more):
            chosen &= (kinds.table[kinds.codes + 1] & kinds.more) != 0
        if len(keep):
            chosen &= keep
        values = np.asarray(bucket.value)[chosen]
        return ValuePart(len(values), int(values.sum()), squares_of(values))

    def merge(self, one: ValuePart, other: ValuePart) -> ValuePart:
        """Sums."""
        return ValuePart(one.n + other.n, one.total + other.total, one.squares + other.squares)

    def finish(self, part: ValuePart, codes: Codes) -> Estimate:
        """The mean with its interval; no value where there is no such interaction."""
        del codes
        return mean(part.n, part.total, part.squares)
