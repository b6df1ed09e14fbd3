"""Sums of money by themselves: a pool to the last cent, a recovery, advances and their settlement."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from viaggio.incentive import ledger, pooling
from viaggio.incentive.errors import BadAmount
from viaggio.incentive.exact import amount, cents, fraction, written
from viaggio.incentive.pooling import PoolMode, Shared
from viaggio.incentive.single.asked import Asked


def divide(values: Mapping[str, Any]) -> dict[str, Any]:
    """A `pool` over `raw` awards by id, or in `equal` parts.

    `mode` down_only (the default: a pool only limits) or distribute_all (it is divided whole, nobody above
    the own entry in `caps`). `each_rounded` is what the scaled awards add up to when each is rounded by
    itself: the sum that is a cent off, which the largest remainders put right.
    """
    asked = Asked(values, ("pool", "raw", "caps", "mode", "equal"))
    pool = asked.number("pool")
    if asked.has("equal"):
        return {
            "equal": [amount(part) for part in _equally(pool, asked.whole("equal"))],
            "total": amount(cents(pool)),
        }
    raw, caps = asked.amounts("raw"), asked.amounts("caps")
    if asked.text("mode", tuple(PoolMode)) == PoolMode.DOWN_ONLY:
        return _shares(raw, pooling.limited(raw, pool))
    missing = sorted(set(raw) - set(caps)) if caps else []
    if missing:
        raise BadAmount(f"'{missing[0]}' has no cap", place="caps", hint="Give everybody's cap, or nobody's.")
    return _shares(raw, pooling.distributed(raw, caps or dict.fromkeys(raw, pool), pool))


def _equally(pool: Fraction, people: int) -> list[int]:
    if people < 1:
        raise BadAmount(f"{people} people can not share", place="equal", hint="Give 1 or more.")
    return pooling.in_equal_parts(cents(pool), people)


def _shares(raw: Mapping[str, Fraction], shared: Shared) -> dict[str, Any]:
    return {
        "raw_total": amount(cents(sum(raw.values(), Fraction(0)))),
        "lambda": fraction(shared.factor),
        "lambda_6dp": written(shared.factor),
        "binds": shared.binds,
        "awards": {name: amount(share) for name, share in shared.awards.items()},
        "total": amount(sum(shared.awards.values())),
        "each_rounded": amount(sum(cents(share * shared.factor) for share in raw.values())),
        "unspent": amount(shared.unspent),
    }


def recover(values: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept back of `following` awards for a sum that is `owed`, at most `share` of each."""
    asked = Asked(values, ("owed", "share", "following"))
    owed, share = cents(asked.number("owed")), asked.number("share")
    if owed < 0 or not 0 <= share <= 1:
        raise BadAmount(
            "a sum of 0 or more is kept back by a share of 0 to 1", place="share", hint='Write "0.20".'
        )
    kept, left = ledger.recoveries(owed, [cents(award) for award in asked.numbers("following")], share)
    return {"kept": [amount(part) for part in kept], "left": amount(left)}


def settle(values: Mapping[str, Any]) -> dict[str, Any]:
    """Advances in the year, and what its result leaves to pay.

    `target` of the year; `factors` of its parts so far, each of which paid `share` of its result; `parts` of
    the year; `factor` of the whole year; `settlement` no_recovery or carry_forward: what becomes of advances
    that were more than the award.
    """
    asked = Asked(values, ("target", "parts", "share", "factors", "factor", "settlement"))
    target, share, parts = asked.number("target"), asked.number("share"), asked.whole("parts", 4)
    if parts < 1:
        raise BadAmount(f"a year has no {parts} parts", place="parts", hint="Write 4 for quarters.")
    advances = [ledger.on_account(target, factor, share, parts) for factor in asked.numbers("factors")]
    told: dict[str, Any] = {"advances": [amount(advance) for advance in advances]}
    if asked.has("factor"):
        award = cents(target * asked.number("factor"))
        policy = ledger.Settlement(asked.text("settlement", tuple(ledger.Settlement)))
        pays, carried = ledger.settled(award, advances, policy)
        told |= {"award": amount(award), "settlement": amount(award - sum(advances)), "pays": amount(pays),
                 "carried": amount(carried)}  # fmt: skip
    return told
