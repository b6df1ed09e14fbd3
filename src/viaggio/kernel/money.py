"""Money is whole cents and a currency; a sum is split so that the parts add up."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Self

from viaggio.kernel.errors import ViaggioError


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in cents of one ISO 4217 currency."""

    cents: int
    currency: str = "EUR"

    def __add__(self, other: Self) -> "Money":
        self._same(other)
        return Money(self.cents + other.cents, self.currency)

    def __sub__(self, other: Self) -> "Money":
        self._same(other)
        return Money(self.cents - other.cents, self.currency)

    def _same(self, other: "Money") -> None:
        if other.currency != self.currency:
            raise ViaggioError(
                f"{self.currency} and {other.currency} can not be added",
                hint="Convert one of them first.",
            )


def split(cents: int, weights: Sequence[int | Fraction]) -> list[int]:
    """Shares of `cents` in proportion to `weights`, by largest remainder; the sum is exactly `cents`.

    Ties go to the earlier share. Raises `ViaggioError` when no weight is above zero or one is below.
    """
    total = sum(weights, Fraction(0))
    if total <= 0 or any(weight < 0 for weight in weights):
        raise ViaggioError("weights must be zero or more and not all zero", hint="Give at least one share.")
    exact = [Fraction(cents) * weight / total for weight in weights]
    shares = [part.numerator // part.denominator for part in exact]
    left = cents - sum(shares)
    by_remainder = sorted(range(len(exact)), key=lambda i: (shares[i] - exact[i], i))
    for i in by_remainder[:left]:
        shares[i] += 1
    return shares
