"""Unhappy customers taken off the list: marked "do not contact" or "bad address" soon after a bad case."""

from collections.abc import Mapping

from viaggio.incentive.detectors.judging import Seen, judged
from viaggio.incentive.detectors.model import Count, Detector, Finding, Limits
from viaggio.incentive.detectors.rates import excess, peers, share


def suppression(
    cells: Mapping[str, Count], parents: Mapping[str, str], limits: Limits
) -> tuple[Finding, ...]:
    """Of `n` customers with a bad case `hits` were marked by staff within seven days: share against peers'.

    The statistic is the ratio to the peers' share, None where no peer has any.
    """
    others = peers(cells, parents)
    return judged(
        Detector.SUPPRESSION,
        [_seen(cell, own, others[cell], limits) for cell, own in cells.items()],
        level=limits.suppression_p,
        rate=limits.false_flags,
    )


def _seen(cell: str, own: Count, others: Count, limits: Limits) -> Seen:
    if not own.n or not others.n:
        return Seen(cell=cell, statistic=None, p=None, large=False, values={"without": "bad_cases"})
    mine, theirs = share(own), share(others)
    ratio = mine / theirs if theirs else None
    return Seen(
        cell=cell,
        statistic=ratio,
        p=excess(own, others),
        large=mine > 0 if ratio is None else ratio > limits.suppression_ratio,
        values={"marked": own.hits, "bad_cases": own.n, "share": mine, "peers_share": theirs},
    )
