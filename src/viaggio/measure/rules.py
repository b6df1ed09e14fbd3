"""From the rows of a query to readings: every period and every group once, flagged, small cells hidden."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from viaggio.estimate import no_data
from viaggio.kernel import DIMENSIONS, Estimate, Flag, Period, Reading, UnknownDimension
from viaggio.measure.model import Cut, Metric, Part

Group = tuple[tuple[str, str], ...]

MOST_DIMENSIONS = 2
"""A figure is cut by at most so many dimensions at once."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Rows of a table, and the UTC microseconds of its first and last one."""

    rows: int
    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class Cell:
    """A reading, and how many persons stand behind it (its base where nobody counted persons)."""

    reading: Reading
    people: int


def check_dimensions(by: Sequence[str]) -> None:
    """Refuse dimensions that do not exist, come twice or are more than two; raises `UnknownDimension`."""
    for place, name in enumerate(by):
        if name not in DIMENSIONS or name in by[:place] or place >= MOST_DIMENSIONS:
            raise UnknownDimension(name, known=DIMENSIONS, place="by")


def applies(metric: Metric, cut: Cut) -> bool:
    """Whether the metric has every dimension that the question names; only answers can be weighted."""
    return cut.dimensions <= metric.dimensions and (cut.weights == "none" or bool(metric.figure))


def not_applicable(metric: Metric, cut: Cut) -> list[Reading]:
    """One reading without a value per period: the question names a dimension the metric does not have."""
    nothing = Estimate(value=None, n=0, flags=frozenset({Flag.NOT_APPLICABLE}))
    return [
        _reading(metric, nothing, parts=[], period=period, cut=cut, by=()) for period in cut.spans.periods
    ]


def readings(
    metric: Metric,
    rows: Iterable[Mapping[str, Any]],
    cut: Cut,
    coverage: Mapping[str, Coverage],
    minimum_cell: int | None = None,
) -> list[Reading]:
    """Readings by period, then group in order of name; each group seen in any period, in every period.

    With `minimum_cell`, cells of fewer persons are hidden, and so many others that none can be had from
    the totals by subtraction.
    """
    own = (row for row in rows if all(row[column] == value for column, value in metric.part))
    parts = _parts_by_cell(own, cut.by)
    groups = sorted({group for _, group in parts}) if cut.by else [()]
    found: list[Reading] = []
    for span, period in enumerate(cut.spans.periods):
        partial = _is_partial(metric, period, cut.spans.zone, coverage)
        cells = []
        for group in groups:
            cell_parts = parts.get((span, group), [])
            estimate = metric.estimate(cell_parts) if cell_parts else no_data()
            flagged = _flagged(metric, estimate, partial=partial)
            reading = _reading(metric, flagged, parts=cell_parts, period=period, cut=cut, by=group)
            cells.append(Cell(reading, _people(cell_parts, reading.n)))
        found += [cell.reading for cell in cells] if minimum_cell is None else hidden(cells, minimum_cell)
    return found


def _parts_by_cell(
    rows: Iterable[Mapping[str, Any]], by: Sequence[str]
) -> dict[tuple[int, Group], list[Part]]:
    parts: dict[tuple[int, Group], list[Part]] = defaultdict(list)
    for row in rows:
        parts[row["span"], tuple((name, row[name]) for name in by)].append(row)
    return parts


def _people(parts: Sequence[Part], n: int) -> int:
    """Persons behind a cell, never more than its base.

    Of several parts the largest, because the same person may be in each. Where a reader can subtract the
    cell from that of another filter, the persons that are left (`apart`), if they are fewer.
    """
    if not parts or "people" not in parts[0]:
        return n
    apart = [int(part["apart"]) for part in parts if part.get("apart")]
    return min(n, max(int(part["people"]) for part in parts), *apart)


def _flagged(metric: Metric, estimate: Estimate, *, partial: bool) -> Estimate:
    flags = set(estimate.flags)
    if estimate.value is None and not flags:
        flags.add(Flag.NO_DATA)
    if estimate.value is not None and estimate.n < metric.min_n:
        flags.add(Flag.BELOW_MINIMUM)
    if partial and Flag.NO_DATA not in flags:
        flags.add(Flag.PARTIAL_PERIOD)
    return replace(estimate, flags=frozenset(flags))


