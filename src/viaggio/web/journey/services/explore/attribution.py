"""What conversions owe to channels or touchpoints, by every model side by side."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from viaggio.journey.kernels.attribution.model import NO_TOUCH, Attribution, Credit
from viaggio.web.journey.services.explore.asking import answer, known_kinds
from viaggio.web.journey.services.explore.sheet import Cell, Sheet, share_cell, told_cell
from viaggio.web.journey.services.explore.table_page import (
    TablePage,
    changed_only,
    chosen,
    kind_select,
    kind_text,
    select,
)
from viaggio.web.journey.services.explore.words import read_kind
from viaggio.web.shared import formats
from viaggio.web.shared.desk import Desk
from viaggio.web.shared.names import dimension_name
from viaggio.web.shared.withheld import Sum, withheld

MODELS: Mapping[str, Promise] = {
    "first": gettext_lazy("First touch"),
    "last": gettext_lazy("Last touch"),
    "last_non_direct": gettext_lazy("Last that is not direct"),
    "linear": gettext_lazy("Linear"),
    "position": gettext_lazy("By position"),
    "time_decay": gettext_lazy("Time decay"),
    "shapley": gettext_lazy("Shapley"),
    "markov": gettext_lazy("Markov chain"),
}
DAYS = ("30", "7", "14", "60", "90")
USUAL = {"back": "30", "by": "channel"}
UNTOUCHED = "untouched"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributionAsked:
    """What counts as a conversion, to what it is owed, how far back."""

    goal: str
    by: str
    back: str

    @classmethod
    def of(cls, query: QueryDict) -> "AttributionAsked":
        """Read kindly."""
        return cls(
            goal=kind_text(query, "goal"),
            by=chosen(query, "by", ("channel", "touchpoint", "device")),
            back=chosen(query, "back", DAYS),
        )

    def said(self) -> dict[str, str]:
        """What links keep."""
        return changed_only({"goal": self.goal, "by": self.by, "back": self.back}, USUAL)


def attribution_page(desk: Desk, asked: AttributionAsked) -> TablePage:
    """The page under the desk's filters."""
    days = {d: _("%(n)s days") % {"n": d} for d in sorted(DAYS, key=int)}
    page = TablePage(
        asks=[
            kind_select(desk, "goal", _("Conversion"), asked.goal, _("Every interaction with a value")),
            select(
                "by",
                _("Owed to"),
                asked.by,
                {b: dimension_name(b) for b in ("channel", "touchpoint", "device")},
            ),
            select("back", _("Looking back"), asked.back, days),
        ]
    )
    return page.filled(lambda page: _filled(page, desk, asked))


def _filled(page: TablePage, desk: Desk, asked: AttributionAsked) -> TablePage:
    kind = read_kind(asked.goal)
    if kind is not None:
        known_kinds(desk, [kind])
    found: Attribution = answer(
        desk, "attribution", conversion=kind, by=asked.by, lookback_days=float(asked.back)
    )
    if not found.conversions or found.conversions < desk.minimum:
        return replace(page, reason=_("No conversions to show in this period and selection."))
    words = {
        "n": formats.number(found.conversions),
        "value": formats.money(found.value, desk.workspace.settings.currency, short=True),
        "untouched": formats.number(found.untouched),
    }
    hidden = credits_withheld(found, desk.minimum)
    base = (
        _("%(n)s conversions worth %(value)s.")
        if UNTOUCHED in hidden
        else _("%(n)s conversions worth %(value)s; %(untouched)s of them have nothing before them.")
    ) % words
    sheets = (models_sheet(desk, asked, found, hidden), credits_sheet(desk, asked, found, hidden))
    return replace(page, base=base, sheets=sheets)


def credits_withheld(found: Attribution, minimum: int) -> frozenset[Hashable]:
    """Credits (model, place) that are not told: by every model they sum to all conversions."""
    cells: dict[Hashable, float] = {(c.model, c.name): c.conversions for c in found.credits}
    cells[UNTOUCHED] = found.untouched
    models = dict.fromkeys(c.model for c in found.credits)
    sums = [
        Sum(None, tuple((c.model, c.name) for c in found.credits if c.model == model)) for model in models
    ]
    sums += [Sum(UNTOUCHED, ((model, NO_TOUCH),)) for model in models if (model, NO_TOUCH) in cells]
    return withheld(cells, sums, minimum)


def _place(desk: Desk, by: str, name: str | None) -> str:
    return _("nothing before") if name == NO_TOUCH else desk.filters.say(by, name or "")


def models_sheet(
    desk: Desk, asked: AttributionAsked, found: Attribution, hidden: frozenset[Hashable]
) -> Sheet:
    """One row per place, one column per model: the share of the conversions."""
    models = [model for model in MODELS if any(c.model == model for c in found.credits)]
    by_place: dict[str | None, dict[str, Credit]] = {}
    for credit in found.credits:
        by_place.setdefault(credit.name, {})[credit.model] = credit
    ordered = sorted(by_place, key=lambda name: (-sum(c.share for c in by_place[name].values()), name or ""))
    rows = [
        (
            Cell(_place(desk, asked.by, name), name),
            *(_credit_cell(by_place[name].get(model), hidden, desk.minimum) for model in models),
        )
        for name in ordered
    ]
    return Sheet(
        key="models",
        title=_("Share of the conversions by model"),
        lead=_(
            "Each column adds up to all conversions; small: the interval at 95%. Where models disagree, "
            "how the credit is split matters more than the data."
        ),
        columns=((dimension_name(asked.by), asked.by), *((str(MODELS[m]), m) for m in models)),
        rows=rows,
    )


def _credit_cell(credit: Credit | None, hidden: frozenset[Hashable], minimum: int) -> Cell:
    if credit is None:
        return Cell("–", None)
    if (credit.model, credit.name) in hidden:
        return told_cell(credit.conversions, minimum, told=False)
    return share_cell(credit.share, credit.low, credit.high)


def credits_sheet(
    desk: Desk, asked: AttributionAsked, found: Attribution, hidden: frozenset[Hashable]
) -> Sheet:
    """One row per model and place, with conversions and value."""
    rows = []
    for c in found.credits:
        hide = (c.model, c.name) in hidden
        rows.append(
            (
                Cell(_place(desk, asked.by, c.name), c.name),
                Cell(str(MODELS.get(c.model, c.model)), c.model),
                told_cell(c.conversions, desk.minimum, told=not hide, decimals=1),
                Cell("–", None)
                if hide
                else Cell(
                    formats.money(c.value, desk.workspace.settings.currency, short=True), c.value / 100
                ),
                share_cell(c.share, c.low, c.high, hide=hide),
                Cell("", None if hide else c.low),
                Cell("", None if hide else c.high),
            )
        )
    return Sheet(
        key="credits",
        title=_("Credit by model"),
        columns=(
            (dimension_name(asked.by), asked.by),
            (_("Model"), "model"),
            (_("Conversions"), "conversions"),
            (_("Value"), "value"),
            (_("Share"), "share"),
        ),
        rows=rows,
        more=("low", "high"),
    )
