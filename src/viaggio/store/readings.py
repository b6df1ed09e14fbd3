"""Readings of a workspace: asked once, remembered until the facts change."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol, cast, runtime_checkable

from viaggio.journey.index import Journeys
from viaggio.journey.kernels.visits import Visits
from viaggio.journey.run import WalkedElsewhere, run
from viaggio.kernel import EVERYBODY, Period, Population, Reading
from viaggio.measure.blanks import blank, shape, values
from viaggio.measure.catalogue import CATALOGUE, Cut, Metric, Spans, Tables, metric
from viaggio.measure.coverage import coverage_of, coverage_query
from viaggio.measure.rules import Coverage, applies, check_dimensions, not_applicable, readings
from viaggio.measure.scores import By, Compared, rows_of_cuts
from viaggio.measure.visited import (
    OF_CUSTOMERS,
    OF_PAGES,
    VisitSumsKernel,
    as_walked,
    is_walked,
    rows_of_visits,
)
from viaggio.pulse.index import Answers as Index
from viaggio.store.answers_build import build_answers
from viaggio.store.memory import Memory as _Memory
from viaggio.store.workspace import Workspace

_LIFE = ("interactions", "visits", "orders", "answers", "texts")
REMEMBERED = 4096
"""So many answers are kept; the one asked for longest ago goes first."""

REMEMBERED_ROWS = 128
"""So many tables of counts and sums are kept, from which several metrics are read."""


class Answers(Protocol):
    """What a reading needs of an engine."""

    @property
    def version(self) -> str:
        """Changes whenever the facts do."""

    @property
    def workspace(self) -> Workspace:
        """Whose facts they are."""

    def tables(self) -> Tables:
        """The fact tables."""

    def run(self, expression: Any) -> Any:
        """The rows of an Ibis expression as an Arrow table."""


@runtime_checkable
class Fills(Protocol):
    """What an engine of a workspace has besides: it keeps translated questions."""

    def fill(self, shape: Hashable, question: Callable[[], Any], values: Mapping[str, Any]) -> Any:
        """The rows of a question with blanks, as an Arrow table."""

    def rows(self, table: str) -> int:
        """How many rows a fact table has."""


@runtime_checkable
class HasJourneys(Protocol):
    """What an engine of a workspace has besides: the journey index that the fold made."""

    def journeys(self) -> Journeys:
        """The newest journey index."""


@runtime_checkable
class HasIndex(Protocol):
    """What an engine of a workspace has besides: the answer index that the fold made."""

    def answer_index(self) -> Index | None:
        """The index of its facts; None where there is none of this state."""


_memory = _Memory(REMEMBERED)
_rows = _Memory(REMEMBERED_ROWS)
_made = _Memory(4)


def read(
    engine: Answers,
    slug: str,
    periods: Sequence[Period],
    population: Population = EVERYBODY,
    by: Sequence[str] = (),
    *,
    minimum_cell: int | None = None,
    weights: str = "none",
) -> list[Reading]:
    """One metric in several periods, by period and then group; every group seen, in every period.

    A question that names a dimension the metric lacks gives readings flagged `not_applicable`. With
    `minimum_cell`, cells of fewer persons are hidden and can not be had by subtraction. `weights` names the
    scheme by which answers count: none, base (inverse of the probability of being asked) or a computed one;
    what is no answer has no weights and is `not_applicable`. Raises `UnknownMetric` and `UnknownDimension`.
    """
    declared = metric(slug)
    check_dimensions(by)
    if not periods:
        return []
    cut = cut_of(engine, periods, population, by, people=minimum_cell is not None, weights=weights)
    question = (*_place(engine), slug, declared.version, cut, minimum_cell)
    answer: tuple[Reading, ...] = _memory.recall(
        question, lambda: tuple(_ask(engine, declared, cut, minimum_cell))
    )
    return list(answer)


def read_one(
    engine: Answers,
    slug: str,
    period: Period,
    population: Population = EVERYBODY,
    *,
    minimum_cell: int | None = None,
    weights: str = "none",
) -> Reading:
    """One metric in one period, not cut."""
    return read(engine, slug, (period,), population, minimum_cell=minimum_cell, weights=weights)[0]


def read_many(
    engine: Answers,
    slugs: Sequence[str],
    periods: Sequence[Period],
    population: Population = EVERYBODY,
    by: Sequence[str] = (),
    *,
    minimum_cell: int | None = None,
    weights: str = "none",
) -> Mapping[str, list[Reading]]:
    """Several metrics with the same question, by slug in the order asked."""
    return {
        slug: read(engine, slug, periods, population, by, minimum_cell=minimum_cell, weights=weights)
        for slug in slugs
    }


def coverage(engine: Answers) -> Mapping[str, Coverage]:
    """Rows, first and last time of every table with a time."""
    found: Mapping[str, Coverage] = _memory.recall(
        (*_place(engine), "coverage"),
        lambda: coverage_of(engine.run(coverage_query(engine.tables())).to_pylist()),
    )
    return found


def data_period(engine: Answers) -> Period | None:
    """From the first local day on which customers did or said something to the last; None without data."""
    found = coverage(engine)
    spans = [(found[name].first, found[name].last) for name in _LIFE if name in found]
    days = [
        datetime.fromtimestamp(micros // 1_000_000, engine.workspace.zone).date()
        for span in spans
        for micros in span
        if micros is not None
    ]
    return Period(min(days), max(days) + timedelta(days=1)) if days else None


def cut_of(
    engine: Answers,
    periods: Sequence[Period],
    population: Population,
    by: Sequence[str],
    *,
    people: bool,
    weights: str,
) -> Cut:
    """The cut that a reading of these periods and groups is read from."""
    known = coverage(engine)
    return Cut(
        spans=Spans(tuple(periods), engine.workspace.zone), by=tuple(by), population=population,
        present=frozenset(name for name, table in known.items() if table.rows),
        inactive_days=engine.workspace.settings.inactive_days, people=people, weights=weights,
    )  # fmt: skip


def _place(engine: Answers) -> tuple[Hashable, ...]:
    """What an answer depends on besides the question."""
    return engine.workspace.root, engine.version


def _ask(engine: Answers, declared: Metric, cut: Cut, minimum_cell: int | None) -> list[Reading]:
    if not applies(declared, cut):
        return not_applicable(declared, cut)
    if is_walked(declared, cut):
        rows = _walked(engine, declared, cut)
        return readings(as_walked(declared), rows, cut, coverage(engine), minimum_cell)
    rows = (
        scored(engine, cut)[declared.figure]
        if declared.figure
        else _counted(engine, declared, cut, minimum_cell)
    )
    return readings(declared, rows, cut, coverage(engine), minimum_cell)


def _walked(engine: Answers, declared: Metric, cut: Cut) -> list[dict[str, Any]]:
    """Counts and sums of visits made of interactions; metrics that share a walk share its answer.

    Where a cluster walks the buckets, it counts there, for all walks at once: only sums travel.
    """
    from viaggio.store.journeys import groups_of

    walk = declared.walk
    assert walk is not None  # else it would have a measure
    asked: Any = engine  # it has all that groups are asked of
    place = (*_place(engine), "visits", cut)

    def groups() -> dict[str, Any]:
        return {name: groups_of(asked, name) for name in OF_CUSTOMERS if name in cut.dimensions}

    if isinstance(engine, HasJourneys) and isinstance(journeys := engine.journeys(), WalkedElsewhere):
        walks = tuple(dict.fromkeys(one.walk for one in CATALOGUE.values() if one.walk is not None))
        every: Mapping[Any, list[dict[str, Any]]] = _rows.recall(
            place, lambda: run(cast("Journeys", journeys), VisitSumsKernel(walks, cut, groups()))
        )
        return every[walk]
    rows: list[dict[str, Any]] = _rows.recall(
        (*place, walk), lambda: rows_of_visits(visits_of(engine), walk, cut, groups())
    )
    return rows


def visits_of(engine: Answers) -> Visits:
    """All visits that an engine's interactions make, remembered until the facts change."""
    from viaggio.journey import visits

    def make() -> Visits:
        if isinstance(engine, HasJourneys):
            return visits(engine.journeys())
        return visits(engine.run(engine.tables().interactions.select(*OF_PAGES)))

    found: Visits = _made.recall((*_place(engine), "visits"), make)
    return found


