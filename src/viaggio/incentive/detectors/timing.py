"""Answers that come too soon, are given too quickly, or come in bursts from one device or network."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viaggio.incentive.detectors.bursts import fullest_window, scan_tail, window_share
from viaggio.incentive.detectors.judging import Seen, judged, smallest
from viaggio.incentive.detectors.model import Count, Detector, Finding, Limits
from viaggio.incentive.detectors.rates import excess


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


def timing(
    cells: Mapping[str, tuple[Timed, ...]], parents: Mapping[str, str], limits: Limits
) -> tuple[Finding, ...]:
    """Flagged when five or more answers are too soon, too quick or in one burst; the statistic counts them.

    Too quick is below the first percentile of the peers' completion times.
    """
    return judged(
        Detector.TIMING,
        [
            _seen(cell, own, [a for c in _siblings(cell, cells, parents) for a in cells[c]], limits)
            for cell, own in cells.items()
        ],
        level=limits.timing_p,
        rate=limits.false_flags,
    )


def _siblings(cell: str, cells: Iterable[str], parents: Mapping[str, str]) -> list[str]:
    return [other for other in cells if other != cell and parents.get(other, "") == parents.get(cell, "")]


def _seen(cell: str, own: tuple[Timed, ...], others: list[Timed], limits: Limits) -> Seen:
    tests = {
        "soon": _soon(own, others, limits),
        "quick": _quick(own, others, limits),
        "burst": _burst(own, others, limits),
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


def _soon(own: tuple[Timed, ...], others: list[Timed], limits: Limits) -> _Test | None:
    def of(answers: Iterable[Timed]) -> tuple[list[str], int]:
        known = [one for one in answers if one.waited is not None]
        within = limits.seconds_after_invitation
        return [one.response for one in known if one.waited is not None and one.waited <= within], len(known)

    (mine, n), (theirs, base) = of(own), of(others)
    if not n or not base:
        return None
    return _Test(excess(Count(len(mine), n), Count(len(theirs), base)), tuple(mine))


def _quick(own: tuple[Timed, ...], others: list[Timed], limits: Limits) -> _Test | None:
    base = np.array([one.took for one in others if one.took is not None], np.float64)
    known = [one for one in own if one.took is not None]
    if len(base) < limits.quick_base or not known:
        return None
    least = float(np.percentile(base, limits.quick_percentile))
    mine = [one.response for one in known if one.took is not None and one.took < least]
    return _Test(
        excess(Count(len(mine), len(known)), Count(int((base < least).sum()), len(base))), tuple(mine)
    )


def _burst(own: tuple[Timed, ...], others: list[Timed], limits: Limits) -> _Test | None:
    by_source: dict[str, list[Timed]] = {}
    for one in own:
        if one.source:
            by_source.setdefault(one.source, []).append(one)
    if not by_source:
        return None
    many = {source: some for source, some in by_source.items() if len(some) >= limits.timing_answers}
    window = int(limits.burst_seconds * 1e6)
    everybody = [*own, *others]
    span = max(one.at for one in everybody) - min(one.at for one in everybody)
    best = _Test(1.0, ())
    for source, some in sorted(many.items()):
        at, names = _sorted(some)
        most, first = fullest_window(at, window)
        width = window_share([one.at for one in everybody if one.source != source], window, span)
        p = min(1.0, len(many) * scan_tail(most, len(at), width))
        if p < best.p:
            best = _Test(p, tuple(names[first : first + most]))
    return best


def _sorted(answers: list[Timed]) -> tuple[npt.NDArray[np.int64], list[str]]:
    answers = sorted(answers, key=lambda one: (one.at, one.response))
    return np.array([one.at for one in answers], np.int64), [one.response for one in answers]
