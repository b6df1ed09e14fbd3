"""Permutation tests of counted scores: answers dealt out anew, as often as the p-value needs."""

from collections.abc import Callable
from zlib import crc32

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_ROUNDS = (999, 9_000, 90_000)
_CLEAR = 20
"""So many hits settle that a p-value is not small: no further rounds (after Besag and Clifford 1991)."""


def chance_of(seed: int, cell: str) -> np.random.Generator:
    """Chance of one cell: the same whatever other cells there are."""
    return np.random.default_rng([seed, crc32(cell.encode())])


def permutation_p(
    first: Ints, second: Ints, statistic: Callable[[Ints, Ints], Floats], chance: np.random.Generator
) -> tuple[float, float]:
    """(statistic, p): counts by score of two groups; the statistic is large where they differ.

    The answers of both are dealt out to groups of the same sizes (multivariate hypergeometric); p counts the
    deal that was seen among the deals: (1 + hits) / (1 + deals) (Phipson and Smyth 2010).
    """
    together = first + second
    seen = float(statistic(first[None, :], second[None, :])[0])
    hits = deals = 0
    for rounds in _ROUNDS:
        dealt = chance.multivariate_hypergeometric(together, int(first.sum()), size=rounds)
        hits += int((statistic(dealt, together - dealt) >= seen - 1e-12).sum())
        deals += rounds
        if hits >= _CLEAR:
            break
    return seen, (1 + hits) / (1 + deals)
