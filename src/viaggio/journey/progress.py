"""Questions on who goes on and who does not: funnel, retention, return, drop-off, loops, leaving.

Like those of `viaggio.journey.questions`: journeys or any table in, a frozen result out, `where` and
`period_micros` choose the interactions.
"""

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from viaggio.journey.filter import AllOf, AnyOf, Condition, During
from viaggio.journey.groups import CustomerGroups
from viaggio.journey.index import Coded, Journeys
from viaggio.journey.kernels.drop_off import DropOff, DropOffKernel
from viaggio.journey.kernels.funnel.definition import Entry, Exclusion, FunnelRules, Stage
from viaggio.journey.kernels.funnel.kernel import FunnelKernel
from viaggio.journey.kernels.funnel.reading import read_stage
from viaggio.journey.kernels.funnel.results import Funnel
from viaggio.journey.kernels.last_seen import LastSeenKernel
from viaggio.journey.kernels.leaving import Leaving, LeavingKernel
from viaggio.journey.kernels.loops import LoopKernel, Loops
from viaggio.journey.kernels.retention.calendar import Unit
from viaggio.journey.kernels.retention.cohorts import Retention, RetentionKernel
from viaggio.journey.kernels.retention.curve import ReturnCurve, ReturnKernel
from viaggio.journey.kinds import ANY, InteractionKind, Kindly, check_kinds, kind_of
from viaggio.journey.questions import Micros, Source, journeys_of, where_of
from viaggio.journey.run import run
from viaggio.journey.where import Where


def micros_of(span: timedelta) -> int:
    """Whole microseconds of a span."""
    return span // timedelta(microseconds=1)


def _needed(kinds: Sequence[InteractionKind], by: Coded | None = None) -> Coded | None:
    """An optional column that the question can not do without; a table without it is refused."""
    asked = [column for kind in kinds for column, _ in kind.asked()]
    return by or next((column for column in asked if column != "touchpoint"), None)


def known_until(journeys: Journeys, where: Where) -> int:
    """The moment (UTC microseconds) up to which interactions are known, itself excluded.

    Just after the last interaction of anybody, or the end of the period asked for where that comes first.
    Who was not seen afterwards may come back yet.
    """
    last = run(journeys, LastSeenKernel())
    asked = where.period_micros[1] if where.period_micros else None
    said = _end(where.condition, where.zone) if where.condition else None
    return min(moment for moment in (last, asked, said) if moment is not None)


def _end(condition: Condition, zone: ZoneInfo) -> int | None:
    """The moment after which no interaction can hold; None where the condition does not say one."""
    match condition:
        case During(period):
            return period.micros(zone)[1]
        case AllOf(parts):
            return min((end for part in parts if (end := _end(part, zone)) is not None), default=None)
        case AnyOf(parts):
            ends = [end for part in parts if (end := _end(part, zone)) is not None]
            return max(ends) if ends and len(ends) == len(parts) else None
        case _:
            return None


def _stage(given: Kindly | Stage) -> Stage:
    if isinstance(given, Stage):
        return given
    return read_stage(given) if isinstance(given, str) else Stage(steps=(kind_of(given),))


def funnel(
    source: Source,
    *,
    steps: Sequence[Kindly | Stage],
    within: timedelta | None = None,
    without: Sequence[Kindly | Exclusion] = (),
    entry: Entry | str = Entry.FURTHEST,
    any_order: bool = False,
    by: Coded | CustomerGroups | None = None,
    where: Where | str | None = None,
    period_micros: Micros | None = None,
    threads: int = 1,
) -> Funnel:
    """How many do the steps one after the other (with `any_order`: in whatever order), and where others go.

    A step is a touchpoint, several of them (`"site,search"`, a list), a condition (`"phase=purchase"`), or a
    `Stage`: `"survey + review"` in any order, `"order within 2 days"` of the step before. `within`: time from
    the first step. `without`: what ends an attempt when it comes between. `entry`: `furthest` (each customer
    once, the best attempt), `first` (the one from the very first first step) or `every` (attempts counted).
    `by`: also by the value at the start of the attempt, or by groups of customers.
    Raises `BadFunnel`, `BadKind`, `UnknownColumn`.
    """
    stages = tuple(map(_stage, steps))
    if any_order:
        stages = (Stage(steps=tuple(step for stage in stages for step in stage.steps)),)
    rules = FunnelRules(
        stages=stages,
        within_micros=None if within is None else micros_of(within),
        exclusions=tuple(x if isinstance(x, Exclusion) else Exclusion(kind=kind_of(x)) for x in without),
        entry=Entry(entry),
    )
    journeys = journeys_of(source, _needed(rules.kinds, None if isinstance(by, CustomerGroups) else by))
    check_kinds(rules.kinds, journeys.codes)
    return run(journeys, FunnelKernel(rules, by), where=where_of(where, period_micros), threads=threads)


