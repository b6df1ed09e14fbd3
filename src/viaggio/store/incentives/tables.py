"""People and results of a run from CSV files: exact numbers, and every fault with its file, row and column.

A run is paid out, so a file with any fault is refused whole, with all its faults listed: leaving the bad rows
out would pay somebody wrongly. The columns are described in docs/reference/incentive-files.md.
"""

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path

from viaggio.incentive.exact import exact
from viaggio.incentive.run import Away, Cell, Hold, Inputs, Person, Placement, Stratum
from viaggio.kernel import BadFile, ViaggioError

PEOPLE_COLUMNS = (
    "person", "kind", "unit", "group", "first", "last", "fte", "target", "absence", "contract", "left",
    "leave_reason",
)  # fmt: skip
RESULT_COLUMNS = (
    "kind", "measure", "unit", "window", "stratum", "n", "promoters", "detractors", "hits", "total",
    "squares", "value", "share", "headcount", "parent", "why",
)  # fmt: skip
RESULT_KINDS = ("nps", "share", "mean", "value", "kpi", "hold")
MOST_FAULTS = 20


class BadRows(ViaggioError):
    """Rows that can not be paid on; `faults` are (file, line, column, what)."""

    code = "incentive.bad_rows"

    def __init__(self, faults: list[tuple[str, int, str, str]]) -> None:
        shown = "; ".join(
            f"{file}:{line} {column}: {what}" for file, line, column, what in faults[:MOST_FAULTS]
        )
        more = f"; and {len(faults) - MOST_FAULTS} more" if len(faults) > MOST_FAULTS else ""
        super().__init__(f"{len(faults)} faults in the rows: {shown}{more}", hint="Mend them and run again.")
        self.faults = faults


@dataclass
class _Rows:
    """Rows of one file being read, with the faults met."""

    path: Path
    columns: tuple[str, ...]
    faults: list[tuple[str, int, str, str]]
    line: int = 1
    row: Mapping[str, str] = field(default_factory=dict)

    def read(self) -> Iterator[None]:
        """Step through the rows; the current one is `row`."""
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as text:
                reader = csv.DictReader(text)
                unknown = [name for name in reader.fieldnames or () if name not in self.columns]
                if unknown:
                    raise BadFile(f"column '{unknown[0]}' is not known", place=self.path.name,
                                  hint=f"Known: {', '.join(self.columns)}.")  # fmt: skip
                for row in reader:
                    self.line = reader.line_num
                    self.row = {name: (value or "").strip() for name, value in row.items() if name}
                    yield
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise BadFile("the file can not be read", place=self.path.name, hint=str(error)) from error

    def fault(self, column: str, what: str) -> None:
        self.faults.append((self.path.name, self.line, column, what))

    def text(self, column: str, *, needed: bool = False) -> str:
        value = self.row.get(column, "")
        if needed and not value:
            self.fault(column, "is missing")
        return value

    def _as[T](self, column: str, make: Callable[[str], T], otherwise: T, what: str) -> T:
        value = self.row.get(column, "")
        if not value:
            return otherwise
        try:
            return make(value)
        except (ValueError, ViaggioError):
            self.fault(column, f"'{value}' is no {what}")
            return otherwise

    def whole(self, column: str) -> int:
        return self._as(column, int, 0, "whole number")

    def maybe_whole(self, column: str) -> int | None:
        return self._as(column, int, None, "whole number") if self.row.get(column) else None

    def number(self, column: str) -> Fraction | None:
        return self._as(column, exact, None, "exact number") if self.row.get(column) else None

    def day(self, column: str, *, needed: bool = False) -> date | None:
        if needed and not self.row.get(column):
            self.fault(column, "is missing")
        return self._as(column, date.fromisoformat, None, "day") if self.row.get(column) else None


def load_inputs(people: Path, results: Path) -> Inputs:
    """Everything a run reads beside the plan. Raises `BadFile`, and `BadRows` with every fault."""
    faults: list[tuple[str, int, str, str]] = []
    persons = _people(_Rows(people, PEOPLE_COLUMNS, faults))
    cells, kpis, holds = _results(_Rows(results, RESULT_COLUMNS, faults))
    if faults:
        raise BadRows(faults)
    return Inputs(people=persons, cells=cells, kpis=kpis, holds=holds)


def load_people(path: Path) -> tuple[Person, ...]:
    """People of a file, with their stays and absences. Raises as `load_inputs`."""
    return _whole(_people, _Rows(path, PEOPLE_COLUMNS, []))