def scored(engine: Answers, cut: Cut, against: tuple[int, ...] = ()) -> By:
    """Counts and sums of every score of a cut, by figure: one walk over the answer index.

    Where `against` names for each span another, also the products with it.
    """
    found: By = _rows.recall(
        (*_place(engine), "scores", cut, against),
        lambda: rows_of_cuts(answers_of(engine), [(cut, against)])[0],
    )
    return found


def foresee(engine: Answers, asked: Sequence[Compared]) -> None:
    """Find what is going to be asked of the answers, all cuts of one population in one walk.

    A cut that is compared needs no other walk to be read.
    """
    place = (*_place(engine), "scores")
    for population in dict.fromkeys(cut.population for cut, _ in asked):
        mine = [one for one in asked if one[0].population == population]
        unknown = [one for one in dict.fromkeys(mine) if not _rows.knows((*place, *one))]
        if not unknown:
            continue
        found = rows_of_cuts(answers_of(engine), unknown)
        for (cut, against), rows in zip(unknown, found, strict=True):
            for key in dict.fromkeys(((*place, cut, against), (*place, cut, ()))):
                _rows.recall(key, partial(_same, rows))


def _same(rows: By) -> By:
    return rows


def answers_of(engine: Answers) -> Index:
    """The engine's answer index: its own, mapped from files, or else one made in memory and remembered."""
    if isinstance(engine, HasIndex) and (own := engine.answer_index()) is not None:
        return own
    made: Index = _made.recall((*_place(engine), "answer index"), lambda: build_answers(engine))
    return made


