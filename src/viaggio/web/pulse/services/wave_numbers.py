"""A wave in numbers as one person may see them: the ledger, of the whole or of the own touchpoints."""

from collections.abc import Mapping
from dataclasses import dataclass

from viaggio.pulse.fielding import ASKED, Rates, aapor, dispositions
from viaggio.web.pulse.models import Wave
from viaggio.web.pulse.services.ledger import ledger
from viaggio.web.pulse.services.staff_scope import Sight, engine_or_none

type Reasons = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveNumbers:
    """Units by outcome and reason. `hidden`: an anonymous wave that runs, whose answers nobody may count yet.

    `from_facts`: of a part of the touchpoints, as the facts know it, some minutes late. `loose` are complete
    responses on open links.
    """

    counts: Mapping[str, int]
    reasons: Reasons
    rates: Rates
    units: int
    loose: int
    waiting: int
    hidden: bool
    from_facts: bool

    @property
    def asked(self) -> int:
        """How many were asked."""
        return sum(count for outcome, count in self.counts.items() if outcome in ASKED)

    @property
    def complete(self) -> int:
        """How many answered to the end, asked or on an open link."""
        return self.counts.get("complete", 0) + self.loose


def numbers_of(wave: Wave, sight: Sight) -> WaveNumbers:
    """The wave's numbers for this person."""
    if sight.whole:
        found = ledger(wave)
        return WaveNumbers(
            counts={str(outcome): count for outcome, count in found.coverage.counts.items()},
            reasons=found.reasons,
            rates=found.rates,
            units=found.coverage.units,
            loose=found.open_links,
            waiting=found.waiting,
            hidden=found.hidden,
            from_facts=False,
        )
    reasons = _in_scope(wave, sight)
    counts = {outcome: sum(by_reason.values()) for outcome, by_reason in reasons.items()}
    mine = sight.responses().filter(wave=wave, invitation=None, state="complete")
    waiting = sight.invitations().filter(wave=wave, sent_at=None, outcome="invited")
    return WaveNumbers(
        counts=counts,
        reasons=reasons,
        rates=aapor(dispositions(counts)),
        units=sum(counts.values()),
        loose=mine.count(),
        waiting=waiting.count(),
        hidden=wave.pulse.anonymous,
        from_facts=True,
    )


def _in_scope(wave: Wave, sight: Sight) -> Reasons:
    """Units at the person's touchpoints, from the facts: the records do not keep who was never asked."""
    engine = engine_or_none()
    if engine is None:
        return {}
    rows = sight.ledger(engine, wave)
    found: dict[str, dict[str, int]] = {}
    counted = rows.group_by("outcome", "reason").aggregate(units=rows.count())
    for row in engine.run(counted).to_pylist():
        found.setdefault(row["outcome"], {})[row["reason"] or ""] = row["units"]
    return found
