"""What would be won if fewer customers left at a place: conversions, money, score, each with its interval."""

from dataclasses import dataclass, replace
from datetime import timedelta

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from viaggio.estimate.contrast import Contrast, contrast, product
from viaggio.journey import what_if
from viaggio.journey.filter import Among, Did, all_of, condition_of, negated, scoped, write_filter
from viaggio.journey.keeping import WhatIf, WhatIfPlace
from viaggio.journey.kernels.goal_value import GoalValueKernel
from viaggio.journey.kernels.leaving import Leaving
from viaggio.journey.kinds import InteractionKind
from viaggio.journey.run import run
from viaggio.web.journey.services.explore.asking import THREADS, answer, computed, known_kinds, where_at
from viaggio.web.journey.services.explore.behind import who_of
from viaggio.web.journey.services.explore.comparison_asked import usual_goal
from viaggio.web.journey.services.explore.scores import score_of
from viaggio.web.journey.services.explore.sheet import (
    Cell,
    Sheet,
    contrast_cell,
    contrast_ends,
    hidden_cell,
    share_cell,
)
from viaggio.web.journey.services.explore.table_page import (
    TablePage,
    changed_only,
    chosen,
    kind_select,
    kind_text,
    select,
)
from viaggio.web.journey.services.explore.words import kind_condition, kind_words, place_words, read_kind
from viaggio.web.shared import formats
from viaggio.web.shared.charts.gaps import Gap, gap_plot
from viaggio.web.shared.desk import Desk
from viaggio.web.shared.names import dimension_name

FEWER = ("10", "5", "20", "30", "50", "100")
DAYS = ("30", "7", "14", "60", "90", "never")
BY = ("touchpoint", "channel", "phase")
USUAL = {"fewer": "10", "days": "30", "by": "touchpoint"}
DRAWN = 10  # places in the drawing


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepingAsked:
    """What attempts are to reach, how many fewer leave, after what silence an attempt has ended."""

    goal: str
    fewer: str
    days: str
    by: str

    @classmethod
    def of(cls, query: QueryDict) -> "KeepingAsked":
        """Read kindly."""
        return cls(
            goal=kind_text(query, "goal"), fewer=chosen(query, "fewer", FEWER),
            days=chosen(query, "days", DAYS), by=chosen(query, "by", BY),
        )  # fmt: skip

    def said(self) -> dict[str, str]:
        """What links keep."""
        now = {"goal": self.goal, "fewer": self.fewer, "days": self.days, "by": self.by}
        return changed_only(now, USUAL)

    @property
    def silence(self) -> timedelta | None:
        """After so long without interaction an attempt has ended by leaving; None: only at the very end."""
        return None if self.days == "never" else timedelta(days=int(self.days))


@dataclass(frozen=True, slots=True)
class Worth:
    """What one conversion more is worth: cents, and points of the score of all who answered.

    `gap`: score of the customers who reach the goal less that of the others; `customers`: of both together.
    """

    cents: Contrast | None
    gap: Contrast | None
    customers: int


def keeping_page(desk: Desk, asked: KeepingAsked) -> TablePage:
    """The page under the desk's filters."""
    asked = asked if asked.goal else replace(asked, goal=usual_goal(desk))
    fewer = {f: _("%(n)s%% fewer") % {"n": f} for f in sorted(FEWER, key=int)}
    fewer["100"] = _("nobody")
    days = {d: _("after %(n)s days") % {"n": d} for d in sorted(DAYS[:-1], key=int)}
    days["never"] = _("who never comes to the goal")
    page = TablePage(
        asks=[
            kind_select(desk, "goal", _("Goal"), asked.goal, ""),
            select("fewer", _("Leave"), asked.fewer, fewer),
            select("days", _("Has left"), asked.days, days),
            select("by", _("Where"), asked.by, {by: dimension_name(by) for by in BY}),
        ]
    )
    return page.filled(lambda page: _filled(page, desk, asked))