def load_results(path: Path) -> tuple[tuple[Cell, ...], dict[str, Fraction], tuple[Hold, ...]]:
    """Cells, KPIs and holds of a file. Raises as `load_inputs`."""
    return _whole(_results, _Rows(path, RESULT_COLUMNS, []))


def _whole[T](read: Callable[[_Rows], T], rows: _Rows) -> T:
    found = read(rows)
    if rows.faults:
        raise BadRows(rows.faults)
    return found


@dataclass
class _Draft:
    placements: list[Placement] = field(default_factory=list)
    away: list[Away] = field(default_factory=list)
    contract: str = ""
    left: date | None = None
    leave_reason: str = ""


def _people(rows: _Rows) -> tuple[Person, ...]:
    drafts: dict[str, _Draft] = {}
    for _ in rows.read():
        draft = drafts.setdefault(rows.text("person", needed=True), _Draft())
        first, last = rows.day("first", needed=True), rows.day("last", needed=True)
        if first is None or last is None:
            continue
        if rows.text("kind") == "absence":
            draft.away.append(Away(first=first, last=last, kind=rows.text("absence", needed=True)))
            continue
        if rows.text("kind") not in {"", "stay"}:
            rows.fault("kind", f"'{rows.text('kind')}' is not stay or absence")
            continue
        target = rows.number("target")
        if target is None:
            rows.fault("target", "is missing")
            continue
        fte = rows.number("fte")
        draft.placements.append(
            Placement(
                first=first, last=last,
                unit=rows.text("unit", needed=True), group=rows.text("group", needed=True),
                fte=Fraction(1) if fte is None else fte, target=target,
            )
        )  # fmt: skip
        draft.contract = rows.text("contract") or draft.contract
        draft.left = rows.day("left") or draft.left
        draft.leave_reason = rows.text("leave_reason") or draft.leave_reason
    return tuple(
        Person(
            id=name, placements=tuple(sorted(d.placements)), away=tuple(sorted(d.away)), contract=d.contract,
            left=d.left, leave_reason=d.leave_reason,
        )
        for name, d in sorted(drafts.items())
    )  # fmt: skip


def _results(rows: _Rows) -> tuple[tuple[Cell, ...], dict[str, Fraction], tuple[Hold, ...]]:
    cells: dict[tuple[str, str, str], list[Stratum]] = {}
    about: dict[tuple[str, str, str], tuple[int | None, str]] = {}
    kpis: dict[str, Fraction] = {}
    holds: list[Hold] = []
    for _ in rows.read():
        kind, measure = rows.text("kind") or "value", rows.text("measure")
        if kind not in RESULT_KINDS:
            rows.fault("kind", f"'{kind}' is not one of {', '.join(RESULT_KINDS)}")
            continue
        if kind == "hold":
            holds.append(Hold(why=rows.text("why", needed=True), measure=measure, unit=rows.text("unit")))
            continue
        if not measure:
            rows.fault("measure", "is missing")
            continue
        value = rows.number("value")
        if kind == "kpi":
            if value is None or measure in kpis:
                rows.fault("value", "is missing" if value is None else f"'{measure}' stands there twice")
            else:
                kpis[measure] = value
            continue
        key = (measure, rows.text("unit"), rows.text("window") or "period")
        cells.setdefault(key, []).append(_stratum(rows, kind, value))
        headcount, parent = about.get(key, (None, ""))
        given = rows.maybe_whole("headcount")
        about[key] = (headcount if given is None else given, rows.text("parent") or parent)
    made = tuple(
        Cell(measure=m, unit=u, window=w, headcount=about[m, u, w][0], parent=about[m, u, w][1],
             strata=tuple(sorted(strata, key=lambda s: s.name)))
        for (m, u, w), strata in sorted(cells.items())
    )  # fmt: skip
    return made, kpis, tuple(holds)


def _stratum(rows: _Rows, kind: str, value: Fraction | None) -> Stratum:
    return Stratum(
        name=rows.text("stratum"),
        kind=kind,
        n=rows.whole("n"),
        promoters=rows.whole("promoters"),
        detractors=rows.whole("detractors"),
        hits=rows.whole("hits"),
        total=rows.number("total") or Fraction(0),
        squares=rows.number("squares"),
        value=value,
        share=rows.number("share"),
    )
