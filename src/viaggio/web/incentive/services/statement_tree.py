"""Lines of a statement: the stored tree of an award beside the plan's curves and the figures behind them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from viaggio.incentive.cells import Cell as PrivacyCell
from viaggio.incentive.cells import hidden
from viaggio.incentive.curves import Curve
from viaggio.incentive.exact import written
from viaggio.incentive.plan import Component, Plan
from viaggio.incentive.run import Cell, Inputs
from viaggio.incentive.run.cells import score_of
from viaggio.web.incentive.services.holding import cents_in
from viaggio.web.incentive.services.statement import CurveShape, MapPart, Source, StatementLine


@dataclass(frozen=True, slots=True)
class Readings:
    """The figures of a run by measure, unit and window; those of cells too small are left out."""

    rows: Mapping[tuple[str, str, str], Source]
    kpis: Mapping[str, Source]
    parents: Mapping[tuple[str, str], str]
    too_small: frozenset[tuple[str, str]]
    least: int = 0
    """So many answers a figure has at least that is shown."""

    @classmethod
    def of(
        cls, plan: Plan, inputs: Inputs, readings: Iterable[Mapping[str, Any]], names: Mapping[str, str]
    ) -> "Readings":
        """Those of a snapshot."""
        sources = [(row, source_of(row, names)) for row in readings]
        return cls(
            rows={(s.measure, s.unit, s.window): s for row, s in sources if row["kind"] != "kpi"},
            kpis={s.measure: s for row, s in sources if row["kind"] == "kpi"},
            parents={(cell.measure, cell.unit): cell.parent for cell in inputs.cells},
            too_small=hidden_cells(plan, inputs.cells),
            least=plan.guard_rails.k_responses,
        )

    def of_line(self, measure: str, unit: str) -> tuple[Source, ...]:
        """The figures that a line stands on: the unit's own and those above, in all windows."""
        found: list[Source] = []
        here: str | None = unit if (measure, unit) in self.parents else ""
        seen: set[str] = set()
        while here is not None and here not in seen:
            seen.add(here)
            if (measure, here) not in self.too_small:
                rows = [s for (m, u, _), s in sorted(self.rows.items()) if (m, u) == (measure, here)]
                found += [s for s in rows if not 0 < s.base < self.least]
            here = self.parents.get((measure, here), "") if here else None
        return tuple(found)

    def own(self, measure: str) -> Source | None:
        """The company's figure of a measure in the period; without its value when few answers made it."""
        found = self.rows.get((measure, "", "period"))
        few = found is not None and 0 < found.base < self.least
        return replace(found, value="", base=0, excluded=0, few=True) if found is not None and few else found

    def kpi(self, name: str) -> Source | None:
        """The figure behind a KPI."""
        return self.kpis.get(name)

    def small(self, units: Iterable[str]) -> tuple[str, ...]:
        """Of these units those with a figure that is too small to be shown."""
        hidden_units = {unit for _, unit in self.too_small}
        return tuple(sorted(set(units) & hidden_units))


def hidden_cells(plan: Plan, cells: Sequence[Cell]) -> frozenset[tuple[str, str]]:
    """Measures and units whose figure stays hidden, with those from which it could be subtracted.

    Units are looked at beside the others of the same unit above, over all windows: what is hidden in one is
    hidden in all.
    """
    rails, found = plan.guard_rails, set[tuple[str, str]]()
    groups: dict[tuple[str, str, str], dict[str, PrivacyCell]] = {}
    for cell in cells:
        score = score_of(cell)
        counted = any(s.kind != "value" or s.n for s in cell.strata)
        if cell.unit and (counted or not cell.strata):
            groups.setdefault((cell.measure, cell.parent, cell.window), {})[cell.unit] = PrivacyCell(
                headcount=rails.k_headcount if cell.headcount is None else cell.headcount,
                n=score.n if score else 0, value=score.value if score else Fraction(0),
            )  # fmt: skip
    for (measure, _, _), units in groups.items():
        small, also = hidden(units, headcount=rails.k_headcount, responses=rails.k_responses)
        found |= {(measure, unit) for unit in [*small, *also]}
    return frozenset(found)