def _reading(
    metric: Metric, estimate: Estimate, *, parts: Sequence[Part], period: Period, cut: Cut, by: Group
) -> Reading:
    return Reading(
        metric=metric.slug, version=metric.version, unit=metric.unit, better=metric.better,
        value=estimate.value, n=estimate.n, low=estimate.low, high=estimate.high, level=estimate.level,
        flags=estimate.flags, period=period, population=cut.population, by=by,
        scale=metric.scale or _scale(parts), currency=_currency(parts),
        weighting=cut.weights, se=estimate.se, df=estimate.df, n_eff=estimate.n_eff,
    )  # fmt: skip


def _scale(parts: Sequence[Part]) -> tuple[float, float] | None:
    scales = {(part["scale_min"], part["scale_max"]) for part in parts if "scale_min" in part and part["n"]}
    return next(iter(scales)) if len(scales) == 1 else None


def _currency(parts: Sequence[Part]) -> str | None:
    currencies = {part["currency"] for part in parts if "currency" in part} - {None}
    return next(iter(currencies)) if len(currencies) == 1 else None


def _is_partial(metric: Metric, period: Period, zone: ZoneInfo, coverage: Mapping[str, Coverage]) -> bool:
    """Whether the data begin after the period's first day, or end before its last."""
    known = covering(metric, coverage)
    if not known:
        return False
    data = whole_period(known, zone)
    first = period.previous().start if metric.looks_back else period.start
    return data.start > first or data.last < period.last


def covering(metric: Metric, coverage: Mapping[str, Coverage]) -> list[Coverage]:
    """Coverage of the tables that tell from when to when the metric's data reach.

    Customers with contracts are read from contracts alone, so these alone count where there are any.
    """
    known = {name: coverage[name] for name in metric.covered_by if name in coverage and coverage[name].rows}
    return [known["contracts"]] if "contracts" in known else list(known.values())


def _day(micros: int, zone: ZoneInfo) -> date:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)).astimezone(zone).date()


def whole_period(coverages: Iterable[Coverage], zone: ZoneInfo) -> Period:
    """The local days from the first to the last row; 1 January 1970 where there is no row at all."""
    known = [coverage for coverage in coverages if coverage.first is not None and coverage.last is not None]
    first = min((coverage.first or 0 for coverage in known), default=0)
    last = max((coverage.last or 0 for coverage in known), default=0)
    return Period(_day(first, zone), _day(last, zone) + timedelta(days=1))


def hidden(cells: Sequence[Cell], minimum: int) -> list[Reading]:
    """The readings of one period, those of fewer persons than `minimum` without value, interval and base.

    A hidden cell could be had from a total by subtracting the others. So in every line of groups whose
    total a reader may know (all groups; and with two dimensions, the groups that share a value of one),
    the next smallest cells are hidden too, until two or more are hidden and they stand for `minimum`
    persons together.
    """
    filled = [i for i, cell in enumerate(cells) if cell.people > 0]
    gone = {i for i in filled if cells[i].people < minimum}
    lines = _lines(cells, filled)
    changed = bool(gone)
    while changed:
        changed = False
        for line in lines:
            more = _next_to_hide(cells, line, gone, minimum)
            if more is not None:
                gone.add(more)
                changed = True
    return [_withheld(cell.reading) if i in gone else cell.reading for i, cell in enumerate(cells)]


def _lines(cells: Sequence[Cell], filled: Sequence[int]) -> list[list[int]]:
    """Cells that add up to a total that can be asked for."""
    lines: dict[Group, list[int]] = defaultdict(list)
    for i in filled:
        by = cells[i].reading.by
        lines[()].append(i)
        if len(by) > 1:
            for pair in by:
                lines[pair,].append(i)
    return list(lines.values())


def _next_to_hide(cells: Sequence[Cell], line: Sequence[int], gone: set[int], minimum: int) -> int | None:
    inside = [i for i in line if i in gone]
    if not inside or (len(inside) > 1 and sum(cells[i].people for i in inside) >= minimum):
        return None
    shown = [i for i in line if i not in gone]
    return min(shown, key=lambda i: (cells[i].people, cells[i].reading.by)) if shown else None


def _withheld(reading: Reading) -> Reading:
    return replace(
        reading, value=None, low=None, high=None, n=0, se=None, df=None, n_eff=None,
        flags=frozenset({Flag.HIDDEN}),
    )  # fmt: skip
