"""What conversions owe to channels or touchpoints, by every model side by side."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from viaggio.journey.kernels.attribution.model import NO_TOUCH, Attribution, Credit
from viaggio.web.journey.services.explore.asking import answer, known_kinds
from viaggio.web.journey.services.explore.cell_links import credit_link
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
OF_ONE_TOUCH = frozenset({"first", "last", "last_non_direct"})


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
    sheets = (
        models_sheet(desk, asked, found, hidden),
        values_sheet(desk, asked, found, hidden),
        credits_sheet(desk, asked, found, hidden),
    )
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


def credited_words(desk: Desk, by: str, name: str | None) -> str:
    """What people call a place that earns credit."""
    return _("nothing before") if name == NO_TOUCH else desk.filters.say(by, name or "")


def models_sheet(
    desk: Desk, asked: AttributionAsked, found: Attribution, hidden: frozenset[Hashable]
) -> Sheet:
    """One row per place, one column per model: the share of the conversions."""
    lead = [
        _(
            "Each column adds up to all conversions; small: the interval at 95%. Where models disagree, "
            "how the credit is split matters more than the data."
        )
    ]
    if desk.sees_customers:
        lead.append(
            _(
                "A place leads to the customers it touched before a conversion, the first and the last touch "
                "to those of that touch."
            )
        )
    return _by_model(
        desk, asked, found, key="models", title=_("Share of the conversions by model"), lead=" ".join(lead),
        say=lambda credit: _credit_cell(desk, credit, hidden),
    )  # fmt: skip


def values_sheet(
    desk: Desk, asked: AttributionAsked, found: Attribution, hidden: frozenset[Hashable]
) -> Sheet:
    """One row per place, one column per model: the value credited."""
    return _by_model(
        desk, asked, found, key="values", title=_("Value by model"),
        lead=_(
            "Each column adds up to the value of all conversions; small: the interval at 95%, how far the "
            "sum would go with other customers like these, whose number varies as well."
        ),
        say=lambda credit: _money_cell(desk, credit, hide=(credit.model, credit.name) in hidden, below=True),
    )  # fmt: skip


def _by_model(
    desk: Desk, asked: AttributionAsked, found: Attribution, *,
    key: str, title: str, lead: str, say: Callable[[Credit], Cell],
) -> Sheet:  # fmt: skip
    models = [model for model in MODELS if any(c.model == model for c in found.credits)]
    by_place: dict[str | None, dict[str, Credit]] = {}
    for credit in found.credits:
        by_place.setdefault(credit.name, {})[credit.model] = credit
    ordered = sorted(by_place, key=lambda name: (-sum(c.share for c in by_place[name].values()), name or ""))
    rows = [
        (
            Cell(credited_words(desk, asked.by, name), name, credit_link(desk, name, "linear")),
            *(say(row[model]) if model in row else Cell("–", None) for model in models),
        )
        for name in ordered
        for row in (by_place[name],)
    ]
    columns = ((dimension_name(asked.by), asked.by), *((str(MODELS[m]), m) for m in models))
    return Sheet(key=key, title=title, lead=lead, columns=columns, rows=rows)


def _credit_cell(desk: Desk, credit: Credit, hidden: frozenset[Hashable]) -> Cell:
    if (credit.model, credit.name) in hidden:
        return told_cell(credit.conversions, desk.minimum, told=False)
    href = _credit_link(desk, credit) if credit.model in OF_ONE_TOUCH else ""
    return replace(share_cell(credit.share, credit.low, credit.high), href=href)


def _credit_link(desk: Desk, credit: Credit) -> str:
    return credit_link(desk, credit.name, credit.model) if credit.conversions else ""


def credits_sheet(
    desk: Desk, asked: AttributionAsked, found: Attribution, hidden: frozenset[Hashable]
) -> Sheet:
    """One row per model and place, with conversions and value."""
    rows = []
    for c in found.credits:
        hide = (c.model, c.name) in hidden
        rows.append(
            (
                Cell(credited_words(desk, asked.by, c.name), c.name, _credit_link(desk, c)),
                Cell(str(MODELS.get(c.model, c.model)), c.model),
                told_cell(c.conversions, desk.minimum, told=not hide, decimals=1),
                _money_cell(desk, c, hide=hide),
                share_cell(c.share, c.low, c.high, hide=hide),
                *(Cell("", None if hide else x) for x in (c.low, c.high)),
                *(Cell("", None if hide or x is None else x / 100) for x in (c.value_low, c.value_high)),
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
        lead=_("A place leads to the customers behind its credit.") if desk.sees_customers else "",
        more=("low", "high", "value_low", "value_high"),
    )


def _money_cell(desk: Desk, credit: Credit, *, hide: bool, below: bool = False) -> Cell:
    """The value credited, in the currency's units in the file, with its interval."""

    def say(cents: float) -> str:
        return formats.money(cents, desk.workspace.settings.currency, short=True)

    if hide:
        return Cell("–", None)
    low, high = credit.value_low, credit.value_high
    note = "" if low is None or high is None else f"{say(low)}–{say(high)}"
    return Cell(say(credit.value), credit.value / 100, note=note, below=below)
