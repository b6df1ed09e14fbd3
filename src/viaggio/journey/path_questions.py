"""The questions about paths, as functions: journeys or any table of interactions in, a frozen result out.

All of them take `where` and `period_micros` as those of `viaggio.journey.questions` do.
"""

from viaggio.journey.index import Coded
from viaggio.journey.kernels.flow import Flow, FlowKernel, Which
from viaggio.journey.kernels.paths import PathKernel, Paths
from viaggio.journey.kernels.subpaths import SubPathKernel, SubPaths
from viaggio.journey.kinds import Kindly, check_kinds, kind_of
from viaggio.journey.questions import Micros, Source, journeys_of
from viaggio.journey.run import run
from viaggio.journey.where import Where, as_where

_MINUTE = 60_000_000


def paths(
    source: Source,
    *,
    steps: int = 10,
    top: int = 50,
    by: Coded = "touchpoint",
    last: bool = False,
    repeats: bool = False,
    session_minutes: float | None = None,
    where: Where | str | None = None,
    period_micros: Micros | None = None,
    threads: int = 1,
) -> Paths:
    """The most frequent first (or `last`) steps of customers, or of sessions with a gap of so many minutes.

    Without `repeats` consecutive interactions in one place are one step.
    """
    gap = None if session_minutes is None else round(session_minutes * _MINUTE)
    kernel = PathKernel(steps, top, by, last, collapse=not repeats, gap_micros=gap)
    return run(journeys_of(source, by), kernel, where=as_where(where).within(period_micros), threads=threads)


def variants(
    source: Source,
    *,
    shown: int = 20,
    top: int = 50,
    by: Coded = "touchpoint",
    repeats: bool = True,
    session_minutes: float | None = None,
    where: Where | str | None = None,
    period_micros: Micros | None = None,
    threads: int = 1,
) -> Paths:
    """Complete journeys and how many customers (or sessions) make each; the first steps `shown`."""
    gap = None if session_minutes is None else round(session_minutes * _MINUTE)
    kernel = PathKernel(shown, top, by, collapse=not repeats, gap_micros=gap, whole=True)
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
