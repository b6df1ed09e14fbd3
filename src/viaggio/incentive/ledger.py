"""The ledger: what was awarded, corrected, held, released; each entry sealed over the one before it.

Entries are only ever added. hash = sha256(previous hash + canonical JSON of the sealed keys).
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from viaggio.incentive.exact import cents

START = "0" * 64


class EntryKind(StrEnum):
    """What an entry does."""

    AWARD = "award"
    TRUE_UP = "true_up"
    REVERSAL = "reversal"
    HOLD = "hold"
    RELEASE = "release"
    FORFEIT = "forfeit"
    WAIVE = "waive"
    RECOVERY = "recovery"
    WELFARE = "welfare"
    ROUNDING = "rounding"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One amount for one person and period under one plan version, from one run. Cents may be negative."""

    seq: int
    person: str
    period: str
    plan_version: str
    kind: EntryKind
    amount_cents: int
    run: str
    previous: str = START

    def canonical(self) -> str:
        """What the hash seals: sorted keys, no spaces, every value as text."""
        return json.dumps(
            {
                "seq": self.seq,
                "person": self.person,
                "period": self.period,
                "plan_version": self.plan_version,
                "kind": str(self.kind),
                "amount_cents": str(self.amount_cents),
                "run": self.run,
            },
            sort_keys=True,
            separators=(",", ":"),
            ensure_ascii=False,
        )

    @property
    def hash(self) -> str:
        """SHA-256 over the previous entry's hash and this entry, as hex."""
        return hashlib.sha256((self.previous + self.canonical()).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Broken:
    """Where a chain does not hold."""

    seq: int
    why: str


def after(entries: Sequence[Entry], **fields: object) -> Entry:
    """The next entry of the chain with these fields."""
    last = entries[-1] if entries else None
    sealed = {"seq": last.seq + 1 if last else 1, "previous": last.hash if last else START}
    return Entry(**(fields | sealed))  # type: ignore[arg-type]  # the fields of Entry, by name


def broken(entries: Iterable[tuple[Entry, str]]) -> Iterator[Broken]:
    """Where a stored chain of (entry, stored hash) does not hold: a changed, removed or added entry."""
    expected, seq = START, 1
    for entry, stored in entries:
        if entry.seq != seq:
            yield Broken(entry.seq, "seq")
        if entry.previous != expected:
            yield Broken(entry.seq, "previous")
        if entry.hash != stored:
            yield Broken(entry.seq, "hash")
        expected, seq = stored, entry.seq + 1


def true_up(recomputed_cents: int, posted: Iterable[int]) -> int:
    """What is still to post: the recomputed award less everything posted, a difference of rounded totals."""
    return recomputed_cents - sum(posted)


def waived(delta_cents: int, limit_cents: int) -> bool:
    """Whether a small correction downwards is let go."""
    return -limit_cents < delta_cents < 0


def recoveries(owed_cents: int, awards: Iterable[int], share: Fraction) -> tuple[list[int], int]:
    """What is kept back of each following award, at most `share` of it, and what is left owed; cents."""
    kept = []
    for award in awards:
        most = max(0, cents(Fraction(award, 100) * share))
        now = min(owed_cents, most)
        kept.append(now)
        owed_cents -= now
    return kept, owed_cents


def on_account(target: Fraction, factor: Fraction, share: Fraction, parts: int) -> int:
    """An advance: `share` of what one of `parts` equal parts of the year has earned so far; cents."""
    return cents(target * factor * share / parts)


class Settlement(StrEnum):
    """What happens when the advances were more than the year's award."""

    NO_RECOVERY = "no_recovery"
    CARRY_FORWARD = "carry_forward"


def settled(award_cents: int, advances: Iterable[int], policy: Settlement) -> tuple[int, int]:
    """What is paid at the year's end, and the balance that is carried into the next one; cents."""
    left = award_cents - sum(advances)
    if left >= 0:
        return left, 0
    return 0, left if policy is Settlement.CARRY_FORWARD else 0