def retention(
    source: Source,
    *,
    unit: Unit = "month",
    zone: str | None = None,
    first: Kindly = ANY,
    back: Kindly = ANY,
    periods: int = 12,
    until_micros: int | None = None,
    where: Where | str | None = None,
    period_micros: Micros | None = None,
    threads: int = 1,
) -> Retention:
    """Customers by the day, week or month of their `first` interaction, and who comes back when.

    `zone`: whose midnights; default that of the filter, else UTC. `back`: what counts as coming back.
    `until_micros`: up to when interactions are known; default `known_until`.

    Raises `BadKind`, `UnknownColumn`.
    """
    kinds = kind_of(first), kind_of(back)
    journeys, asked = journeys_of(source, _needed(kinds)), where_of(where, period_micros)
    check_kinds(kinds, journeys.codes)
    until = known_until(journeys, asked) if until_micros is None else until_micros
    kernel = RetentionKernel(until, unit, zone or asked.zone.key, *kinds, periods)
    return run(journeys, kernel, where=asked, threads=threads)


def return_curve(
    source: Source,
    *,
    after: Kindly = ANY,
    back: Kindly = ANY,
    days: int = 90,
    every: bool = False,
    until_micros: int | None = None,
    where: Where | str | None = None,
    period_micros: Micros | None = None,
    threads: int = 1,
) -> ReturnCurve:
    """How soon customers are back after their first interaction of kind `after` (or `every` one).

    `back`: what counts as coming back. `until_micros`: up to when interactions are known; default
    `known_until`. Intervals take clocks as independent; with `every` one customer may start several.
    Raises `BadKind`, `UnknownColumn`.
    """
    kinds = kind_of(after), kind_of(back)
    journeys, asked = journeys_of(source, _needed(kinds)), where_of(where, period_micros)
    check_kinds(kinds, journeys.codes)
    until = known_until(journeys, asked) if until_micros is None else until_micros
    return run(journeys, ReturnKernel(until, *kinds, days, every), where=asked, threads=threads)


def drop_off(
    source: Source,
    *,
    within: timedelta = timedelta(days=30),
    by: Coded = "touchpoint",
    until_micros: int | None = None,
    where: Where | str | None = None,
    period_micros: Micros | None = None,
    threads: int = 1,
) -> DropOff:
    """After which touchpoints customers do not come back `within` a time; who may come back yet stands apart.

    `until_micros`: up to when interactions are known; default `known_until`. Raises `UnknownColumn`.
    """
    journeys, asked = journeys_of(source, by), where_of(where, period_micros)
    until = known_until(journeys, asked) if until_micros is None else until_micros
    return run(journeys, DropOffKernel(until, micros_of(within), by), where=asked, threads=threads)


def loops(
    source: Source,
    *,
    longest: int = 3,
    within: timedelta | None = None,
    by: Coded = "touchpoint",
    intervals: bool = True,
    where: Where | str | None = None,
    period_micros: Micros | None = None,
    threads: int = 1,
) -> Loops:
    """Repeats (A A), back and forth (A B A) and loops of up to `longest` steps, customers and time in them.

    `within`: only returns that come so soon after the place was left. Without the `intervals` of the median
    times it is faster. Raises `UnknownColumn`, `ValueError`.
    """
    if longest < 1:
        raise ValueError("a loop has one step at least")
    kernel = LoopKernel(longest, by, None if within is None else micros_of(within), intervals)
    return run(journeys_of(source, by), kernel, where=where_of(where, period_micros), threads=threads)


def leaving(
    source: Source,
    *,
    goal: Kindly,
    silence: timedelta | None = None,
    by: Coded = "touchpoint",
    until_micros: int | None = None,
    where: Where | str | None = None,
    period_micros: Micros | None = None,
    threads: int = 1,
) -> Leaving:
    """Attempts to reach a goal, through which places they go and where they end; `what_if` takes the answer.

    `silence`: an attempt that is not taken up again for longer has ended by leaving, and what comes later is
    another one. Without it each customer has one attempt until the goal is reached, and has left if it is
    not. `until_micros`: up to when interactions are known; default `known_until`.
    Raises `BadKind`, `UnknownColumn`.
    """
    wanted = kind_of(goal)
    journeys, asked = journeys_of(source, _needed((wanted,), by)), where_of(where, period_micros)
    check_kinds((wanted,), journeys.codes)
    until = known_until(journeys, asked) if until_micros is None else until_micros
    kernel = LeavingKernel(wanted, until, None if silence is None else micros_of(silence), by)
    return run(journeys, kernel, where=asked, threads=threads)
