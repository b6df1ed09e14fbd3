"""The funnel page: how many go on from step to step, after how long, and where the others go."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from viaggio.journey.filter import Did, all_of, write_filter
from viaggio.journey.kernels.funnel.definition import Stage
from viaggio.journey.kernels.funnel.results import Funnel, FunnelStep
from viaggio.journey.spread import TimeBin
from viaggio.web.journey.services.explore.asking import CannotAnswer, answer, known_kinds
from viaggio.web.journey.services.explore.funnel_asked import BY, USUAL, FunnelAsked, parts_of_step
from viaggio.web.journey.services.explore.funnel_sheets import sheets_of
from viaggio.web.journey.services.explore.funnel_told import FunnelTold, bins_told, told_of
from viaggio.web.journey.services.explore.sheet import Sheet, interval_words, times_words
from viaggio.web.journey.services.explore.words import (
    Choices,
    kind_choices,
    kind_condition,
    place_words,
    step_names,
)
from viaggio.web.journey.services.flows import desk_journeys
from viaggio.web.shared import formats
from viaggio.web.shared.charts import Bar, Chart, bars
from viaggio.web.shared.charts.svg import el
from viaggio.web.shared.desk import Desk
from viaggio.web.shared.filters import Option
from viaggio.web.shared.names import dimension_name
from viaggio.web.shared.withheld import is_small

SPANS = ("30 minutes", "1 hours", "1 days", "2 days", "7 days", "14 days", "30 days", "90 days")
MOST_BARS = 9
NEXT = 5  # touchpoints shown of those who stop at a step


@dataclass(frozen=True, slots=True, kw_only=True)
class StepField:
    """One step of the form."""

    place: int
    choices: list[Choices]
    spans: list[Option]
    first: bool
    last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """One step of the result; `hidden`: so few that nothing is said."""

    name: str
    reached: str
    hidden: bool
    of_all: str = ""
    of_all_interval: str = ""
    of_before: str = ""
    of_before_interval: str = ""
    median: str = ""
    median_interval: str = ""
    stopped: str = ""
    next: list[tuple[str, str]] = field(default_factory=list)
    bar: SafeString | str = ""
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelPage:
    """The form and, where the question can be answered, the result."""

    asked: FunnelAsked
    fields: list[StepField]
    adding: list[Choices]
    withins: list[Option]
    without: list[list[Choices]]
    entries: list[Option]
    bys: list[Option]
    reason: str = ""
    base: str = ""
    steps: list[StepView] = field(default_factory=list)
    times: Chart | None = None
    sheets: tuple[Sheet, ...] = ()


def funnel_page(desk: Desk, asked: FunnelAsked) -> FunnelPage:
    """The page under the desk's filters."""
    asked = with_steps_that_occur(desk, asked)
    page = _form(desk, asked)
    try:
        found = asked_funnel(desk, asked)
    except CannotAnswer as error:
        return replace(page, reason=str(error))
    if not found.customers or found.customers < desk.minimum:
        return replace(page, reason=_("No journeys to show in this period and selection."))
    told = told_of(found, desk.minimum)
    return replace(
        page,
        base=_base(asked, found, desk.minimum),
        steps=_steps(desk, asked, found, told),
        times=_times(found, desk, told),
        sheets=sheets_of(desk, asked, found, told),
    )


def with_steps_that_occur(desk: Desk, asked: FunnelAsked) -> FunnelAsked:
    """The usual funnel without the phases that these journeys lack; of three touchpoints without any."""
    if asked.steps != USUAL:
        return asked
    codes = desk_journeys(desk).codes
    phases = tuple(step for step in USUAL if step.partition("=")[2] in codes.phase)
    return replace(asked, steps=phases or codes.touchpoint[:3] or USUAL)


def asked_funnel(desk: Desk, asked: FunnelAsked) -> Funnel:
    """The funnel, remembered; raises `CannotAnswer`."""
    known_kinds(desk, [*(kind for stage in asked.stages for kind in stage.steps), *asked.exclusions])
    found: Funnel = answer(desk, "funnel", **asked.params())
    return found


def _form(desk: Desk, asked: FunnelAsked) -> FunnelPage:
    last = len(asked.steps) - 1
    fields = []
    for place, text in enumerate(asked.steps):
        kinds, span = parts_of_step(text)
        fields.append(
            StepField(
                place=place, choices=kind_choices(desk, kinds), spans=_spans(span, _("any time")),
                first=place == 0, last=place == last,
            )
        )  # fmt: skip
    entries = {
        "furthest": _("Each customer once, the attempt that gets furthest"),
        "first": _("Each customer once, the first attempt"),
        "every": _("Every attempt"),
    }
    return FunnelPage(
        asked=asked,
        fields=fields,
        adding=kind_choices(desk, "", empty=_("No further step")),
        withins=_spans(asked.within, _("any time")),
        without=[kind_choices(desk, text, empty=_("nothing")) for text in (*asked.without, "")],
        entries=[Option(value, label, value == asked.entry) for value, label in entries.items()],
        bys=[Option(by, dimension_name(by) if by else _("nothing"), by == asked.by) for by in BY],
    )


