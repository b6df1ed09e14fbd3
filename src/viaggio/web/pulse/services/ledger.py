"""The coverage ledger of a wave: everybody who could have been asked, once, with outcome and reason.

Who was not asked stands in the draws, who was in the invitations; the facts get the same rows. `in_facts`
reads it back from there, and both agree as soon as what has landed is folded.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count

from viaggio.pulse.fielding import ASKED, Coverage, Rates, aapor, coverage, dispositions
from viaggio.web.pulse.models import AnonymousBox, Drawing, Invitation, Response, Wave

if TYPE_CHECKING:
    from viaggio.store.engine import Engine

type Reasons = Mapping[str, Mapping[str, int]]
"""Units by outcome and reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """A wave in numbers. `rates` are AAPOR's, over those who were asked and whose time is over or not.

    `sent` and `waiting` say how many requests have gone out and how many wait for their hour; `open_links`
    counts complete responses that nobody was asked for. `hidden`: an anonymous wave that still runs, of which
    nothing is known but who was asked.
    """

    coverage: Coverage
    reasons: Reasons
    rates: Rates
    sent: int
    waiting: int
    reminded: int
    open_links: int
    hidden: bool = False


def ledger(wave: Wave) -> Ledger:
    """The ledger of a wave as it stands; raises `LedgerDoesNotAddUp`, which never happens.

    That of a closed wave is the one that was kept with it: its requests may be erased since.
    """
    if wave.closed_at is not None and "reasons" in wave.counts:
        return _kept(wave)
    reasons, units = _not_asked(wave)
    asked = Invitation.objects.filter(wave=wave)
    for outcome, reason, count in asked.values_list("outcome", "reason").annotate(Count("pk")):
        reasons[outcome][reason] += count
    anonymous = wave.pulse.anonymous
    if anonymous and wave.closed_at is not None:
        _answered(reasons, sum(len(box.answers) for box in AnonymousBox.objects.filter(wave=wave)))
    counts = {outcome: sum(by_reason.values()) for outcome, by_reason in reasons.items()}
    sent = asked.filter(sent_at__isnull=False)
    loose = Response.objects.filter(wave=wave, invitation=None, state="complete")
    return Ledger(
        coverage=coverage(counts, units),
        reasons={outcome: dict(by_reason) for outcome, by_reason in reasons.items()},
        rates=aapor(dispositions(counts)),
        sent=sent.count(),
        waiting=asked.filter(sent_at=None, outcome="invited").count(),
        reminded=sent.filter(reminders__gt=0).count(),
        open_links=loose.count(),
        hidden=anonymous and wave.closed_at is None,
    )


def _not_asked(wave: Wave) -> tuple[defaultdict[str, defaultdict[str, int]], int]:
    """Those whom the draws did not ask, and how many units all draws had."""
    reasons: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    units = 0
    for counts in Drawing.objects.filter(pulse=wave.pulse_id).values_list("counts", flat=True):
        for outcome, by_reason in counts.get(wave.code, {}).items():
            units += sum(by_reason.values())
            if outcome not in ASKED:
                for reason, count in by_reason.items():
                    reasons[outcome][reason] += count
    return reasons, units


def _answered(reasons: defaultdict[str, defaultdict[str, int]], answers: int) -> None:
    """Of an anonymous wave that is over we know how many answered, not who: they come off the invited."""
    asked = reasons["invited"]
    for reason in list(asked):
        taken = min(asked[reason], answers)
        asked[reason] -= taken
        answers -= taken
        reasons["complete"][""] += taken


def _kept(wave: Wave) -> Ledger:
    held = wave.counts
    counts = {outcome: sum(by_reason.values()) for outcome, by_reason in held["reasons"].items()}
    return Ledger(
        coverage=coverage(counts, held["units"]),
        reasons=held["reasons"],
        rates=aapor(dispositions(counts)),
        sent=held["sent"],
        waiting=0,
        reminded=held.get("reminded", 0),
        open_links=held["open_links"],
    )


def counts_of(found: Ledger) -> dict[str, object]:
    """The ledger as it is kept with a closed wave."""
    return {
        "units": found.coverage.units,
        "reasons": {outcome: dict(by_reason) for outcome, by_reason in found.reasons.items()},
        "sent": found.sent,
        "reminded": found.reminded,
        "open_links": found.open_links,
    }


def in_facts(engine: "Engine", wave: Wave) -> tuple[Reasons, int]:
    """The same from the facts: units by outcome and reason, and how many different units there are."""
    rows = engine.tables().coverage
    rows = rows.filter(rows.source == "pulse", rows.pulse == wave.pulse.slug, rows.wave == wave.code)
    counted = rows.group_by("outcome", "reason").aggregate(units=rows.count(), ids=rows.id.nunique())
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    units = 0
    for row in engine.run(counted).to_pylist():
        found[row["outcome"]][row["reason"] or ""] = row["units"]
        units += row["ids"]
    return dict(found), units