def source_of(row: Mapping[str, Any], names: Mapping[str, str]) -> Source:
    """A stored reading as a noun."""
    return Source(
        measure=row["measure"], unit=row["unit"], unit_name=names.get(row["unit"], row["unit"]),
        window=row["window"], metric=row["metric"],
        where=tuple((name, tuple(values)) for name, values in sorted(row["where"].items())),
        weights=row["weights"], first=date.fromisoformat(row["first"]), last=date.fromisoformat(row["last"]),
        value="" if row["value"] is None else written(Fraction(row["value"])), base=int(row["base"]),
        facts=row["facts"], page=row["page"], excluded=sum(row.get("excluded", {}).values()),
    )  # fmt: skip


def lines_of(tree: Mapping[str, Any], plan: Plan, readings: Readings) -> tuple[StatementLine, ...]:
    """The lines of a stored award, in its order."""
    return tuple(_line(place, line, plan, readings) for place, line in enumerate(tree["lines"]))


def _line(place: int, line: Mapping[str, Any], plan: Plan, readings: Readings) -> StatementLine:
    component = _component(plan, line)
    mapped = component.mapped
    credited, baseline = _number(line, "credited"), _number(line, "baseline")
    own = (line["measure"], line["unit"]) in readings.too_small
    return StatementLine(
        place=f"lines[{place}]", unit=line["unit"], unit_name=_unit_name(line["unit"], readings),
        group=line["group"], first=date.fromisoformat(line["from"]), last=date.fromisoformat(line["to"]),
        measure=line["measure"], section=line["section"], form_indicator=component.form_indicator,
        weight=Fraction(line["weight"]), planned_weight=component.weight, reason=line["reason"],
        raw=None if own else _number(line, "raw"), n=None if own else _whole(line, "n"),
        n_eff=_number(line, "n_eff"), se=_number(line, "se"),
        used=_number(line, "used"), z=_number(line, "z"), credited=credited, baseline=baseline,
        payout=Fraction(line["payout"]), level_payout=_number(line, "level_payout"),
        improvement_payout=_number(line, "improvement_payout"), incremental=line.get("incremental"),
        curve=_shape(component.curve, credited, _number(line, "level_payout") or Fraction(line["payout"])),
        improvement=_improvement(component, line, credited, baseline), cents=cents_in(line["amount"]),
        held=line["held"] or "",
        measured=() if mapped else readings.of_line(line["measure"], line["unit"]),
        parts=_parts(plan, mapped, line, readings) if mapped else (),
    )  # fmt: skip


def _component(plan: Plan, line: Mapping[str, Any]) -> Component:
    for component in plan.groups[line["group"]].components:
        if component.measure == line["measure"] and component.section == line["section"]:
            return component
    raise LookupError(f"{line['measure']} is not in group {line['group']}")


def _unit_name(unit: str, readings: Readings) -> str:
    return next((s.unit_name for (_, u, _), s in readings.rows.items() if u == unit), unit)


def _number(line: Mapping[str, Any], name: str) -> Fraction | None:
    value = line.get(name)
    return None if value is None else Fraction(value)


def _whole(line: Mapping[str, Any], name: str) -> int | None:
    value = line.get(name)
    return None if value is None else int(value)


def _shape(curve: Curve, x: Fraction | None, y: Fraction) -> CurveShape:
    return CurveShape(
        kind=str(curve.shape), points=curve.points, below=curve.below, falling=curve.falling, x=x, y=y
    )


def _improvement(
    component: Component, line: Mapping[str, Any], credited: Fraction | None, baseline: Fraction | None
) -> CurveShape | None:
    if component.improvement is None:
        return None
    change = credited - baseline if credited is not None and baseline is not None else None
    return _shape(component.improvement, change, _number(line, "improvement_payout") or Fraction(0))


def _parts(plan: Plan, function: str, line: Mapping[str, Any], readings: Readings) -> tuple[MapPart, ...]:
    """The touchpoints of a composite, largest weight first."""
    without = line["reason"].removeprefix("without:").split(",") if "without:" in line["reason"] else []
    weights = plan.contribution_map[function].items()
    return tuple(
        MapPart(touchpoint=name, weight=weight, counted=name not in without, source=readings.own(name))
        for name, weight in sorted(weights, key=lambda pair: (-pair[1], pair[0]))
    )
