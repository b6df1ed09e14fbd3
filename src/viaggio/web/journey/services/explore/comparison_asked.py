"""Which groups of customers a comparison asks: read kindly, chosen from lists, put as conditions."""

from dataclasses import dataclass, replace

from django.http import QueryDict
from django.utils.translation import gettext as _

from viaggio.journey.filter import (
    EVERY,
    Among,
    BadFilter,
    Condition,
    Did,
    negated,
    personal,
    read_filter,
    write_filter,
)
from viaggio.journey.kinds import InteractionKind
from viaggio.kernel import BadPeriod, Period
from viaggio.web.journey.services.explore.asking import CannotAnswer, known_kinds
from viaggio.web.journey.services.explore.table_page import changed_only, chosen
from viaggio.web.journey.services.explore.words import (
    LONGEST,
    Choices,
    kind_choices,
    kind_condition,
    kind_words,
    read_kind,
)
from viaggio.web.journey.services.flows import desk_journeys
from viaggio.web.shared import formats
from viaggio.web.shared.desk import Desk
from viaggio.web.shared.filter_words import condition_words
from viaggio.web.shared.filters import Option
from viaggio.web.shared.names import CHANNELS, dimension_name

BY = ("touchpoint", "channel", "phase", "device")
REACH = "reach "
SPANS = ("previous", "year")
EVERYBODY = "everybody"
BOUGHT = ("order", "order_confirmation", "payment", "checkout")
"""Touchpoints at which customers have bought, the surest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonAsked:
    """Whom, against whom, by what.

    `one`: `reach checkout`, those who reach a kind of interaction; a filter of the filter language, such as
    `segment = b2b`; or `everybody`. `other`: a filter; a span, where the same customers of another period
    stand against them; empty for all who are not in the first group.
    """

    one: str
    other: str
    by: str

    @classmethod
    def of(cls, query: QueryDict) -> "ComparisonAsked":
        """Read kindly."""
        return cls(
            one=query.get("one", "").replace("\0", "").strip()[:LONGEST],
            other=query.get("other", "").replace("\0", "").strip()[:LONGEST],
            by=chosen(query, "by", BY),
        )

    def said(self) -> dict[str, str]:
        """What links keep."""
        return changed_only({"one": self.one, "other": self.other, "by": self.by}, {"by": BY[0]})


def usual(desk: Desk) -> str:
    """Those who come to the usual goal."""
    goal = usual_goal(desk)
    return f"{REACH}{goal}" if goal else EVERYBODY


def usual_goal(desk: Desk) -> str:
    """To buy, where a touchpoint or a phase says so; else the last touchpoint listed; empty without any."""
    codes = desk_journeys(desk).codes
    touchpoint = next((name for name in BOUGHT if name in codes.touchpoint), "")
    phase = "phase=purchase" if "purchase" in codes.phase else ""
    return touchpoint or phase or (codes.touchpoint[-1] if codes.touchpoint else "")


def first_choices(desk: Desk, now: str) -> list[Choices]:
    """Everybody, those who reach something, segments, who used a channel."""
    reach = [
        Choices(_("Who come to: %(what)s") % {"what": group.label.lower()}, tuple(
            replace(option, value=f"{REACH}{option.value}", chosen=f"{REACH}{option.value}" == now)
            for option in group.options
        ))
        for group in kind_choices(desk, "")
    ]  # fmt: skip
    everybody = Choices("", (Option(EVERYBODY, _("All customers"), now == EVERYBODY),))
    return _with_own(desk, now, [everybody, *_groups(desk, now), *reach])


def second_choices(desk: Desk, now: str) -> list[Choices]:
    """The others, another period, segments, who used a channel."""
    spans = {"": _("All the others"), "previous": _("The same in the period before"),
             "year": _("The same in the year before")}  # fmt: skip
    first = Choices("", tuple(Option(value, words, value == now) for value, words in spans.items()))
    return _with_own(desk, now, [first, *_groups(desk, now)])


def _groups(desk: Desk, now: str) -> list[Choices]:
    say, held = desk.filters.say, desk.extent
    segments = [(write_filter(Among("segment", (s,))), say("segment", s)) for s in held.segments]
    channels = [
        (write_filter(Did(what=Among("channel", (c,)))), str(CHANNELS.get(c, c)))
        for c in held.channels
        if c in desk_journeys(desk).codes.channel
    ]
    named = ((dimension_name("segment"), segments), (_("Who used the channel"), channels))
    return [
        Choices(label, tuple(Option(value, words, value == now) for value, words in entries))
        for label, entries in named
        if entries
    ]


def _with_own(desk: Desk, now: str, groups: list[Choices]) -> list[Choices]:
    """What was written by hand is kept as an entry."""
    known = {option.value for group in groups for option in group.options}
    if now in known:
        return groups
    try:
        words = group_words(desk, now)
    except CannotAnswer:
        words = now
    return [Choices("", (Option(now, words, chosen=True),)), *groups]


def group_words(desk: Desk, text: str) -> str:
    """What people call a group; raises `CannotAnswer`."""
    if text == EVERYBODY:
        return _("all customers")
    if text.startswith(REACH):
        return _("who come to %(what)s") % {"what": kind_words(desk, goal_of(text))}
    return condition_words(_condition(desk, text), desk.filters.say)


def goal_of(text: str) -> InteractionKind:
    kind = read_kind(text.removeprefix(REACH))
    if kind is None:
        raise CannotAnswer(_("The group is not understood: choose it from the list."))
    return kind


def _condition(desk: Desk, text: str) -> Condition:
    try:
        found = read_filter(text)
    except BadFilter as error:
        raise CannotAnswer(_("The group is not understood: choose it from the list.")) from error
    if personal(found) and not desk.sees_customers:
        raise CannotAnswer(_("Single customers can be picked only by people who may see customers."))
    return found


def group_of(desk: Desk, text: str) -> Condition:
    if text == EVERYBODY:
        return EVERY
    if text.startswith(REACH):
        goal = goal_of(text)
        known_kinds(desk, [goal])
        return Did(what=kind_condition(goal))
    return _condition(desk, text)


def against(desk: Desk, asked: ComparisonAsked, one: Condition) -> tuple[Period, Condition, str]:
    """The period and the condition of the second group, and what it is called."""
    period = desk.filters.period
    if asked.other in SPANS:
        try:
            before = period.previous() if asked.other == "previous" else period.year_before()
        except (BadPeriod, ValueError, OverflowError) as error:
            raise CannotAnswer(_("There is no such period before.")) from error
        return before, one, formats.period_text(before)
    if asked.other:
        other = group_of(desk, asked.other)
        return period, other, group_words(desk, asked.other)
    if one == EVERY:
        raise CannotAnswer(_("All customers have no others: choose a group, or the period before."))
    return period, negated(one), _("the others")


def dated(group: Condition, period: Period) -> Condition:
    """The group as of a period: what its customers did, they did then, where nothing else is said."""
    if isinstance(group, Did) and group.during is None:
        return replace(group, during=period)
    opposite = negated(group)
    if isinstance(opposite, Did) and opposite.during is None:
        return negated(replace(opposite, during=period))
    return group
