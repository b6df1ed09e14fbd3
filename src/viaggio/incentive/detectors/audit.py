"""The hidden random sample: asked centrally, unseen by the cell, and less enthusiastic than the rest."""

from collections.abc import Mapping
from dataclasses import dataclass

from viaggio.incentive.detectors.judging import Seen, judged
from viaggio.incentive.detectors.model import Detector, Finding, Limits, Votes
from viaggio.incentive.detectors.rates import higher, score


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """Votes of the central random sample and of the ordinary channel, same cell and period."""

    audit: Votes
    ordinary: Votes


def audit(cells: Mapping[str, Audited], limits: Limits) -> tuple[Finding, ...]:
    """How far (z) the ordinary score is above that of the hidden sample; p is exact for small samples."""
    return judged(
        Detector.AUDIT,
        [_seen(cell, own, limits) for cell, own in cells.items()],
        level=limits.audit_p,
        rate=limits.false_flags,
    )


def _seen(cell: str, own: Audited, limits: Limits) -> Seen:
    if not own.audit.n or not own.ordinary.n:
        return Seen(cell=cell, statistic=None, p=None, large=False, values={"without": "audit_sample"})
    z, p = higher(own.ordinary, own.audit)
    values: dict[str, float | str] = {
        "audit": score(own.audit), "audit_n": own.audit.n,
        "ordinary": score(own.ordinary), "ordinary_n": own.ordinary.n,
    }  # fmt: skip
    return Seen(cell=cell, statistic=z, p=p, large=z > limits.audit_z, values=values)
