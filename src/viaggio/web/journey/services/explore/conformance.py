"""How well customers follow a designed journey: fitness, deviations, and what they cost."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from viaggio.estimate import wilson
from viaggio.journey.design import Design
from viaggio.journey.kernels.conformance import Conformance, Deviation
from viaggio.journey.kernels.deviants import Deviants
from viaggio.web.journey.models import JourneyDesign
from viaggio.web.journey.services.explore.asking import answer
from viaggio.web.journey.services.explore.designs import design_of
from viaggio.web.journey.services.explore.deviating import GoesWith, behind_address, deviants, goes_with
from viaggio.web.journey.services.explore.sheet import (
    Cell,
    Sheet,
    contrast_cell,
    contrast_ends,
    interval_words,
    share_cell,
    time_cell,
    time_ends,
    told_cell,
)
from viaggio.web.journey.services.explore.table_page import TablePage, changed_only, select
from viaggio.web.shared import formats
from viaggio.web.shared.charts.design import Detour, DrawnStep, design_chart
from viaggio.web.shared.desk import Desk
from viaggio.web.shared.withheld import is_small

KINDS: Mapping[str, Promise] = {
    "wrong_start": gettext_lazy("begins elsewhere"),
    "skipped": gettext_lazy("skips steps"),
    "back": gettext_lazy("goes back"),
    "jump": gettext_lazy("goes where no way leads"),
    "stopped": gettext_lazy("stops midway"),
    "outside": gettext_lazy("leaves the design"),
}
DRAWN = 5  # deviations drawn over the design


@dataclass(frozen=True, slots=True, kw_only=True)
class ConformanceAsked:
    """Which design, and whether touchpoints outside it count as deviations."""

    design: str = ""
    strict: bool = False

    @classmethod
    def of(cls, query: QueryDict) -> "ConformanceAsked":
        """Read kindly."""
        text = query.get("design", "")
        number = text if text.isascii() and text.isdigit() and len(text) < 10 else ""
        return cls(design=number, strict=query.get("strict", "") == "yes")

    def said(self) -> dict[str, str]:
        """What links keep."""
        return changed_only({"design": self.design, "strict": "yes" if self.strict else ""}, {})


def conformance_page(desk: Desk, asked: ConformanceAsked) -> TablePage:
    """The page under the desk's filters; without a design, the reason says what to do."""
    kept = {str(one.pk): one for one in JourneyDesign.objects.all()}
    if not kept:
        return TablePage(reason=_("There is no designed journey yet."))
    now = kept.get(asked.design) or next(iter(kept.values()))
    page = TablePage(
        asks=[
            select("design", _("Designed journey"), str(now.pk), {pk: one.name for pk, one in kept.items()}),
            select(
                "strict",
                _("Touchpoints outside it"),
                "yes" if asked.strict else "",
                {"": _("do not count"), "yes": _("are deviations")},
            ),
        ]
    )
    return page.filled(lambda page: _filled(page, desk, asked, now))


def _filled(page: TablePage, desk: Desk, asked: ConformanceAsked, kept: JourneyDesign) -> TablePage:
    design = design_of(kept)
    found: Conformance = answer(desk, "conformance", design=design, strict=asked.strict)
    if not found.customers or found.customers < desk.minimum:
        return replace(
            page, reason=_("No customer takes a step of this design in this period and selection.")
        )
    told = [d for d in found.deviations if d.customers >= desk.minimum]
    who = deviants(desk, design, strict=asked.strict)
    return replace(
        page,
        base=_base(desk, found),
        chart=design_chart(
            [_drawn(desk, design, step.name) for step in design.steps],
            design.moves,
            [_detour(d) for d in told if d.origin in design.nexts and d.target in design.nexts][:DRAWN],
            title=design.name,
            about=_(
                "Boxes are steps, arrows the moves of the design; dashed: the most frequent deviations "
                "with their customers."
            ),
            count=formats.number,
        ),
        sheets=(deviations_sheet(desk, kept.pk, found, told, who), whole_sheet(desk, found)),
    )


def _drawn(desk: Desk, design: Design, name: str) -> DrawnStep:
    step = next(step for step in design.steps if step.name == name)
    row = desk.extent.touchpoints.get(step.touchpoints[0], {})
    return DrawnStep(
        slug=name,
        name=step_words(desk, name),
        phase=str(row.get("phase", "")),
        start=name in design.starts,
        end=name in design.ends,
    )


def _detour(one: Deviation) -> Detour:
    return Detour(one.origin or "", one.target or "", one.customers)


def step_words(desk: Desk, name: str | None) -> str:
    """A step's name; that of the touchpoint where the step is one."""
    return desk.filters.say("touchpoint", name) if name in desk.extent.touchpoints and name else name or ""


