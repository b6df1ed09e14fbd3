"""Entries of the ledger by cost centre and tax regime, and what they use of the regime's yearly limit.

The same rules as for a run that the command line exports (`viaggio.store.incentives.run_payments`): an
entry is divided as the lines of its award are, a correction as the difference of two awards.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from viaggio.incentive.country import Pack
from viaggio.incentive.exact import apportion, cents
from viaggio.incentive.italy.regime import parts
from viaggio.incentive.italy.tax import year_of
from viaggio.incentive.ledger import EntryKind
from viaggio.incentive.payroll import ORDINARY, Part
from viaggio.incentive.plan import LegalBasis, Plan, read_plan
from viaggio.store.incentives.run_payments import earned_from
from viaggio.web.incentive.models import AwardLine, LedgerEntry, Run

type Cents = Mapping[tuple[str, str], int]
"""Cents by cost centre and regime."""

WAITING = (EntryKind.HOLD, EntryKind.RELEASE, EntryKind.FORFEIT)
CORRECTING = (EntryKind.TRUE_UP, EntryKind.REVERSAL)


@dataclass(frozen=True, slots=True)
class Divided:
    """An entry in its parts, which add up to it; cents of it that use up the limit."""

    parts: tuple[Part, ...]
    limit_used_cents: int


@dataclass(frozen=True, slots=True)
class _Known:
    """Runs by code with their plans, and the lines of every award, by run and person."""

    runs: Mapping[str, Run]
    plans: Mapping[int, Plan]
    lines: Mapping[tuple[int, str], Sequence[Mapping[str, Any]]]


def divided(entries: Sequence[LedgerEntry], pack: Pack, centres: Mapping[str, str]) -> dict[int, Divided]:
    """Each entry in parts, by its number; `centres`: the one cost centre of a person who has one.

    The limit is a person's of a year of payment: give all entries of the year up to those asked for.
    Raises `BadPlan` for a year without tax rules in which something under a regime is paid.
    """
    known = _known({entry.run for entry in entries}, {entry.person for entry in entries})
    found = {entry.seq: _parts(entry, known, pack.mark or ORDINARY, centres) for entry in entries}
    limits = _limits(entries, found, known, pack)
    return {seq: Divided(some, limits.get(seq, 0)) for seq, some in found.items()}


def _known(codes: set[str], people: set[str]) -> _Known:
    runs = {run.code: run for run in Run.objects.filter(code__in=codes).select_related("version", "corrects")}
    wanted = {run.pk for run in runs.values()} | {run.corrects_id for run in runs.values() if run.corrects_id}
    awards = AwardLine.objects.filter(run_id__in=wanted)
    plans: dict[int, Plan] = {}
    for run in runs.values():
        if run.version_id not in plans:
            plans[run.version_id] = read_plan(run.version.document)
    return _Known(
        runs, plans,
        {(award.run_id, award.person): award.tree["lines"] for award in awards if award.person in people},
    )  # fmt: skip


def _parts(entry: LedgerEntry, known: _Known, mark: str, centres: Mapping[str, str]) -> tuple[Part, ...]:
    worth: Cents = {}
    run = known.runs.get(entry.run)
    if run is not None:
        lines = known.lines.get((run.pk, entry.person), ())
        plan = known.plans[run.version_id]
        if entry.kind == EntryKind.AWARD:
            worth = _worth(plan, lines, mark)
        elif entry.kind in WAITING:
            worth = _worth(plan, [line for line in lines if line.get("held")] or lines, mark)
        elif entry.kind in CORRECTING and run.corrects_id:
            before = _worth(plan, known.lines.get((run.corrects_id, entry.person), ()), mark)
            after = _worth(plan, lines, mark)
            worth = {key: after.get(key, 0) - before.get(key, 0) for key in {*after, *before}}
    centre = centres.get(entry.person, "")
    if centre:
        worth = _added((((centre, regime), cents) for (_unit, regime), cents in worth.items()))
    spread = _spread(entry.amount_cents, worth) or {(centre, ORDINARY): entry.amount_cents}
    return tuple(
        Part(cents=amount, cost_centre=unit, regime=regime)
        for (unit, regime), amount in sorted(spread.items())
        if amount
    )


def _worth(plan: Plan, lines: Iterable[Mapping[str, Any]], mark: str) -> Cents:
    """Cents of these lines, what waits included, by unit and regime."""
    earned = earned_from({**line, "held": None} for line in lines)
    return {(part.cost_centre, part.regime): part.cents for part in parts(plan, earned, mark=mark)}


def _added(pairs: Iterable[tuple[tuple[str, str], int]]) -> Cents:
    found: dict[tuple[str, str], int] = {}
    for key, amount in pairs:
        found[key] = found.get(key, 0) + amount
    return found


def _spread(amount: int, worth: Cents) -> Cents:
    """The amount as its parts are, in proportion where their sum is another; empty where that is not known.

    A correction that is not paid as it was computed has parts of both signs: it is not divided.
    """
    if sum(worth.values()) == amount:
        return worth
    if not any(worth.values()) or any(value < 0 for value in worth.values()):
        return {}
    names = {"\n".join(key): key for key in worth}
    split = apportion(abs(amount), {name: Fraction(worth[key]) for name, key in names.items()})
    return {names[name]: value if amount >= 0 else -value for name, value in split.items()}


def _limits(
    entries: Sequence[LedgerEntry], found: Mapping[int, tuple[Part, ...]], known: _Known, pack: Pack
) -> dict[int, int]:
    """Cents that each entry uses of its person's limit in the year of payment.

    What is held of an award in the same run uses nothing; a debt taken back gives room again.
    """
    together: dict[tuple[str, str, str], list[LedgerEntry]] = {}
    for entry in sorted(entries, key=lambda one: (one.pay_period, one.seq)):
        if _under_regime(entry, known):
            together.setdefault((entry.person, entry.pay_period, entry.run), []).append(entry)
    so_far: dict[tuple[str, str], int] = {}
    used: dict[int, int] = {}
    for (person, period, _run), some in together.items():
        eligible = sum(part.cents for one in some for part in found[one.seq] if part.regime != ORDINARY)
        if not eligible:
            continue
        year, limit = (person, period[:4]), cents(year_of(pack.taxes, int(period[:4])).limit)
        before = so_far.get(year, 0)
        so_far[year] = before + eligible
        first = next((one for one in some if one.amount_cents > 0), None)
        if first is not None:
            used[first.seq] = max(0, min(limit, so_far[year]) - min(limit, max(0, before)))
    return used


def _under_regime(entry: LedgerEntry, known: _Known) -> bool:
    run = known.runs.get(entry.run)
    return run is not None and known.plans[run.version_id].legal_basis is LegalBasis.PDR