def _filled(page: TablePage, desk: Desk, asked: KeepingAsked) -> TablePage:
    goal = read_kind(asked.goal) or InteractionKind()
    known_kinds(desk, [goal])
    found: Leaving = answer(desk, "leaving", goal=goal, silence=asked.silence, by=asked.by)
    if not found.attempts or found.customers < desk.minimum:
        return replace(page, reason=_("No journeys to show in this period and selection."))
    if 0 < found.converted < desk.minimum or not found.places:
        return replace(page, reason=_("Too few come to the goal to say what would be won."))
    changed = what_if(found, fewer=int(asked.fewer) / 100)
    worth = worth_of(desk, goal)
    told = [p for p in changed.places if p.change is not None and _is_told(p, desk.minimum)]
    say = _("Conversions won")
    return replace(
        page,
        base=_base(desk, found, goal, worth),
        heat=gap_plot(
            [
                Gap(
                    name=place_words(desk, p.name, asked.by), value=p.change or 0.0, low=p.change_low,
                    high=p.change_high, sure=p.change_low is not None and p.change_low > 0,
                )
                for p in told[:DRAWN]
            ],
            title=say, heads=(dimension_name(asked.by), _("Interval"), say), say=_gain,
        ) if told else "",
        sheets=(places_sheet(desk, asked, found, changed, worth),),
        links=_links(desk, goal),
    )  # fmt: skip


def worth_of(desk: Desk, goal: InteractionKind) -> Worth:
    """Mean value of a conversion, and the gap of the score, remembered with their intervals."""
    value = computed(
        desk, ("goal value", goal),
        lambda journeys: run(journeys, GoalValueKernel(goal), where=where_at(desk), threads=THREADS),
    )  # fmt: skip
    cents = None
    if value.value and value.n >= desk.minimum:
        cents = Contrast(float(value.value), value.low, value.high)
    did = scoped(Did(what=kind_condition(goal), during=desk.filters.period), condition_of(desk.filters.scope))
    reached, others = who_of(desk, did), who_of(desk, negated(did))
    one, other = score_of(desk, reached), score_of(desk, others)
    enough = min(one.n, other.n) >= max(desk.minimum, 2)
    return Worth(cents, contrast(one, other) if enough else None, len(reached) + len(others))


def _is_told(place: WhatIfPlace, minimum: int) -> bool:
    return place.visits >= minimum and not 0 < place.left < minimum


def _base(desk: Desk, found: Leaving, goal: InteractionKind, worth: Worth) -> str:
    words = {
        "n": formats.number(found.attempts), "goal": kind_words(desk, goal),
        "share": formats.share(found.converted / found.attempts),
    }  # fmt: skip
    text = _("%(n)s attempts; %(share)s of them come to %(goal)s.") % words
    if worth.cents is not None:
        money = formats.money(worth.cents.value, desk.workspace.settings.currency)
        text += " " + _("One brings %(money)s on average.") % {"money": money}
    if worth.gap is not None:
        text += " " + _("Who comes there scores %(gap)s points (NPS) against the others.") % {
            "gap": formats.number(worth.gap.value, 1, signed=True)
        }
    return text


def _gain(value: float) -> str:
    return formats.number(value, 1, signed=True)


def money_won(place: WhatIfPlace, worth: Worth) -> Contrast | None:
    """Cents: conversions won times the mean value of one."""
    return None if place.change is None or worth.cents is None else product(_change(place), worth.cents)


def score_won(place: WhatIfPlace, worth: Worth) -> Contrast | None:
    """Points of the score of all: those who are won then answer as those do who reach the goal."""
    if place.change is None or worth.gap is None or not worth.customers:
        return None
    won = _change(place)
    share = Contrast(*(None if x is None else x / worth.customers for x in (won.value, won.low, won.high)))  # type: ignore[arg-type]  # the first is a number
    return product(share, worth.gap)


