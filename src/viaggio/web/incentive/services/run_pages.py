"""What the pages of runs show: the list, and one run from its frozen inputs to the ledger."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.db.models import Count, QuerySet, Sum

from viaggio.incentive.plan import read_plan
from viaggio.incentive.run.model import NOW
from viaggio.web.incentive.models import AwardLine, Flag, LedgerEntry, OrgUnit, PlanVersion, Run
from viaggio.web.incentive.services import runs
from viaggio.web.incentive.services.plan_pages import plan_name
from viaggio.web.incentive.services.run_readers import (
    handles_pay,
    outcome_for,
    readable,
    steps_for,
    sums_shown,
)
from viaggio.web.incentive.services.totals import GroupTotal, Totals, measures, totals
from viaggio.web.shared.models import User

HIDDEN = "hidden"
IN_FORCE = ("published", "active", "closed")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """A run in the list."""

    run: Run
    plan: str
    people: int | None
    cents: int | None
    held_cents: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToRun:
    """A part of a plan's period that no run has settled yet."""

    version: PlanVersion
    plan: str
    part: runs.PartOf
    over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CellShown:
    """What was measured for some units alike: raw, credited, why, what it pays.

    `pages` lead to the same figures, each with what it is about: a touchpoint, or empty for the measure.
    A cell that is too small, or from which one would follow, has no figures.
    """

    measure: str
    units: tuple[str, ...]
    everybody: bool
    n: int | None
    raw: str | None
    credited: str | None
    reason: str
    payout: Fraction | None
    pages: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A step of the pipeline: its code, whether it is done, what was counted in it."""

    code: str
    state: str
    counted: tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """What a corrected run changed: amounts before and after, people whose award moved, kinds of causes."""

    before: Run
    cents_before: int
    cents: int
    moved: int
    causes: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPage:
    """One run as its page shows it; money by unit is hidden where the unit is too small.

    Not `whole`: the reader does not handle pay, and sees no sum that tells of few people.
    """

    run: Run
    plan: str
    stages: Sequence[Stage]
    totals: Totals
    whole: bool
    cells: Sequence[CellShown]
    left_out: Sequence[tuple[str, int]]
    excluded: Sequence[tuple[str, str, int]]
    flags: Sequence[Flag]
    held: Sequence[tuple[str, int, int]]
    pool_cents: int | None
    factor: Fraction
    binds: bool
    unspent_cents: int | None
    failed_gates: Sequence[str]
    posted: Sequence[tuple[str, int, int]]
    corrected: Corrected | None
    corrections: Sequence[Run]

    @property
    def units(self) -> tuple[GroupTotal, ...]:
        """Awards by unit."""
        return self.totals.by_unit


def run_rows(reader: User) -> list[RunRow]:
    """Every run, newest period first, with its sums where this person may see them."""
    found = Run.objects.select_related("version__plan", "calculated_by", "approved_by").annotate(
        people=Count("awards"), cents=Sum("awards__cents"), held=Sum("awards__held_cents")
    )
    return [_row(run, shown=sums_shown(run, reader)) for run in found]


def _row(run: Any, *, shown: bool) -> RunRow:
    return RunRow(
        run=run,
        plan=plan_name(run.version.plan),
        people=run.people if shown else None,
        cents=(run.cents or 0) if shown else None,
        held_cents=(run.held or 0) if shown else None,
    )


def to_run(today: date) -> list[ToRun]:
    """Parts of published plans that have begun and have no run yet, in order."""
    versions = PlanVersion.objects.filter(state__in=IN_FORCE, published_at__isnull=False).select_related(
        "plan"
    )
    waiting = []
    for version in versions:
        done = set(version.runs.exclude(state="superseded").values_list("part", flat=True))
        waiting += [
            ToRun(version=version, plan=plan_name(version.plan), part=part, over=part.last < today)
            for part in runs.parts_of(version)
            if part.part not in done and part.first <= today
        ]
    return waiting


def run_page(run: Run, reader: User) -> RunPage:
    """Everything about one run that this person may see, without names."""
    outcome, whole = outcome_for(run, reader), handles_pay(reader)
    awards = AwardLine.objects.filter(run=run)
    pool = outcome.get("pool")
    return RunPage(
        run=run,
        plan=plan_name(run.version.plan),
        stages=stages(steps_for(run, reader)),
        totals=readable(totals(run), run, reader),
        whole=whole,
        cells=cells(run, awards),
        left_out=left_out(run),
        excluded=excluded(run),
        flags=list(Flag.objects.filter(version=run.version, period=run.period).order_by("due_at")),
        held=held(awards) if whole else (),
        pool_cents=None if pool is None else cents_of(pool),
        factor=Fraction(str(outcome.get("lambda", "1"))),
        binds=bool(outcome.get("pool_binds")),
        unspent_cents=None if outcome.get("unspent") is None else cents_of(outcome["unspent"]),
        failed_gates=list(outcome.get("failed_gates", [])),
        posted=posted(run) if whole else (),
        corrected=corrected(run) if whole and run.corrects else None,
        corrections=list(run.corrections.order_by("number")),
    )


def cents_of(amount: object) -> int:
    """An amount such as "18000.00" in cents."""
    return int(Fraction(str(amount)) * 100)


def stages(steps: Iterable[Mapping[str, Any]]) -> list[Stage]:
    """S0 to S14 in order, those that were not reached yet as waiting."""
    known = {step.get("code"): step for step in steps}
    return [_stage(code, known.get(code)) for code in runs.STEPS]


def _stage(code: str, step: Mapping[str, Any] | None) -> Stage:
    if step is None:
        return Stage(code=code, state="waiting", counted=())
    counted = {name: value for name, value in step.get("counted", {}).items() if name != "sha256"}
    return Stage(code=code, state=str(step["state"]), counted=tuple(counted.items()))


def cells(run: Run, awards: QuerySet[AwardLine]) -> list[CellShown]:
    """Every value that somebody was paid on, once, with the addresses of the figures behind it."""
    plan = read_plan(run.version.document)
    pages = _pages(run)
    names = dict(OrgUnit.objects.values_list("code", "name"))
    alike: dict[tuple[Any, ...], dict[str, None]] = {}
    units: set[str] = set()
    small = {(m.measure, m.unit) for m in measures(run) if m.hidden}
    for tree in awards.values_list("tree", flat=True).iterator(chunk_size=500):
        for line in tree.get("lines", []):
            measure, unit = line["measure"], line["unit"]
            parts = plan.contribution_map.get(measure.removeprefix("map:"), {}) if "map:" in measure else {}
            own = pages.get((measure, unit)) or pages.get((measure, ""))
            behind = [("", own)] if own else [(t, pages[t, ""]) for t in parts if (t, "") in pages]
            said = (line.get("n"), line.get("raw"), line.get("credited"), line["reason"], line["payout"])
            if (measure, unit) in small or ((measure, "") in small and (measure, unit) not in pages):
                said, behind = (None, None, None, HIDDEN, None), []
            alike.setdefault((measure, *said, tuple(behind)), {})[unit] = None
            units.add(unit)
    found = [
        CellShown(
            measure=measure,
            units=tuple(names.get(unit) or unit for unit in where),
            everybody=set(where) == units,
            n=n,
            raw=raw,
            credited=credited,
            reason=reason,
            payout=None if payout is None else Fraction(payout),
            pages=behind,
        )
        for (measure, n, raw, credited, reason, payout, behind), where in alike.items()
    ]
    return sorted(found, key=lambda cell: (not cell.everybody, cell.measure, cell.units))


def _pages(run: Run) -> dict[tuple[str, str], str]:
    """The page of each reading of the settled days, by measure and unit."""
    return {
        (reading["measure"], reading["unit"]): reading["page"]
        for reading in run.snapshot.readings
        if reading["window"] == NOW and reading["page"]
    }


def left_out(run: Run) -> list[tuple[str, int]]:
    """Measures of the settled days with the answers that never carry pay: a quota chose who was heard."""
    return [
        (reading["measure"], reading["left_out"])
        for reading in run.snapshot.readings
        if reading["window"] == NOW and not reading["unit"] and reading.get("left_out")
    ]


def excluded(run: Run) -> list[tuple[str, str, int]]:
    """Measures of the settled days with how many single answers do not count for which reason."""
    return [
        (reading["measure"], reason, n)
        for reading in run.snapshot.readings
        if reading["window"] == NOW and not reading["unit"]
        for reason, n in sorted(reading.get("excluded", {}).items())
    ]


def held(awards: Iterable[AwardLine]) -> list[tuple[str, int, int]]:
    """Why money waits: reason, people, cents."""
    people: dict[str, set[str]] = {}
    cents: dict[str, int] = {}
    for award in awards:
        for line in award.tree.get("lines", []):
            why = line.get("held")
            if why:
                people.setdefault(why, set()).add(award.person)
                cents[why] = cents.get(why, 0) + cents_of(line["amount"])
    return [(why, len(people[why]), cents[why]) for why in sorted(people)]


def posted(run: Run) -> list[tuple[str, int, int]]:
    """What the ledger holds of a run: kind, entries, cents."""
    rows = (
        LedgerEntry.objects.filter(run=run.code)
        .values("kind")
        .annotate(entries=Count("seq"), cents=Sum("amount_cents"))
        .order_by("kind")
    )
    return [(row["kind"], row["entries"], row["cents"]) for row in rows]


def corrected(run: Run) -> Corrected | None:
    """What a correction changed against the run before it."""
    before = run.corrects
    if before is None:
        return None
    old = dict(before.awards.values_list("person", "cents"))
    new = dict(run.awards.values_list("person", "cents"))
    moved = sum(old.get(person, 0) != new.get(person, 0) for person in old.keys() | new.keys())
    return Corrected(
        before=before,
        cents_before=sum(old.values()),
        cents=sum(new.values()),
        moved=moved,
        causes=causes(runs.compare(before, run)),
    )


INPUTS = ("people", "cells", "kpis", "holds", "excluded")


def causes(differences: Iterable[Any]) -> tuple[tuple[str, int], ...]:
    """Differences of the inputs by kind: the plan, people, cells, KPIs, holds; how many values differ."""
    counts: dict[str, int] = {}
    for difference in differences:
        place = difference.place
        kind = next((k for k in INPUTS if place.startswith(f"snapshot.{k}")), "")
        kind = kind or ("plan" if place.startswith("plan_document") else "")
        if kind:
            counts[kind] = counts.get(kind, 0) + 1
    return tuple(counts.items())
