"""Whether a share or a score is larger than another by more than chance; exact where the base is small."""

from collections.abc import Mapping
from math import sqrt

import numpy as np

from viaggio.incentive.detectors.model import Count, Votes

_KINDS = ("promoters", "passives", "detractors")
SMALL = 30
"""Below so many answers the probability of a score's difference is enumerated."""


def peers(cells: Mapping[str, Count], parents: Mapping[str, str]) -> Mapping[str, Count]:
    """What the other cells under the same parent have together, by cell."""
    totals: dict[str, list[int]] = {}
    for cell, own in cells.items():
        total = totals.setdefault(parents.get(cell, ""), [0, 0])
        total[0] += own.hits
        total[1] += own.n
    found = {}
    for cell, own in cells.items():
        hits, n = totals[parents.get(cell, "")]
        found[cell] = Count(hits - own.hits, n - own.n)
    return found


def share(count: Count) -> float:
    """Hits of n, 0 without a base."""
    return count.hits / count.n if count.n else 0.0


def excess(own: Count, others: Count) -> float:
    """P(at least so many hits) if the share were that of the others.

    The larger of the exact binomial tail at the others' share and Fisher's exact one, which knows that the
    others' share is itself seen on a base only.
    """
    from scipy.stats import binom, hypergeom

    if not own.hits or not others.n:
        return 1.0
    fisher = hypergeom.sf(own.hits - 1, own.n + others.n, own.hits + others.hits, own.n)
    return float(min(1.0, max(fisher, binom.sf(own.hits - 1, own.n, share(others)))))


def score(votes: Votes) -> float:
    """Promoters less detractors in points; n above 0."""
    return 100 * (votes.promoters - votes.detractors) / votes.n


def higher(first: Votes, second: Votes) -> tuple[float, float]:
    """(z, p) of the first score being the higher one, one-sided; both with answers.

    z = difference / sqrt(v1 + v2) with the sample variances of the means, as credited values have them; where
    one base is small p is the exact tail over all ways to deal the same votes out to the two.
    """
    gap = score(first) - score(second)
    variance = _variance(first) + _variance(second)
    if not variance:  # each sample of one kind only: the spread is that of both together
        both = Votes(*(getattr(first, kind) + getattr(second, kind) for kind in _KINDS))
        variance = _variance(both) * both.n * (1 / first.n + 1 / second.n)
    z = gap / sqrt(variance) if variance else 0.0
    if min(first.n, second.n) < SMALL:
        return z, _dealt(first, second)
    return z, at_least(z)


def _variance(votes: Votes) -> float:
    if votes.n < 2:
        return 0.0
    p, d = votes.promoters / votes.n, votes.detractors / votes.n
    return 1e4 * (p + d - (p - d) ** 2) / (votes.n - 1)


def at_least(z: float) -> float:
    """Upper tail of the standard normal distribution."""
    from scipy.special import ndtr

    return float(ndtr(-z))


def _dealt(first: Votes, second: Votes) -> float:
    """Multivariate hypergeometric tail of the score of the smaller sample."""
    from scipy.special import gammaln

    small, other, side = (first, second, 1) if first.n <= second.n else (second, first, -1)
    all_ = np.array([
        small.promoters + other.promoters,
        small.passives + other.passives,
        small.detractors + other.detractors,
    ])  # fmt: skip
    p, d = np.meshgrid(np.arange(small.n + 1), np.arange(small.n + 1), indexing="ij")
    drawn = np.stack([p, small.n - p - d, d])
    possible = ((drawn >= 0) & (drawn <= all_[:, None, None])).all(axis=0)
    drawn = drawn[:, possible]
    ways = (
        gammaln(all_ + 1)[:, None] - gammaln(drawn + 1) - gammaln(all_[:, None] - drawn + 1)
    ).sum(axis=0)  # fmt: skip
    chance = np.exp(ways - ways.max())
    net = side * (drawn[0] - drawn[2])
    seen = side * (small.promoters - small.detractors)
    return float(min(1.0, chance[net >= seen].sum() / chance.sum()))
