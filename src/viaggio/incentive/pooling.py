"""Pools: so much and no more, and how it is divided to the last cent."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from viaggio.incentive.exact import apportion, cents


class PoolMode(StrEnum):
    """What a pool does with raw awards that are less than it."""

    DOWN_ONLY = "down_only"  # it only ever limits
    DISTRIBUTE_ALL = "distribute_all"  # it is divided whole, as far as caps allow


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """Awards in cents by id, the factor they were scaled with, whether the pool bound, and what is left."""

    awards: Mapping[str, int]
    factor: Fraction
    binds: bool
    unspent: int = 0


def self_funded(kpi: Fraction, *, rate: Fraction, above: Fraction, most: Fraction | None = None) -> Fraction:
    """A pool paid from a result: rate * max(0, KPI - above), at most `most`; in currency units."""
    earned = rate * max(Fraction(0), kpi - above)
    return earned if most is None else min(earned, most)


def without_pool(raw: Mapping[str, Fraction]) -> Shared:
    """Each award rounded by itself, halves up."""
    return Shared(awards={name: cents(share) for name, share in raw.items()}, factor=Fraction(1), binds=False)


def limited(raw: Mapping[str, Fraction], pool: Fraction) -> Shared:
    """Raw awards (currency units) scaled down by min(1, pool / sum), to the cent.

    A pool that binds is divided by largest remainder and spent to the last cent; one that does not leaves
    each award as it is.
    """
    total = sum(raw.values(), Fraction(0))
    rounded = without_pool(raw)
    if total <= pool:
        return Shared(awards=rounded.awards, factor=Fraction(1), binds=False, unspent=cents(pool - total))
    whole = cents(pool)
    return Shared(awards=apportion(whole, raw), factor=Fraction(pool) / total, binds=True)


def distributed(raw: Mapping[str, Fraction], caps: Mapping[str, Fraction], pool: Fraction) -> Shared:
    """The whole pool in proportion to raw awards, nobody above the own cap (water-filling).

    Scale, fix those above their cap, repeat with the rest; what nobody may have is left unspent.
    """
    fixed: dict[str, Fraction] = {}
    while True:
        open_raw = {name: share for name, share in raw.items() if name not in fixed}
        left = pool - sum(fixed.values(), Fraction(0))
        total = sum(open_raw.values(), Fraction(0))
        factor = left / total if total else Fraction(0)
        over = {name: caps[name] for name, share in open_raw.items() if share * factor > caps[name]}
        if not over:
            break
        fixed |= over
    exact = fixed | {name: share * factor for name, share in open_raw.items()}
    spent = cents(sum(exact.values(), Fraction(0)))
    return Shared(awards=apportion(spent, exact), factor=factor, binds=True, unspent=cents(pool) - spent)


def as_before(
    raw: Mapping[str, Fraction],
    caps: Mapping[str, Fraction],
    factor: Fraction,
    before: Mapping[str, tuple[Fraction, int]],
) -> Shared:
    """Raw awards scaled by the factor of a pool that is closed already, each rounded by itself, halves up.

    `before`: raw award and cents of those whom the pool was divided among; an unchanged raw award keeps its
    cents. Nobody gets more than the own cap, where there are caps.
    """
    awards = {}
    for name, share in raw.items():
        old_raw, old_cents = before.get(name, (None, 0))
        most = caps.get(name, share * factor)
        awards[name] = old_cents if old_raw == share else cents(min(share * factor, most))
    return Shared(awards=awards, factor=factor, binds=factor != 1)


def in_equal_parts(total_cents: int, people: int) -> list[int]:
    """A sum in parts that differ by one cent at most, the larger ones first."""
    share, more = divmod(total_cents, people)
    return [share + 1] * more + [share] * (people - more)
