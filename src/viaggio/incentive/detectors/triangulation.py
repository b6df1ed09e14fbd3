"""The pulse says better and customers do worse: complaints, returns or leavers of the same cell rise."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from viaggio.incentive.detectors.judging import Seen, judged, smallest
from viaggio.incentive.detectors.model import Count, Detector, Finding, Limits, Votes
from viaggio.incentive.detectors.rates import excess, higher, score, share


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Votes and harms in the period and before; harms by kind (complaints, returns, churn), of their base."""

    now: Votes
    before: Votes
    harms: Mapping[str, tuple[Count, Count]] = field(default_factory=dict)
    """(in the period, before) by kind."""


def triangulation(cells: Mapping[str, Compared], limits: Limits) -> tuple[Finding, ...]:
    """Flagged when the score rose and a harm rose, both significantly; the statistic is the score's rise.

    p is that of the harm (the smallest, times the kinds). It is adjusted over the cells whose score rose
    significantly: filtering by what is independent of the test costs nothing (Bourgon, Gentleman and Huber
    2010).
    """
    return judged(
        Detector.TRIANGULATION,
        [_seen(cell, own, limits) for cell, own in cells.items()],
        level=limits.triangulation_p,
        rate=limits.false_flags,
    )


def _seen(cell: str, own: Compared, limits: Limits) -> Seen:
    harms = {
        kind: excess(now, before) for kind, (now, before) in own.harms.items() if now.n and before.n
    }  # fmt: skip
    if not own.now.n or not own.before.n or not harms:
        missing = "pulse" if not own.now.n or not own.before.n else "complaints,returns,churn"
        return Seen(cell=cell, statistic=None, p=None, large=False, values={"without": missing})
    _, up = higher(own.now, own.before)
    worst, worse = smallest(harms)
    now, before = own.harms[worst]
    rise = score(own.now) - score(own.before)
    values: dict[str, float | str] = {
        "harm": worst, "harm_share": share(now), "harm_before": share(before), "score": score(own.now),
        "score_before": score(own.before), "p_score": up, "p_harm": worse,
    }  # fmt: skip
    return Seen(
        cell=cell,
        statistic=rise,
        p=worse,
        large=share(now) > share(before),
        tried=up < limits.triangulation_p,
        values=values,
    )
