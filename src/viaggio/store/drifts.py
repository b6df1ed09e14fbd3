"""Slow drifts: every figure of a screen over many spans, watched with a stated rate of false alarms."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from viaggio.estimate.drift import RUN_LENGTH, Drift, drift
from viaggio.estimate.monitor import MINIMUM, WaveValue
from viaggio.kernel import Flag, Period, Reading
from viaggio.measure.catalogue import Metric, metric
from viaggio.measure.clusters import covariance
from viaggio.measure.model import Cut, Spans
from viaggio.measure.rules import applies
from viaggio.measure.scores import question_of, rows_of
from viaggio.pulse.kernels.question import ask, has_scheme
from viaggio.store.changes import NotAScore, Screen
from viaggio.store.readings import answers_of, read

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from viaggio.store.readings import Answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One figure of the whole company over the spans, oldest first, and what adds up over them."""

    metric: str
    readings: tuple[Reading, ...]
    drift: Drift


def drifts(
    engine: "Answers", screen: Screen, spans: Sequence[Period], *, run_length: float = RUN_LENGTH
) -> list[Watched]:
    """Every figure of the screen, uncut, over `spans` (oldest first, none overlapping).

    `run_length` spans pass on average until a false alarm anywhere on the screen. Units that answered in two
    neighbouring spans are taken into account. Raises `NotAScore`, `UnknownMetric`.
    """
    cut = Cut(
        spans=Spans(tuple(spans), engine.workspace.zone), population=screen.population, weights=screen.weights
    )
    declared = [metric(slug) for slug in screen.metrics]
    for one in declared:
        if not one.figure:
            raise NotAScore(f"{one.slug} is no score of answers", hint="Watch scores only.")
    declared = [one for one in declared if applies(one, cut)]
    rows = _chained(engine, cut)
    found = []
    for one in declared:
        readings = read(
            engine, one.slug, spans, screen.population, minimum_cell=screen.minimum_cell,
            weights=screen.weights,
        )  # fmt: skip
        waves = _waves(one, readings, rows.get(one.figure, {}))
        watched = drift(
            waves, better=one.better, minimum=max(one.min_n, MINIMUM), run_length=run_length,
            figures=len(declared),
        )  # fmt: skip
        found.append(Watched(metric=one.slug, readings=tuple(readings), drift=watched))
    return found


def _chained(engine: "Answers", cut: Cut) -> "Mapping[str, Mapping[int, Mapping[str, Any]]]":
    """Counts and sums by figure and span, each span with its products with the one before."""
    answers = answers_of(engine)
    if not has_scheme(answers, cut.weights):
        return {}
    against = tuple(range(-1, len(cut.spans.periods) - 1))
    found = rows_of(ask(answers, replace(question_of(cut), against=against)), (), answers.scales)
    return {figure: {row["span"]: row for row in rows} for figure, rows in found.items()}


def _waves(
    declared: Metric, readings: Sequence[Reading], rows: "Mapping[int, Mapping[str, Any]]"
) -> list[WaveValue]:
    scale = 100.0**2 if declared.figure == "nps" else 1.0
    waves = []
    for span, reading in enumerate(readings):
        now, before = rows.get(span), rows.get(span - 1)
        shared = covariance(now, before) * scale if now and before else 0.0
        hidden = Flag.HIDDEN in reading.flags
        waves.append(
            WaveValue(
                value=None if reading.value is None else float(reading.value),
                se=None if hidden else reading.se, n=reading.n,
                df=reading.df or float("inf"), covariance=shared,
            )
        )  # fmt: skip
    return waves