def _spans(now: str, usual: str) -> list[Option]:
    words = {
        "30 minutes": ngettext("%(n)d minute", "%(n)d minutes", 30) % {"n": 30},
        "1 hours": ngettext("%(n)d hour", "%(n)d hours", 1) % {"n": 1},
    }
    for days in (1, 2, 7, 14, 30, 90):
        words[f"{days} days"] = ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    options = [Option("", usual, not now)]
    options += [Option(value, words[value], value == now) for value in SPANS]
    if now and now not in words:
        options.append(Option(now, now, chosen=True))
    return options


def _base(asked: FunnelAsked, found: Funnel, minimum: int) -> str:
    if 0 < found.entered < minimum:
        return _("Fewer than %(n)d customers take the first step.") % {"n": minimum}
    numbers = {"n": formats.number(found.entered), "all": formats.number(found.customers)}
    if asked.entry == "every":
        return _("%(n)s attempts of %(all)s customers.") % numbers
    return _("%(n)s of %(all)s customers take the first step.") % numbers


def _steps(desk: Desk, asked: FunnelAsked, found: Funnel, told: FunnelTold) -> list[StepView]:
    names = step_names(desk, asked.stages)
    kinds = [None if len(stage.steps) > 1 else stage for stage in asked.stages for _each in stage.steps]
    return [
        _step(desk, found, told, step, name=name, href=href)
        for step, name, href in zip(found.steps, names, [_did(desk, kind) for kind in kinds], strict=True)
    ]


def _step(desk: Desk, found: Funnel, told: FunnelTold, step: FunnelStep, *, name: str, href: str) -> StepView:
    at, last = step.step, step.step == len(found.steps)
    stopped = "" if last or not told.stopped(at) else formats.number(step.stopped)
    after = [] if last else _next(desk, found, told, step)
    if not told.reached(at):
        few = is_small(step.reached, desk.minimum)
        words = _("fewer than %(n)d customers") % {"n": desk.minimum} if few else _("not told")
        return StepView(name=name, reached=words, hidden=True)
    of_before = at > 1 and told.of_before(at) and step.of_before is not None
    return StepView(
        name=name,
        reached=formats.number(step.reached),
        hidden=False,
        of_all="" if step.of_all is None or not told.of_all(at) else formats.share(step.of_all),
        of_all_interval="" if at == 1 or not told.of_all(at)
        else interval_words(step.of_all_low, step.of_all_high),
        of_before=formats.share(step.of_before or 0.0) if of_before else "",
        of_before_interval=interval_words(step.of_before_low, step.of_before_high) if of_before else "",
        median="" if step.since_start.median_seconds is None or at == 1
        else formats.duration(step.since_start.median_seconds),
        median_interval="" if at == 1 else times_words(step.since_start),
        stopped=stopped,
        next=after if stopped else [],
        bar=_bar(step) if told.of_all(at) else "",
        href=href,
    )  # fmt: skip


def _next(desk: Desk, found: Funnel, told: FunnelTold, step: FunnelStep) -> list[tuple[str, str]]:
    rows = sorted((n for n in found.next if n.step == step.step), key=lambda n: (-n.count, n.target or ""))
    shown = [n for n in rows if n.count and told.next(n.step, n.target)][:NEXT]
    return [(place_words(desk, n.target), formats.number(n.count)) for n in shown]


def _bar(step: FunnelStep) -> SafeString:
    """The share of the first step as a bar with the whisker of its interval."""
    share, low, high = step.of_all or 0.0, step.of_all_low, step.of_all_high
    parts = [
        el("rect", width="100%", height=18, rx=4, class_="ch-track"),
        el("rect", width=f"{100 * share:.2f}%", height=18, rx=4, class_="ch-bar"),
    ]
    if low is not None and high is not None and step.step > 1:
        ends = {"x1": f"{100 * low:.2f}%", "x2": f"{100 * high:.2f}%"}
        parts.append(el("line", **ends, y1=9, y2=9, class_="ch-whisker"))
    return el("svg", *parts, width="100%", height=18, aria_hidden="true", class_="ch")


def _did(desk: Desk, stage: Stage | None) -> str:
    """The address of the funnel for the customers who did this step's kind in the period."""
    if stage is None:
        return ""
    did = Did(what=kind_condition(stage.steps[0]), during=desk.filters.period)
    return desk.filters.to(reverse("journey:flow"), where=write_filter(all_of([desk.filters.said, did])))


def _times(found: Funnel, desk: Desk, told: FunnelTold) -> Chart | None:
    last = found.steps[-1]
    if not last.times or not last.reached or not told.reached(last.step):
        return None
    return bars(
        [Bar(label=_until(b.to_seconds), n=b.count) for b in bins_told(_merged(last.times), desk.minimum)],
        key="times",
        title=_("Time to the last step"),
        about=_("Number of customers by the time from the first step to the last."),
        count=formats.number,
        share=formats.share,
        width=900,
    )


def _merged(times: Sequence[TimeBin]) -> list[TimeBin]:
    """The doublings, two by two where there are many."""
    wide = 1 if len(times) <= MOST_BARS else 2
    parts = [times[at : at + wide] for at in range(0, len(times), wide)]
    return [TimeBin(p[0].from_seconds, p[-1].to_seconds, sum(t.count for t in p)) for p in parts]


def _until(seconds: float) -> str:
    """The largest unit alone, for under a bar."""
    return f"< {formats.duration(seconds).split(' ')[0]}"