SURELY = 3
"""A cell with an estimate of so many times the minimum has the minimum: the estimate errs by a few tenths."""

ESTIMATED_FROM = 2_000_000
"""Rows of a table from which on an estimate of persons is worth a question of its own."""


def _counted(engine: Answers, declared: Metric, cut: Cut, minimum_cell: int | None) -> list[dict[str, Any]]:
    """Counts and sums; persons are counted one by one only where an estimate leaves a cell in doubt."""
    if declared.counts and (found := _counted_over_journeys(engine, declared, cut)) is not None:
        return found
    if minimum_cell is not None and _is_large(engine, declared):
        rows = _sums(engine, declared, replace(cut, about=True))
        if all("people" not in row or row["people"] >= SURELY * minimum_cell for row in rows):
            return rows
    return _sums(engine, declared, cut)


def _counted_over_journeys(engine: Answers, declared: Metric, cut: Cut) -> list[dict[str, Any]] | None:
    """The rows that the metric's measure gives, from the journey index; None where that can not tell."""
    from viaggio.store.counted import counted

    if not isinstance(engine, HasJourneys):
        return None
    people = declared.counts == "people"
    asked: Any = engine  # whoever has journeys has all that they are asked of
    found: list[dict[str, Any]] | None = _rows.recall(
        (*_place(engine), "counted", declared.counts, cut), lambda: counted(asked, cut, people=people)
    )
    if found is None:
        return None
    keep = ("n", "people") if cut.people and (declared.beside or not people) else ("n",)
    rows = [{**row, "n": row[declared.counts]} for row in found]
    counted_rows = [{name: row[name] for name in ("span", *cut.by, *keep)} for row in rows]
    if declared.beside is None:
        return counted_rows
    beside = _sums(engine, replace(declared, measure=declared.beside), cut)
    if any(row["currency"] is None for row in beside):  # it would be in one part with those counted
        return None
    return [{**row, "currency": None, "cents": None} for row in counted_rows] + beside


def _is_large(engine: Answers, declared: Metric) -> bool:
    if not isinstance(engine, Fills):
        return True
    return max(engine.rows(name) for name in declared.tables) >= ESTIMATED_FROM


def _sums(engine: Answers, declared: Metric, cut: Cut) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = _rows.recall(
        (*_place(engine), declared.measure, cut), lambda: _asked(engine, declared, cut).to_pylist()
    )
    return rows


def _asked(engine: Answers, declared: Metric, cut: Cut) -> Any:
    """The counts and sums; an engine that keeps translated questions is asked one with blanks."""
    measure = declared.measure
    assert measure is not None  # a metric has a figure or a measure
    if not isinstance(engine, Fills):
        return engine.run(measure(engine.tables(), cut))
    form = (measure, shape(cut, looks_back=declared.looks_back))
    return engine.fill(form, lambda: measure(engine.tables(), blank(cut)), values(cut))
