"""The page of pillar weights: for recommending and for buying again, as a whole and by segment."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from viaggio.kernel import Estimate
from viaggio.web.scores.services.importance import fallback_words, share_interval
from viaggio.web.scores.services.screen import remembered
from viaggio.web.shared import formats
from viaggio.web.shared.charts import Dot, dot_plot
from viaggio.web.shared.desk import Desk
from viaggio.web.shared.names import PILLARS, dimension_name

if TYPE_CHECKING:
    from viaggio.store.drivers import Drivers

GROUPS = ("segment", "phase", "channel", "touchpoint", "function")


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """The weights of one group for one outcome. `equal` says why they are not estimated."""

    group: str
    plot: SafeString | None
    r2: str
    n: str
    customers: str
    equal: str
    needed: str
    hidden: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What the pillars are weighed for."""

    code: str
    title: str
    about: str
    whole: Weighed
    groups: tuple[Weighed, ...]


def goals(desk: Desk, by: str) -> tuple[Goal, ...]:
    """Both outcomes under the page's period, filters and weights."""
    from viaggio.store.drivers import WITHIN_DAYS, Outcome

    about = {
        "recommends": (_("For recommending"), _("The answer from 0 to 10 of the same response.")),
        "buys_again": (
            _("For buying again"),
            _("Whether the customer ordered again within %(days)s days after the response.")
            % {"days": WITHIN_DAYS},
        ),
    }
    made = []
    for outcome in Outcome:
        found = _drivers(desk, outcome, by)
        title, words = about[str(outcome)]
        first, *rest = (_weighed(desk, one, by) for one in found)
        made.append(Goal(code=str(outcome), title=title, about=words, whole=first, groups=tuple(rest)))
    return tuple(made)


def _drivers(desk: Desk, outcome: str, by: str) -> Sequence["Drivers"]:
    from viaggio.store.drivers import Outcome, drivers

    period, population = desk.filters.period, desk.filters.population
    found: Sequence[Drivers] = remembered(
        desk,
        ("weighing", outcome, by, period, population, desk.weights, desk.minimum),
        lambda: drivers(
            desk.engine, Outcome(outcome), period=period, population=population, by=by or None,
            weights=desk.weights, minimum_cell=desk.minimum or None,
        ),
    )  # fmt: skip
    return found


def _weighed(desk: Desk, one: "Drivers", by: str) -> Weighed:
    group = f"{dimension_name(by)}: {desk.filters.say(by, one.group)}" if by else ""
    found = one.found
    if found is None:
        return Weighed(group=group, plot=None, r2="", n="", customers="", equal="", needed="", hidden=True)
    shares = dict(zip(found.pillars, found.weights, strict=True))
    return Weighed(
        group=group,
        plot=None if found.fallback else _plot(shares, group),
        r2=_r2(found.r2),
        n=formats.number(found.n),
        customers=formats.number(found.customers),
        equal=fallback_words(found.fallback) if found.fallback else "",
        needed=formats.number(found.needed),
        hidden=False,
    )


def _r2(r2: Estimate) -> str:
    if r2.value is None:
        return ""
    interval = share_interval(r2)
    return f"{formats.share(r2.value, 0)} ({interval})" if interval else formats.share(r2.value, 0)


def _plot(shares: dict[str, Estimate], group: str) -> SafeString:
    """The heaviest first; the mark of equal weights is the upright line."""
    order = sorted(shares, key=lambda pillar: -(shares[pillar].value or 0.0))
    dots = [
        Dot(
            name=str(PILLARS[pillar]), href="", value=shares[pillar].value,
            said=formats.share(shares[pillar].value or 0.0, 0), n=shares[pillar].n, low=shares[pillar].low,
            high=shares[pillar].high, target=1 / len(shares), delta=share_interval(shares[pillar]),
        )
        for pillar in order
    ]  # fmt: skip
    title = _("Weights of the pillars")
    return dot_plot(
        dots,
        title=f"{title}: {group}" if group else title,
        say=lambda v: formats.share(v, 0),
        limits=(0.0, 1.0),
    )