def _change(place: WhatIfPlace) -> Contrast:
    return Contrast(place.change or 0.0, place.change_low, place.change_high)


def places_sheet(desk: Desk, asked: KeepingAsked, found: Leaving, changed: WhatIf, worth: Worth) -> Sheet:
    """One row per place, the greatest gain first."""
    return Sheet(
        key="what-if",
        title=_("What would be won, place by place"),
        lead=_(
            "Each row alone: at that place so many fewer leave, and who stays goes on as the others do from "
            "there (a chain in which the next step depends on the place only). Intervals at 95%: conversions "
            "by the delta method on the counted shares; money and score times their own means, which are "
            "taken to hold for those who are won. They say how sure the figure is under this "
            "assumption, not how true the assumption is."
        ),
        columns=(
            (dimension_name(asked.by), asked.by), (_("Visits"), "visits"), (_("Leave there"), "leave_share"),
            (_("Come to the goal from there"), "reach"), (_("Conversions won"), "change"),
            (_("Money won"), "money"), (_("Score won"), "score"),
        ),
        rows=[_row(desk, asked, place, worth) for place in changed.places],
        more=(
            "leave_low", "leave_high", "left", "conversions", "change_low", "change_high", "money_low",
            "money_high", "score_low", "score_high", "steps", "reach_low", "reach_high",
        ),
    )  # fmt: skip


def _row(desk: Desk, asked: KeepingAsked, p: WhatIfPlace, worth: Worth) -> tuple[Cell, ...]:
    name = Cell(place_words(desk, p.name, asked.by), p.name or "", _journeys(desk, asked, p.name))
    if not _is_told(p, desk.minimum):
        return (name, hidden_cell(desk.minimum), *(Cell("·", None) for _c in range(5)),
                *(Cell("", None) for _c in range(13)))  # fmt: skip
    money, score = money_won(p, worth), score_won(p, worth)
    currency = desk.workspace.settings.currency

    def cents(value: float) -> str:
        return formats.money(value, currency, short=True, signed=True)

    def points(value: float) -> str:
        return formats.number(value, 2, signed=True)

    change = None if p.change is None else _change(p)
    return (
        name,
        Cell(formats.number(p.visits), p.visits),
        share_cell(p.leave_share, p.leave_low, p.leave_high),
        share_cell(p.reach, p.reach_low, p.reach_high),
        contrast_cell(change, _gain),
        contrast_cell(money, cents, 0.01),
        contrast_cell(score, points),
        *(
            Cell("", x)
            for x in (p.leave_low, p.leave_high, p.left, p.conversions, p.change_low, p.change_high)
        ),
        *contrast_ends(money, 0.01),
        *contrast_ends(score),
        *(Cell("", x) for x in (p.steps, p.reach_low, p.reach_high)),
    )


def _journeys(desk: Desk, asked: KeepingAsked, place: str | None) -> str:
    """The journeys of the customers who were there."""
    if not place:
        return ""
    did = Did(what=Among(asked.by, (place,)), during=desk.filters.period)
    where = write_filter(all_of([desk.filters.said, did]))
    return desk.filters.to(reverse("journey:flow"), **dict.fromkeys(asked.said()), where=where)


def _links(desk: Desk, goal: InteractionKind) -> tuple[tuple[str, str], ...]:
    """Who reached the goal, who did not; for people who may see customers."""
    if not desk.sees_customers:
        return ()
    did = Did(what=kind_condition(goal), during=desk.filters.period)
    plain = dict.fromkeys(("goal", "fewer", "days", "by"))

    def to(condition: Did, *, but: bool = False) -> str:
        where = write_filter(all_of([desk.filters.said, negated(condition) if but else condition]))
        return desk.filters.to(reverse("journey:customers"), **plain, where=where)

    return ((_("Customers who came to the goal"), to(did)), (_("Customers who did not"), to(did, but=True)))
