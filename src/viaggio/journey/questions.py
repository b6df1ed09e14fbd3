"""The questions as functions: each takes journeys, or any table of interactions, and gives a frozen result.

All of them take `where`, a filter (also as text: `where="channel = web"`), and `period_micros`, [from, to)
in UTC microseconds, which narrows it.
"""

from typing import Any

from viaggio.journey.design.model import Design
from viaggio.journey.index import Coded, Journeys
from viaggio.journey.intake import from_table
from viaggio.journey.kernels.conformance import Conformance, ConformanceKernel
from viaggio.journey.kernels.phase_flow import PhaseFlow, PhaseFlowKernel
from viaggio.journey.kernels.sessions import SessionKernel, Sessions
from viaggio.journey.kernels.step_times import StepTimeKernel, StepTimes
from viaggio.journey.kernels.touchpoint_steps import TouchpointStepKernel, TouchpointSteps
from viaggio.journey.kernels.transitions import TransitionKernel, Transitions
from viaggio.journey.kernels.visits import VisitKernel, Visits
from viaggio.journey.run import run
from viaggio.journey.where import Where, as_where

Source = Any
"""`Journeys`, or a table for `from_table`."""

Micros = tuple[int, int]

_MINUTE = 60_000_000


def journeys_of(source: Source, needs: Coded | None) -> Journeys:
    """The journeys of a source; raises `UnknownColumn` where a table lacks the column in question."""
    if hasattr(source, "bucket") and hasattr(source, "codes"):
        journeys: Journeys = source
        return journeys
    return from_table(source, needs=needs)


def where_of(where: Where | str | None, period: Micros | None) -> Where:
    return as_where(where).within(period)


def phase_flow(
    source: Source, *, where: Where | str | None = None, period_micros: Micros | None = None, threads: int = 1
) -> PhaseFlow:
    """How customers move through the four phases; raises `UnknownColumn` for a table without phases."""
    asked = where_of(where, period_micros)
    return run(journeys_of(source, "phase"), PhaseFlowKernel(), where=asked, threads=threads)


def transitions(
    source: Source,
    *,
    by: Coded = "touchpoint",
    quantiles: bool = True,
    intervals: bool = True,
    where: Where | str | None = None,
    period_micros: Micros | None = None,
    threads: int = 1,
) -> Transitions:
    """From where to where, how often, after how long; `by` touchpoint, channel, phase, moment or device.

    Without `quantiles`, and without the `intervals` of the medians, it is faster.
    """
    asked = where_of(where, period_micros)
    return run(
        journeys_of(source, by), TransitionKernel(by, quantiles, intervals), where=asked, threads=threads
    )


def sessions(
    source: Source,
    *,
    gap_minutes: float = 30,
    where: Where | str | None = None,
    period_micros: Micros | None = None,
    threads: int = 1,
) -> Sessions:
    """Interactions of a customer without a pause longer than the gap; `where` restricts them to channels."""
    kernel = SessionKernel(round(gap_minutes * _MINUTE))
    return run(journeys_of(source, None), kernel, where=where_of(where, period_micros), threads=threads)


def visits(
    source: Source,
    *,
    gap_minutes: float = 30,
    where: Where | str | None = None,
    period_micros: Micros | None = None,
    threads: int = 1,
) -> Visits:
    """Each visit to site and app, made of single interactions: pages, seconds, goal, obstacles, ease."""
    kernel = VisitKernel(round(gap_minutes * _MINUTE))
    return run(journeys_of(source, "channel"), kernel, where=where_of(where, period_micros), threads=threads)


def step_times(
    source: Source,
    *,
    by: Coded = "phase",
    intervals: bool = True,
    where: Where | str | None = None,
    period_micros: Micros | None = None,
    threads: int = 1,
) -> StepTimes:
    """How long customers stay in a phase, touchpoint or channel, and wait between one and the next.

    Without the `intervals` of the medians it is faster.
    """
    asked = where_of(where, period_micros)
    return run(journeys_of(source, by), StepTimeKernel(by, intervals), where=asked, threads=threads)


def touchpoint_steps(
    source: Source,
    *,
    steps: int = 5,
    top: int = 12,
    by: Coded = "touchpoint",
    once: bool = False,
    where: Where | str | None = None,
    period_micros: Micros | None = None,
    threads: int = 1,
) -> TouchpointSteps:
    """The first steps of customers for the flow chart, loops in one place collapsed, rare places together."""
    kernel = TouchpointStepKernel(steps, top, by, once)
    return run(journeys_of(source, by), kernel, where=where_of(where, period_micros), threads=threads)


def conformance(
    source: Source,
    design: Design,
    *,
    strict: bool = False,
    where: Where | str | None = None,
    period_micros: Micros | None = None,
    threads: int = 1,
) -> Conformance:
    """How well customers follow a designed journey, where they deviate, and what that costs.

    `strict`: interactions at touchpoints that are no step of it count as deviations, too.
    """
    kernel = ConformanceKernel(design, strict)
    return run(journeys_of(source, None), kernel, where=where_of(where, period_micros), threads=threads)
