"""What changed and is it real: every figure of a screen at two spans or waves, tested together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from viaggio.estimate.monitor import MINIMUM, RATE, Difference, Judged, WaveValue, difference, verdicts
from viaggio.kernel import EVERYBODY, Estimate, Flag, Period, Population, Reading, ViaggioError
from viaggio.measure.catalogue import Metric, metric
from viaggio.measure.clusters import covariance
from viaggio.measure.model import Cut, Spans
from viaggio.measure.rules import applies
from viaggio.measure.scores import By, question_of, rows_of
from viaggio.pulse.kernels.question import Question, ask, has_scheme
from viaggio.store.readings import answers_of, cut_of, foresee, read, scored

if TYPE_CHECKING:
    from viaggio.store.readings import Answers

METHOD = "bh"
AGAINST = (1, -1)
"""Of two spans the first is compared with the second."""


class NotAScore(ViaggioError):
    """A figure that is no score of answers has no standard error to test a change with."""

    code = "changes.not_a_score"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One figure of one group, now and before, and what may be said of its change.

    `adjusted` of the verdict is over all changes that came with it.
    """

    now: Reading
    before: Reading
    judged: Judged

    @property
    def metric(self) -> str:
        """Its slug."""
        return self.now.metric

    @property
    def by(self) -> tuple[tuple[str, str], ...]:
        """Its group."""
        return self.now.by


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """What is shown together, and so is tested together.

    Figures by slug, each as a whole and in each of the `cuts` (groups by up to two dimensions). `waves`
    compares two waves of that dimension instead of two periods: (now, before).
    """

    metrics: tuple[str, ...]
    cuts: tuple[tuple[str, ...], ...] = ((),)
    population: Population = EVERYBODY
    weights: str = "none"
    minimum_cell: int | None = None
    rate: float = RATE
    method: str = METHOD


def changes(engine: "Answers", screen: Screen, now: Period, before: Period) -> list[Change]:
    """Every figure of the screen between two periods, judged together; in the order of cuts and metrics.

    Raises `NotAScore`, `UnknownMetric`, `UnknownDimension`.
    """
    foresee(engine, [(_of_periods(engine, screen, by, now, before), AGAINST) for by in screen.cuts])
    pairs = [pair for by in screen.cuts for pair in _periods(engine, screen, by, now, before)]
    return _judged(pairs, screen)


def wave_changes(engine: "Answers", screen: Screen, now: str, before: str, within: Period) -> list[Change]:
    """Every figure of the screen between two waves, by their names, of answers `within` a period.

    Customers who answered both waves are taken into account. Raises as `changes`.
    """
    pairs = [pair for by in screen.cuts for pair in _waves(engine, screen, by, (now, before), within)]
    return _judged(pairs, screen)


Pair = tuple[Reading, Reading, Difference]


def _judged(pairs: Sequence[Pair], screen: Screen) -> list[Change]:
    judged = verdicts([found for _, _, found in pairs], rate=screen.rate, method=screen.method)
    return [
        Change(now=now, before=before, judged=verdict)
        for (now, before, _), verdict in zip(pairs, judged, strict=True)
    ]


def _periods(
    engine: "Answers", screen: Screen, by: tuple[str, ...], now: Period, before: Period
) -> list[Pair]:
    cut = _of_periods(engine, screen, by, now, before)
    rows = _by_cell(scored(engine, cut, AGAINST), by)
    found = []
    for declared in _metrics(screen, cut):
        readings = read(
            engine, declared.slug, (now, before), screen.population, by,
            minimum_cell=screen.minimum_cell, weights=screen.weights,
        )  # fmt: skip
        half = len(readings) // 2
        found += _paired(declared, readings[:half], readings[half:], rows[declared.figure])
    return found


def _of_periods(engine: "Answers", screen: Screen, by: tuple[str, ...], now: Period, before: Period) -> Cut:
    return cut_of(
        engine, (now, before), screen.population, by, people=screen.minimum_cell is not None,
        weights=screen.weights,
    )  # fmt: skip


def _waves(
    engine: "Answers", screen: Screen, by: tuple[str, ...], waves: tuple[str, str], within: Period
) -> list[Pair]:
    cut = _cut(engine, screen, by, (within,))
    question = replace(question_of(cut), waves=waves, spans=question_of(cut).spans * 2, against=AGAINST)
    rows = _compared(engine, question, by)
    found = []
    for declared in _metrics(screen, cut):
        sides = [
            read(
                engine, declared.slug, (within,), screen.population.narrowed(wave=(wave,)), by,
                minimum_cell=screen.minimum_cell, weights=screen.weights,
            )
            for wave in waves
        ]  # fmt: skip
        groups = sorted({reading.by for side in sides for reading in side})
        known = [{reading.by: reading for reading in side} for side in sides]
        both = [group for group in groups if all(group in side for side in known)]
        now, before = ([side[group] for group in both] for side in known)
        found += _paired(declared, now, before, rows[declared.figure])
    return found


def _cut(engine: "Answers", screen: Screen, by: tuple[str, ...], periods: tuple[Period, ...]) -> Cut:
    return Cut(
        spans=Spans(periods, engine.workspace.zone), by=by, population=screen.population,
        weights=screen.weights,
    )  # fmt: skip


def _metrics(screen: Screen, cut: Cut) -> list[Metric]:
    declared = [metric(slug) for slug in screen.metrics]
    for one in declared:
        if not one.figure:
            raise NotAScore(f"{one.slug} is no score of answers", hint="Ask for changes of scores only.")
    return [one for one in declared if applies(one, cut)]


def _compared(engine: "Answers", question: Question, by: tuple[str, ...]) -> Mapping[str, Mapping[Any, Any]]:
    """Counts and sums by figure, then (span, group): of the first span with its products with the second."""
    answers = answers_of(engine)
    if not has_scheme(answers, question.scheme):
        return {}
    return _by_cell(rows_of(ask(answers, question), by, answers.scales), by)


def _by_cell(found: By, by: tuple[str, ...]) -> Mapping[str, Mapping[Any, Any]]:
    """Rows by figure, then (span, group)."""
    return {
        figure: {(row["span"], tuple((name, row[name]) for name in by)): row for row in rows}
        for figure, rows in found.items()
    }


def _paired(
    declared: Metric, now: Sequence[Reading], before: Sequence[Reading], rows: Mapping[Any, Any]
) -> list[Pair]:
    pairs = []
    for one, other in zip(now, before, strict=True):
        parts = [rows.get((span, one.by)) for span in (0, 1)]
        pairs.append((one, other, difference_of(declared, one, other, parts)))
    return pairs


def difference_of(
    declared: Metric,
    now: Reading | Estimate,
    before: Reading | Estimate,
    parts: Sequence[Mapping[str, Any] | None],
) -> Difference:
    """The change of one figure; `parts` are its sums now (with products of both) and before, where known."""
    known = [part for part in parts if part is not None]
    scale = 100.0 if declared.figure == "nps" else 1.0
    shared = covariance(known[0], known[1]) * scale**2 if len(known) == len(parts) else 0.0
    return difference(
        _wave(now, shared), _wave(before, 0.0), minimum=max(declared.min_n, MINIMUM), better=declared.better
    )


def _wave(reading: Reading | Estimate, shared: float) -> WaveValue:
    """A reading as a wave's value; a hidden one has none, so it is not tested and tells nothing."""
    hidden = Flag.HIDDEN in reading.flags
    return WaveValue(
        value=None if hidden else reading.value, se=None if hidden else reading.se, n=reading.n,
        df=reading.df or 1.0, covariance=shared,
    )  # fmt: skip
