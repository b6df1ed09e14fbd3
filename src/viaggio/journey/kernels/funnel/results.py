"""A funnel, counted: how many reach each step, after how long, and where those go who do not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from viaggio.estimate import share
from viaggio.journey.pictures import Drawing, Pictured, funnel_drawing
from viaggio.journey.rows import arrow_table
from viaggio.journey.spread import Spread, TimeBin


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """One step. `reached`: customers (or attempts) that got at least here; `stopped`: and no further.

    `of_all`: share of those who reached the first step; `of_before`: of those who reached the step before;
    both with Wilson's 95 % interval, None without a base. `since_start`: from the first step of the attempt
    until this one is reached for the first time, `since_before` from the completion of the stage before;
    `times`: the distribution of the first of them by doublings (none for the first step).
    """

    step: int
    name: str
    reached: int
    stopped: int
    of_all: float | None
    of_all_low: float | None
    of_all_high: float | None
    of_before: float | None
    of_before_low: float | None
    of_before_high: float | None
    since_start: Spread
    since_before: Spread
    times: tuple[TimeBin, ...] = ()


@dataclass(frozen=True, slots=True)
class FunnelTime:
    """How many reached `step` for the first time so long after the start: a bar of the distribution."""

    step: int
    from_seconds: float
    to_seconds: float
    count: int


@dataclass(frozen=True, slots=True)
class FunnelSegment:
    """The funnel of the attempts that started with this value (None: without one)."""

    segment: str | None
    steps: tuple[FunnelStep, ...]


@dataclass(frozen=True, slots=True)
class FunnelNext:
    """Of those who stopped at `step`: the touchpoint of their very next interaction, or `(left)`."""

    step: int
    target: str | None
    count: int


@dataclass(frozen=True, slots=True)
class Funnel(Pictured):
    """All of it. `customers`: those with any interaction, whether or not they reach the first step.

    Steps never grow; stopped add up to the entered; segments add up to the whole, step by step; the `count`s
    of a step's `next` add up to its `stopped`.
    """

    entry: str
    by: str | None
    customers: int
    steps: tuple[FunnelStep, ...]
    segments: tuple[FunnelSegment, ...]
    next: tuple[FunnelNext, ...]

    @property
    def entered(self) -> int:
        """Customers (or attempts) that reached the first step."""
        return self.steps[0].reached

    @property
    def converted(self) -> int:
        """Customers (or attempts) that reached the last step."""
        return self.steps[-1].reached

    def table(self) -> pa.Table:
        """One line per step, with a segment one per segment and step; times in seconds."""
        if self.by is None:
            return _table(self.steps)
        tables = []
        for group in self.segments:
            lines = _table(group.steps)
            names = pa.array([group.segment] * lines.num_rows, pa.string())
            tables.append(lines.add_column(0, self.by, names))
        return pa.concat_tables(tables or [_table(()).add_column(0, self.by, pa.array([], pa.string()))])

    def times_table(self) -> pa.Table:
        """One line per step and bar of the distribution of the time since the start."""
        bars = [
            FunnelTime(step.step, t.from_seconds, t.to_seconds, t.count)
            for step in self.steps
            for t in step.times
        ]
        return arrow_table(bars, FunnelTime)

    def next_table(self) -> pa.Table:
        """One line per step and touchpoint that follows."""
        return arrow_table(self.next, FunnelNext)

    def drawing(self) -> Drawing | None:
        """A bar per step, by segment where there are any; None where nobody began."""
        if self.by is None:
            return funnel_drawing([("", self.steps)])
        return funnel_drawing((group.segment or "(none)", group.steps) for group in self.segments)


def _table(steps: Sequence[FunnelStep]) -> pa.Table:
    """One line per step; the two spreads side by side, under names of their own."""
    table = arrow_table(steps, FunnelStep, nested=("since_start",), leave=("since_before", "times"))
    before = arrow_table([step.since_before for step in steps], Spread)
    for name in before.column_names:
        table = table.append_column(f"since_before_{name}", before[name])
    return table.rename_columns(
        [f"since_start_{n}" if n in before.column_names else n for n in table.column_names]
    )


def funnel_steps(
    names: Sequence[str],
    furthest: Sequence[int],
    since: Sequence[tuple[Spread, Spread, tuple[TimeBin, ...]]],
) -> tuple[FunnelStep, ...]:
    """The steps of one group; `furthest[i]` attempts got exactly as far as step i, step 0 being none."""
    rows = []
    reached = [sum(furthest[i:]) for i in range(len(furthest))]
    for number, name in enumerate(names, start=1):
        of_all = _share(reached[number], reached[1])
        of_before = _share(reached[number], reached[max(1, number - 1)])
        rows.append(
            FunnelStep(
                number, name, reached[number], furthest[number], *of_all, *of_before, *since[number - 1]
            )
        )
    return tuple(rows)


def _share(hits: int, n: int) -> tuple[Any, Any, Any]:
    estimate = share(hits, n)
    return estimate.value, estimate.low, estimate.high
