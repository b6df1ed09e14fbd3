"""Answers that come too soon, are given too quickly, or come in bursts from one device or network."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viaggio.incentive.detectors.bursts import fullest_window, scan_tail, window_share
from viaggio.incentive.detectors.judging import Seen, judged, smallest
from viaggio.incentive.detectors.model import Count, Detector, Finding, Limits
from viaggio.incentive.detectors.rates import excess

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """An answer: when (UTC microseconds), seconds since the invitation, seconds taken, device or network.

    None and the empty `source` (a keyed hash) stand for what is not known.
    """

    response: str
    at: int
    waited: float | None = None
    took: float | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class _Test:
    """One of the three tests of a cell."""

    p: float
    responses: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Family:
    """All answers under one parent: moments in order with their sources, times taken with their cells."""

    at: Ints
    source: npt.NDArray[np.object_]
    took: npt.NDArray[np.float64]
    took_by: npt.NDArray[np.object_]
    soon: Count

    @property
    def span(self) -> int:
        """Microseconds from the first to the last answer."""
        return int(self.at[-1] - self.at[0])


def timing(
    cells: Mapping[str, tuple[Timed, ...]], parents: Mapping[str, str], limits: Limits
) -> tuple[Finding, ...]:
    """Flagged when five or more answers are too soon, too quick or in one burst; the statistic counts them.

    Too quick is below the first percentile of the peers' completion times.
    """
    members: dict[str, list[str]] = {}
    for cell, own in cells.items():
        if own:
            members.setdefault(parents.get(cell, ""), []).append(cell)
    families = {parent: _family(some, cells, limits) for parent, some in members.items()}
    seen = [
        _seen(cell, own, families[parents.get(cell, "")], limits) for cell, own in cells.items() if own
    ]  # fmt: skip
    return judged(Detector.TIMING, seen, level=limits.timing_p, rate=limits.false_flags)


def _family(members: Iterable[str], cells: Mapping[str, tuple[Timed, ...]], limits: Limits) -> _Family:
    all_ = [(cell, one) for cell in members for one in cells[cell]]
    at = np.array([one.at for _, one in all_], np.int64)
    order = np.argsort(at, kind="stable")
    timed = [(cell, one.took) for cell, one in all_ if one.took is not None]
    return _Family(
        at=at[order],
        source=np.array([one.source for _, one in all_], object)[order],
        took=np.array([took for _, took in timed], np.float64),
        took_by=np.array([cell for cell, _ in timed], object),
        soon=_soon_of([one for _, one in all_], limits)[0],
    )


def _seen(cell: str, own: tuple[Timed, ...], family: _Family, limits: Limits) -> Seen:
    tests = {
        "soon": _soon(own, family, limits),
        "quick": _quick(own, family.took[family.took_by != cell], limits),
        "burst": _burst(own, family, limits),
    }
    made = {name: test for name, test in tests.items() if test is not None}
    values: dict[str, float | str] = {name: len(test.responses) for name, test in made.items()}
    if len(made) < len(tests):
        values["without"] = ",".join(name for name in tests if name not in made)
    if not made:
        return Seen(cell=cell, statistic=None, p=None, large=False, values=values)
    # a test with fewer answers than the least can not flag, so it must not be the one that is named
    enough = {n: t.p if len(t.responses) >= limits.timing_answers else 1.0 for n, t in made.items()}
    name, p = smallest(enough)
    seen = made[name].responses
    values["by"] = name if enough[name] < 1 else ""
    large = len(seen) >= limits.timing_answers
    return Seen(
        cell=cell,
        statistic=float(len(seen)),
        p=p,
        large=large,
        values=values,
        responses=seen if large else (),
    )


def _soon_of(answers: Iterable[Timed], limits: Limits) -> tuple[Count, tuple[str, ...]]:
    known = [(one.response, one.waited) for one in answers if one.waited is not None]
    soon = tuple(name for name, waited in known if waited <= limits.seconds_after_invitation)
    return Count(len(soon), len(known)), soon


def _soon(own: tuple[Timed, ...], family: _Family, limits: Limits) -> _Test | None:
    mine, names = _soon_of(own, limits)
    others = Count(family.soon.hits - mine.hits, family.soon.n - mine.n)
    return _Test(excess(mine, others), names) if mine.n and others.n else None


def _quick(own: tuple[Timed, ...], others: npt.NDArray[np.float64], limits: Limits) -> _Test | None:
    known = [(one.response, one.took) for one in own if one.took is not None]
    if len(others) < limits.quick_base or not known:
        return None
    least = float(np.percentile(others, limits.quick_percentile))
    quick = tuple(name for name, took in known if took < least)
    return _Test(
        excess(Count(len(quick), len(known)), Count(int((others < least).sum()), len(others))), quick
    )


def _burst(own: tuple[Timed, ...], family: _Family, limits: Limits) -> _Test | None:
    by_source: dict[str, list[Timed]] = {}
    for one in own:
        if one.source:
            by_source.setdefault(one.source, []).append(one)
    if not by_source:
        return None
    many = {source: some for source, some in by_source.items() if len(some) >= limits.timing_answers}
    window = int(limits.burst_seconds * 1e6)
    best = _Test(1.0, ())
    for source, some in sorted(many.items()):
        some.sort(key=lambda one: (one.at, one.response))
        most, first = fullest_window(np.array([one.at for one in some], np.int64), window)
        if most < limits.timing_answers:
            continue
        width = window_share(family.at[family.source != source], window, family.span)
        p = min(1.0, len(many) * scan_tail(most, len(some), width))
        if p < best.p:
            best = _Test(p, tuple(one.response for one in some[first : first + most]))
    return best