def _base(desk: Desk, found: Conformance) -> str:
    follow = found.customers - found.conforming
    hide = desk.minimum and (0 < found.conforming < desk.minimum or 0 < follow < desk.minimum)
    words = {
        "n": formats.number(found.customers),
        "fit": formats.share(found.fitness or 0.0),
        "fit_interval": interval_words(found.fitness_low, found.fitness_high),
        "moves": formats.number(found.moves),
        "ok": "·" if hide else formats.share(found.conforming / found.customers),
        "interval": "" if hide else interval_words(found.conforming_low, found.conforming_high),
    }
    return (
        _(
            "%(n)s customers take a step of it. Fitness: %(fit)s (%(fit_interval)s) of %(moves)s moves are "
            "as designed. "
            "%(ok)s (%(interval)s) of the customers make no other move."
        )
        % words
    )


def deviations_sheet(desk: Desk, pk: int, found: Conformance, told: list[Deviation], who: Deviants) -> Sheet:
    """One row per way to deviate, most customers first."""
    rows = [_row(desk, pk, found, one, goes_with(desk, who, one)) for one in told]
    return Sheet(
        key="deviations",
        title=_("Deviations"),
        lead=_(
            "Value, cost and score (NPS): mean of the customers with this deviation, less that of those who "
            "follow the design, with the interval of the difference at 95% (of two t intervals, after Zou "
            "and Donner; answers of one customer go together). It goes with the deviation, which need not be "
            "its cause."
        ),
        columns=(
            (_("Deviation"), "kind"),
            (_("From"), "origin"),
            (_("To"), "target"),
            (_("Passing over"), "skipped"),
            (_("Customers"), "customers"),
            (_("Share"), "share"),
            (_("Times"), "times"),
            (_("Median time"), "median_seconds"),
            (_("Value"), "value_difference"),
            (_("Cost"), "cost_difference"),
            (_("Score"), "score_difference"),
        ),
        rows=rows,
        empty=_("Nobody deviates."),
        more=("low", "high", "value_low", "value_high", "cost_low", "cost_high", "score_low", "score_high",
              "answers", "median_low_seconds", "median_high_seconds"),
    )  # fmt: skip


def _row(desk: Desk, pk: int, found: Conformance, one: Deviation, cost: GoesWith) -> tuple[Cell, ...]:
    low, high = wilson(one.customers, found.customers)
    share = one.customers / found.customers
    href = behind_address(desk, pk, one)
    timeless = one.kind in {"stopped", "wrong_start"}

    def money(cents: float) -> str:
        return formats.money(cents, desk.workspace.settings.currency, signed=True)

    def points(value: float) -> str:
        return formats.number(value, 1, signed=True)

    return (
        Cell(str(KINDS.get(one.kind, one.kind)), one.kind, href),
        Cell(step_words(desk, one.origin) or "–", one.origin or ""),
        Cell(step_words(desk, one.target) or "–", one.target or ""),
        Cell(", ".join(step_words(desk, name) for name in one.skipped) or "–", ",".join(one.skipped)),
        Cell(formats.number(one.customers), one.customers),
        share_cell(share, low, high),
        Cell(formats.number(one.times), one.times),
        time_cell(one.time, hide=timeless),
        contrast_cell(cost.value, money, 0.01),
        contrast_cell(cost.cost, money, 0.01),
        contrast_cell(cost.score, points),
        Cell("", low),
        Cell("", high),
        *contrast_ends(cost.value, 0.01),
        *contrast_ends(cost.cost, 0.01),
        *contrast_ends(cost.score),
        Cell("", cost.answers if cost.score is not None else None),
        *time_ends(one.time, hide=timeless),
    )


def whole_sheet(desk: Desk, found: Conformance) -> Sheet:
    """The figures of the whole, one per row."""
    figures = (
        ("customers", _("Customers with a step of the design"), found.customers),
        ("conforming", _("Customers whose moves are all as designed"), found.conforming),
        ("finished", _("Customers last seen at an end"), found.finished),
        ("never", _("Customers without a step of the design"), found.never),
        ("rounds", _("Journeys begun"), found.rounds),
        ("moves", _("Moves"), found.moves),
        ("good", _("Moves as designed"), found.good),
        ("outside", _("Interactions outside the design"), found.outside),
    )
    n = found.customers
    shares = {
        "conforming": (found.conforming / n, found.conforming_low, found.conforming_high),
        "finished": (found.finished / n, found.finished_low, found.finished_high),
        "good": (found.fitness, found.fitness_low, found.fitness_high),
    }
    of_all = {"conforming", "finished"}  # those who are not follow from the customers
    hidden = {
        code
        for code, _words, n in figures
        if is_small(n, desk.minimum) or (code in of_all and is_small(found.customers - n, desk.minimum))
    }
    rows = [
        (
            Cell(words, code),
            told_cell(n, desk.minimum, told=code not in hidden),
            share_cell(*shares.get(code, (None, None, None)), hide=code in hidden),
            *(Cell("", None if code in hidden else end) for end in shares.get(code, (None,) * 3)[1:]),
        )
        for code, words, n in figures
    ]
    return Sheet(
        key="whole",
        title=_("The whole in numbers"),
        lead=_(
            "Shares of the customers with a step of the design, and of the moves, with their intervals at "
            "95%: customers are what varies."
        ),
        columns=((_("Figure"), "figure"), (_("Value"), "value"), (_("Share"), "share")),
        rows=rows,
        more=("low", "high"),
    )
