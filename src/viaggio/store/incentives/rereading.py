"""From the snapshot of a stored run back to the inputs that it was computed from."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from viaggio.incentive.plan import Plan, read_plan
from viaggio.incentive.run import (
    Away,
    Cell,
    Excluded,
    Frozen,
    Hold,
    Inputs,
    Person,
    Placement,
    Stratum,
    Window,
)


def plan_from(document: Mapping[str, Any]) -> Plan:
    """The plan of a stored run. Raises `BadPlan`."""
    return read_plan(document)


def inputs_from(snapshot: Mapping[str, Any]) -> Inputs:
    """The inputs of a stored run."""
    return Inputs(
        people=tuple(_person(row) for row in snapshot["people"]),
        cells=tuple(_cell(row) for row in snapshot["cells"]),
        kpis={name: Fraction(value) for name, value in snapshot["kpis"].items()},
        holds=tuple(Hold(**row) for row in snapshot["holds"]),
        window=_window(snapshot.get("window")),
        frozen=_frozen(snapshot.get("frozen")),
        excluded=tuple(Excluded(**row) for row in snapshot.get("excluded", ())),
    )


def _frozen(row: Mapping[str, Any] | None) -> Frozen | None:
    if row is None:
        return None
    awards = {name: (Fraction(raw), int(cents)) for name, (raw, cents) in row["awards"].items()}
    return Frozen(factor=Fraction(row["factor"]), awards=awards)


def _window(row: Mapping[str, Any] | None) -> Window | None:
    if row is None:
        return None
    return Window(
        first=date.fromisoformat(row["first"]),
        last=date.fromisoformat(row["last"]),
        share=Fraction(row["share"]),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _fraction(text: str | None) -> Fraction | None:
    return Fraction(text) if text is not None else None


def _person(row: Mapping[str, Any]) -> Person:
    placements = tuple(
        Placement(
            first=date.fromisoformat(p["first"]),
            last=date.fromisoformat(p["last"]),
            unit=p["unit"],
            group=p["group"],
            fte=Fraction(p["fte"]),
            target=Fraction(p["target"]),
        )
        for p in row["placements"]
    )
    away = tuple(
        Away(first=date.fromisoformat(a["first"]), last=date.fromisoformat(a["last"]), kind=a["kind"])
        for a in row["away"]
    )
    return Person(
        id=row["id"],
        placements=placements,
        away=away,
        contract=row["contract"],
        left=_day(row["left"]),
        leave_reason=row["leave_reason"],
    )


def _cell(row: Mapping[str, Any]) -> Cell:
    strata = tuple(
        Stratum(
            name=s["name"],
            kind=s["kind"],
            n=int(s["n"]),
            promoters=int(s["promoters"]),
            detractors=int(s["detractors"]),
            hits=int(s["hits"]),
            total=Fraction(s["total"]),
            squares=_fraction(s["squares"]),
            value=_fraction(s["value"]),
            share=_fraction(s["share"]),
        )
        for s in row["strata"]
    )
    headcount = row["headcount"]
    return Cell(
        measure=row["measure"],
        unit=row["unit"],
        window=row["window"],
        headcount=None if headcount is None else int(headcount),
        parent=row["parent"],
        strata=strata,
    )
