"""What each pillar weighs, and how reliably it is measured: asked once for all the data."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from viaggio.kernel import Estimate
from viaggio.web.scores.services.screen import remembered
from viaggio.web.shared import formats
from viaggio.web.shared.desk import Desk

if TYPE_CHECKING:
    from viaggio.store.drivers import Drivers, Reliability


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """One pillar's weight and reliability, ready to read; `share` is None where nothing may be told."""

    pillar: str
    share: Estimate | None
    said: str
    interval: str
    equal: bool
    reliability: str
    about_reliability: str


def company_weights(desk: Desk) -> "Drivers":
    """Weights for recommending over all the data that the person may see: those of the CX index."""
    from viaggio.store.drivers import drivers

    scope = desk.filters.scope
    found: Drivers = remembered(
        desk,
        ("drivers", scope, desk.minimum),
        lambda: drivers(desk.engine, population=scope, minimum_cell=desk.minimum or None)[0],
    )
    return found


def company_reliability(desk: Desk) -> dict[str, "Reliability"]:
    """Reliability of every pillar over all the data that the person may see, by pillar."""
    from viaggio.store.drivers import reliability

    scope = desk.filters.scope
    found: dict[str, Reliability] = remembered(
        desk,
        ("reliability", scope),
        lambda: {one.pillar: one for one in reliability(desk.engine, population=scope)},
    )
    return found


def weights(desk: Desk) -> dict[str, Weight]:
    """Weight and reliability of each pillar, by its name."""
    found = company_weights(desk)
    measured = company_reliability(desk)
    if found.found is None:
        return {}
    shares = dict(zip(found.found.pillars, found.found.weights, strict=True))
    return {
        pillar: weight_of(pillar, share, measured.get(pillar), equal=found.found.fallback is not None)
        for pillar, share in shares.items()
    }


def weight_of(pillar: str, share: Estimate, measured: "Reliability | None", *, equal: bool) -> Weight:
    """One pillar's weight in words."""
    alpha = measured.alpha if measured else None
    return Weight(
        pillar=pillar,
        share=share,
        said=formats.share(share.value or 0.0, 0),
        interval=share_interval(share),
        equal=equal,
        reliability=formats.number(alpha.value, 2) if alpha and alpha.value is not None else formats.NO_VALUE,
        about_reliability=_reliability_words(measured),
    )


def share_interval(share: Estimate) -> str:
    """Such as 10–14%; empty where there is none."""
    if share.low is None or share.high is None:
        return ""
    return f"{formats.number(share.low * 100)}–{formats.share(share.high, 0)}"


def _reliability_words(measured: "Reliability | None") -> str:
    if measured is None or measured.alpha is None:
        return _("one question only: its reliability cannot be told")
    low, high = (formats.number(end or 0.0, 2) for end in (measured.alpha.low, measured.alpha.high))
    return _("alpha from %(low)s to %(high)s, %(items)s questions, n %(n)s") % {
        "low": low, "high": high, "items": len(measured.items), "n": formats.number(measured.n),
    }  # fmt: skip


def fallback_words(reason: str) -> str:
    """Why the weights are equal instead of estimated."""
    return {
        "small_base": _("too few customers answered everything"),
        "constant": _("everybody gave the same answer to one of the questions"),
        "collinear": _("one pillar follows from the others"),
        "no_association": _("no pillar goes with it more than chance would have it"),
    }.get(reason, reason)
