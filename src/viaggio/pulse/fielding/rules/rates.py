"""Response rates by AAPOR's Standard Definitions, and the ledger that must add up.

AAPOR Standard Definitions, 10th edition 2023: internet surveys of specifically named persons. Somebody who
opened the page and answered nothing refused implicitly (2.12); an invitation without any echo (3.19) or that
came back (3.30) leaves eligibility unknown.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from viaggio.kernel import ViaggioError
from viaggio.pulse.model import Outcome

ASKED = frozenset({
    Outcome.INVITED, Outcome.BOUNCED, Outcome.OPENED, Outcome.PARTIAL, Outcome.COMPLETE, Outcome.REFUSED,
    Outcome.EXPIRED,
})  # fmt: skip
"""Outcomes of those who were asked; the others never were."""


class LedgerDoesNotAddUp(ViaggioError):
    """Outcomes that do not sum to the number of units, or an outcome nobody knows."""

    code = "coverage.sum"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispositions:
    """Final dispositions by AAPOR's letters.

    I complete, P partial, R refusal and break-off, NC non-contact, O other, UH and UO eligibility unknown.
    """

    complete: int = 0
    partial: int = 0
    refusal: int = 0
    non_contact: int = 0
    other: int = 0
    unknown: int = 0
    unknown_other: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """AAPOR's rates, 0 to 1; None where there is nothing to divide by."""

    rr1: float | None
    rr2: float | None
    rr3: float | None
    rr4: float | None
    rr5: float | None
    rr6: float | None
    coop1: float | None
    coop2: float | None
    coop3: float | None
    coop4: float | None
    ref1: float | None
    ref2: float | None
    ref3: float | None
    con1: float | None
    con2: float | None
    con3: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The ledger of a wave in numbers: `units` could have been asked, `counts` say what became of them."""

    units: int
    counts: Mapping[Outcome, int]

    @property
    def asked(self) -> int:
        """How many were asked."""
        return sum(count for outcome, count in self.counts.items() if outcome in ASKED)

    @property
    def share_asked(self) -> float | None:
        """Share of those who could have been asked and were; None of nobody."""
        return self.asked / self.units if self.units else None


def coverage(counts: Mapping[str, int], units: int) -> Coverage:
    """The ledger, every outcome named once; raises `LedgerDoesNotAddUp` unless it sums to `units`."""
    known = set(Outcome)
    for outcome, count in counts.items():
        if outcome not in known or count < 0:
            raise LedgerDoesNotAddUp(f"'{outcome}' with {count} is no outcome of asking")
    full = {outcome: int(counts.get(outcome, 0)) for outcome in Outcome}
    if sum(full.values()) != units:
        raise LedgerDoesNotAddUp(f"outcomes sum to {sum(full.values())}, but {units} could have been asked")
    return Coverage(units=units, counts=full)


def dispositions(counts: Mapping[str, int]) -> Dispositions:
    """AAPOR's dispositions of those who were asked."""
    return Dispositions(
        complete=counts.get(Outcome.COMPLETE, 0),
        partial=counts.get(Outcome.PARTIAL, 0),
        refusal=counts.get(Outcome.REFUSED, 0) + counts.get(Outcome.OPENED, 0),
        unknown=counts.get(Outcome.INVITED, 0) + counts.get(Outcome.EXPIRED, 0),
        unknown_other=counts.get(Outcome.BOUNCED, 0),
    )


def aapor(found: Dispositions, eligible_share: float = 1.0) -> Rates:
    """RR1 to RR6, COOP1 to COOP4, REF1 to REF3, CON1 to CON3.

    `eligible_share` is AAPOR's e: the share of those of unknown eligibility that is eligible. A frame made of
    interactions that took place leaves no doubt, so it is 1 unless addresses prove wrong.
    """
    i, p, r = found.complete, found.partial, found.refusal
    nc, o = found.non_contact, found.other
    unknown = found.unknown + found.unknown_other
    known = i + p + r + nc + o
    every, likely = known + unknown, known + eligible_share * unknown
    reached = i + p + r + o
    return Rates(
        rr1=_of(i, every), rr2=_of(i + p, every),
        rr3=_of(i, likely), rr4=_of(i + p, likely),
        rr5=_of(i, known), rr6=_of(i + p, known),
        coop1=_of(i, reached), coop2=_of(i + p, reached),
        coop3=_of(i, i + p + r), coop4=_of(i + p, i + p + r),
        ref1=_of(r, every), ref2=_of(r, likely), ref3=_of(r, known),
        con1=_of(reached, every), con2=_of(reached, likely), con3=_of(reached, known),
    )  # fmt: skip


def _of(part: float, whole: float) -> float | None:
    return part / whole if whole else None
