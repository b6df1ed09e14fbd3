"""The questions about paths, as functions: journeys or any table of interactions in, a frozen result out.

All of them take `where` and `period_micros` as those of `viaggio.journey.questions` do.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from viaggio.journey.index import Coded
from viaggio.journey.kernels.attribution.kernel import AttributionKernel
from viaggio.journey.kernels.attribution.model import (
    MODELS,
    Attribution,
    AttributionRules,
    BadAttribution,
    Model,
)
from viaggio.journey.kernels.attribution.path_table import attributed_paths
from viaggio.journey.kernels.flow import Flow, FlowKernel, Which
from viaggio.journey.kernels.paths import PathKernel, Paths, Per
from viaggio.journey.kernels.subpaths import SubPathKernel, SubPaths
from viaggio.journey.kinds import ANY, Kindly, check_kinds, kind_of
from viaggio.journey.questions import Micros, Source, journeys_of
from viaggio.journey.run import run
from viaggio.journey.where import Where, as_where

_MINUTE = 60_000_000
_DAY = 24 * 60 * _MINUTE


def paths(
    source: Source,
    *,
    steps: int = 10,
    top: int = 50,
    by: Coded = "touchpoint",
    last: bool = False,
    repeats: bool = False,
    per: Per = "customer",
    session_minutes: float = 30,
    where: Where | str | None = None,
    period_micros: Micros | None = None,
    threads: int = 1,
) -> Paths:
    """The most frequent first (or `last`) steps of customers, sessions or episodes.

    Without `repeats` consecutive interactions in one place are one step.
    """
    gap = round(session_minutes * _MINUTE)
    kernel = PathKernel(steps, top, by, last, collapse=not repeats, per=per, gap_micros=gap)
    return run(journeys_of(source, by), kernel, where=as_where(where).within(period_micros), threads=threads)


def variants(
    source: Source,
    *,
    shown: int = 20,
    top: int = 50,
    by: Coded = "touchpoint",
    repeats: bool = True,
    per: Per = "customer",
    session_minutes: float = 30,
    where: Where | str | None = None,
    period_micros: Micros | None = None,
    threads: int = 1,
) -> Paths:
    """Complete journeys and how many customers (sessions, episodes) make each; the first steps `shown`."""
    gap = round(session_minutes * _MINUTE)
    kernel = PathKernel(shown, top, by, collapse=not repeats, per=per, gap_micros=gap, whole=True)
    return run(journeys_of(source, by), kernel, where=as_where(where).within(period_micros), threads=threads)


def sub_paths(
    source: Source,
    *,
    longest: int = 4,
    top: int = 50,
    by: Coded = "touchpoint",
    repeats: bool = False,
    least_customers: int = 1,
    where: Where | str | None = None,
    period_micros: Micros | None = None,
    threads: int = 1,
) -> SubPaths:
    """What most customers do directly one after another: runs of 2 to `longest` places, anywhere.

    Raises `TooManySubPaths`.
    """
    kernel = SubPathKernel(longest, top, by, collapse=not repeats, least_customers=least_customers)
    return run(journeys_of(source, by), kernel, where=as_where(where).within(period_micros), threads=threads)


def flow(
    source: Source,
    *,
    anchor: Kindly | None = None,
    which: Which | None = None,
    before: int = 3,
    after: int = 3,
    top: int = 12,
    by: Coded = "touchpoint",
    repeats: bool = False,
    where: Where | str | None = None,
    period_micros: Micros | None = None,
    threads: int = 1,
) -> Flow:
    """The steps before and after an anchor, a kind of interaction such as `"checkout"` or `"phase=care"`.

    `which`: its `first` (the default), `last` or `every` occurrence; without an anchor the `start` (the
    default) or `end` of journeys. Raises `BadAnchor`, and `BadKind` for an anchor that does not occur.
    """
    kind = None if anchor is None else kind_of(anchor)
    journeys = journeys_of(source, by)
    if kind is not None:
        check_kinds([kind], journeys.codes)
    found = which or ("start" if kind is None else "first")
    kernel = FlowKernel(kind, found, before, after, top, by, collapse=not repeats)
    return run(journeys, kernel, where=as_where(where).within(period_micros), threads=threads)


def attribution(
    source: Source,
    *,
    conversion: Kindly | None = None,
    by: Coded = "channel",
    touches: Kindly | None = None,
    lookback_days: float = 30,
    half_life_days: float = 7,
    ends: tuple[float, float] = (0.4, 0.4),
    direct: tuple[str, ...] = (),
    models: Sequence[str] | None = None,
    order: int = 1,
    level: float | None = 0.95,
    where: Where | str | None = None,
    period_micros: Micros | None = None,
    threads: int = 1,
) -> Attribution:
    """What conversions owe to the channels (or touchpoints) before them, by every model side by side.

    `conversion`: a kind such as `"order"`; without one, every interaction with a value. `touches`: the kind
    that may earn credit (all, unless told). `ends`: shares of the first and last touch by position. `models`:
    only these are computed (all but `markov_2`, unless told; `order` 2 adds it, a chain that remembers two
    steps). `level` of the intervals; None leaves them out, which is faster. A period restricts the
    conversions; what lies before it, inside the window, still earns its credit. Raises `BadAttribution`, and
    `BadKind` for what does not occur.
    """
    rules = AttributionRules(
        lookback_micros=round(lookback_days * _DAY),
        half_life_micros=half_life_days * _DAY,
        first_share=ends[0],
        last_share=ends[1],
        direct=direct,
    )
    journeys = journeys_of(source, by)
    goal = None if conversion is None else kind_of(conversion)
    touch = ANY if touches is None else kind_of(touches)
    check_kinds([kind for kind in (goal, touch) if kind is not None], journeys.codes)
    asked = as_where(where).within(period_micros)
    since = None
    if asked.period_micros is not None:
        since, until = asked.period_micros
        asked = replace(asked, period_micros=(since - rules.lookback_micros, until))
    kernel = AttributionKernel(goal, by, rules, touch, since, _models(models, order), level)
    return run(journeys, kernel, where=asked, threads=threads)


def attribute(
    paths: Any,
    *,
    path: str = "path",
    conversions: str = "total_conversions",
    nulls: str | None = "total_null",
    value: str | None = "total_conversion_value",
    separator: str = ">",
    half_life_steps: float = 7,
    ends: tuple[float, float] = (0.4, 0.4),
    direct: tuple[str, ...] = (),
    order: int = 1,
) -> Attribution:
    """The same for a ready table of paths: texts as "ads > web", or lists, with counts and values.

    `nulls`, paths that led nowhere, and `value` may be None where the table has none. There are no customers
    in such a table, and so no intervals. Raises `UnknownColumn` and `BadColumn`.
    """
    rules = AttributionRules(
        half_life_micros=half_life_steps, first_share=ends[0], last_share=ends[1], direct=direct
    )
    return attributed_paths(
        paths, path=path, conversions=conversions, nulls=nulls, value=value, separator=separator,
        rules=rules, models=_models(None, order),
    )  # fmt: skip


def _models(given: Sequence[str] | None, order: int) -> tuple[Model, ...]:
    """The models asked for, in their order; raises `BadAttribution` for one that there is not."""
    asked = list(MODELS if given is None else given)
    if order >= 2:
        asked.append(Model.MARKOV_2)
    if unknown := [name for name in asked if name not in set(Model)]:
        raise BadAttribution(f"no model of attribution is '{unknown[0]}'", hint=f"Known: {', '.join(Model)}.")
    return tuple(model for model in Model if model in asked)
