"""Filters in the address: period, comparison and population, read kindly and carried by every link."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from viaggio.journey.filter import (
    EVERY,
    Among,
    BadFilter,
    Condition,
    all_of,
    condition_of,
    conditions,
    parts_of,
    personal,
    population_part,
    read_filter,
    scoped,
    without_part,
    write_filter,
)
from viaggio.kernel import EVERYBODY, BadPeriod, Period, Population
from viaggio.kernel.population import DIMENSIONS
from viaggio.web.shared import formats
from viaggio.web.shared.extent import Extent, extent
from viaggio.web.shared.filter_words import condition_words
from viaggio.web.shared.names import (
    CHANNELS,
    FUNCTIONS,
    PHASES,
    SEGMENTS,
    code_name,
    dimension_name,
    touchpoint_name,
)
from viaggio.web.shared.permissions import may, scope_of
from viaggio.web.shared.roles import Right
from viaggio.web.shared.spans import NAMED, named_span
from viaggio.web.shared.workspace import workspace

if TYPE_CHECKING:
    from viaggio.store.engine import Engine

COMPARISONS = ("previous", "year", "none")
IN_THE_BAR = ("segment", "channel", "phase", "touchpoint")
EARLIEST, LATEST = 1971, 2199  # years in which customers may have been seen
LONGEST = 80  # characters of one value in the address


@dataclass(frozen=True, slots=True)
class Option:
    """One entry of a select."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a page is about. `chosen` is the query that links keep, `notes` say what was not understood.

    `said` is what the filter language asks beyond dimensions and their values: it holds for journeys only.
    """

    period: Period
    compare: Period | None
    population: Population
    asked: Population
    scope: Population
    chosen: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    extent: Extent
    zone: str
    said: Condition = EVERY

    @classmethod
    def from_request(cls, request: HttpRequest, engine: "Engine") -> Self:
        """The filters of this address for this person; never fails on what stands in the address."""
        here = workspace()
        today = timezone.now().astimezone(here.zone).date()
        held = extent(engine, here.zone, today)
        sees = may(request.user, Right.SEE_CUSTOMERS)
        scope = scope_of(request.user)
        return cls.read(request.GET, held, scope, today, str(here.zone), sees_customers=sees)

    @classmethod
    def read(
        cls, query: QueryDict, held: Extent, scope: Population, today: date, zone: str, *,
        sees_customers: bool = False,
    ) -> Self:  # fmt: skip
        """The filters of a query, pure: what is held, the person's scope and today are given."""
        notes: list[str] = []
        period, kept = _period(query, held, today, notes)
        compare, compare_kept = _comparison(query, period, notes)
        simple, said = _language(query, notes, sees_customers=sees_customers)
        asked, kept_conditions = _population(query, held, notes, simple)
        if said != EVERY:
            kept_conditions["where"] = write_filter(said)
            notes += _strangers(said, held)
        return cls(
            period=period,
            compare=compare,
            population=asked.narrowed(**scope.where),
            asked=asked,
            scope=scope,
            chosen=MappingProxyType({**kept, **compare_kept, **kept_conditions}),
            notes=tuple(notes),
            extent=held,
            zone=zone,
            said=said,
        )

    @property
    def condition(self) -> Condition:
        """What `said` asks of journeys, where what customers did counts only inside the person's scope."""
        return scoped(self.said, condition_of(self.scope))

    def query(self, **changes: str | None) -> str:
        """The query with some values changed (None takes one out), with its question mark; or empty."""
        values = {**self.chosen, **changes}
        text = urlencode({name: value for name, value in values.items() if value}, safe=",")
        return f"?{text}" if text else ""

    def to(self, path: str, **changes: str | None) -> str:
        """A link that keeps the filters."""
        return path + self.query(**changes)

    def at(self, **conditions: str) -> Self:
        """These filters for a page that is itself about one value of a dimension; links carry it."""
        where = {name: values for name, values in self.asked.where.items() if name not in conditions}
        asked = Population(MappingProxyType(where)).narrowed(**{k: [v] for k, v in conditions.items()})
        return replace(
            self,
            asked=asked,
            population=asked.narrowed(**self.scope.where),
            chosen=MappingProxyType({**self.chosen, **conditions}),
        )

    def only(self, dimension: str) -> str | None:
        """The one value asked for in a dimension; None if none or several."""
        values = self.asked.where.get(dimension, ())
        return values[0] if len(values) == 1 else None

    def periods(self) -> list[Option]:
        """Entries of the period select, each with its dates."""
        now = self.chosen.get("period", "12m")
        options = []
        for name, label in NAMED.items():
            span = named_span(name, self.extent.first, self.extent.last)
            if span is not None:
                options.append(Option(name, f"{label}: {short_span(span)}", now == name))
        if now not in NAMED:
            options.append(Option(now, formats.period_text(self.period), chosen=True))
        return options

    def comparisons(self) -> list[Option]:
        """Entries of the comparison select."""
        labels = {"previous": _("Period before"), "year": _("Year before"), "none": _("No comparison")}
        now = self.chosen.get("compare", "previous")
        return [Option(name, labels[name], now == name) for name in COMPARISONS]

    def selects(self) -> list[tuple[str, str, list[Option]]]:
        """The selects of the bar: name, label and entries."""
        return [
            (name, dimension_name(name), self._options(name)) for name in IN_THE_BAR if self._values(name)
        ]

    def _values(self, name: str) -> Sequence[str]:
        return {
            "segment": self.extent.segments,
            "channel": self.extent.channels,
            "phase": tuple(PHASES),
            "touchpoint": tuple(self.extent.touchpoints),
        }[name]

    def _options(self, name: str) -> list[Option]:
        now = ",".join(self.asked.where.get(name, ()))
        every = {
            "segment": _("All customers"), "channel": _("All channels"),
            "phase": _("All phases"), "touchpoint": _("All touchpoints"),
        }  # fmt: skip
        options = [Option("", every[name], not now)]
        options += [Option(value, self.say(name, value), now == value) for value in self._values(name)]
        if "," in now:
            options.append(Option(now, ", ".join(self.say(name, v) for v in now.split(",")), chosen=True))
        return options

    def say(self, dimension: str, value: str) -> str:
        """What people call a value of a dimension."""
        if dimension == "touchpoint" and value:
            return touchpoint_name(value, self.extent.touchpoints)
        return code_name(dimension, value)

    def more(self) -> list[tuple[str, str, str]]:
        """Conditions that have no select: dimension, values in words, address without them."""
        return [
            (
                dimension_name(name),
                ", ".join(self.say(name, v) for v in values),
                self.query(**{name: None}) or "?",
            )
            for name, values in self.asked.where.items()
            if name not in IN_THE_BAR
        ] + [
            (
                _("Only journeys"),
                condition_words(part, self.say),
                self.query(where=_text(without_part(self.said, part))) or "?",
            )
            for part in parts_of(self.said)
        ]

    @property
    def where(self) -> str:
        """What the filter language says, as text."""
        return _text(self.said) or ""

    @property
    def scope_words(self) -> str:
        """Which rows this person sees, if not all."""
        functions = self.scope.where.get("function")
        if functions is None:
            return ""
        names = ", ".join(code_name("function", name) for name in functions if name in FUNCTIONS)
        if not names:
            return _("Your account has no function yet: ask an administrator to set it.")
        return _("You see the touchpoints of your function: %(function)s.") % {"function": names}

    @property
    def compare_words(self) -> str:
        """What the figures are compared with."""
        return formats.period_text(self.compare) if self.compare else ""


def _text(condition: Condition) -> str | None:
    return None if condition == EVERY else write_filter(condition)


def short_span(span: Period) -> str:
    """Whole months by their names, other spans by their days."""
    if span.whole() not in {"month", "quarter", "year"}:
        return formats.period_text(span)
    first, last = (date_format(day, "M Y") for day in (span.start, span.last))
    if formats.reader_language() == "it":  # Italian writes months small
        first, last = first.lower(), last.lower()
    return first if first == last else f"{first} – {last}"


def _period(query: QueryDict, held: Extent, today: date, notes: list[str]) -> tuple[Period, dict[str, str]]:
    text = query.get("period", "").strip()
    fallback = named_span("12m", held.first, held.last) or Period(today - timedelta(days=365), today)
    if text == "custom":
        first, last = query.get("from", "").strip(), query.get("to", "").strip()
        text = f"{first}..{last}"
        if not first or not last:
            notes.append(
                _("Give both the first and the last day; meanwhile the page shows the last 12 months.")
            )
            return fallback, {}
    if not text:
        return fallback, {}
    if text in NAMED:
        return named_span(text, held.first, held.last) or fallback, {"period": text}
    span = _written(text[:LONGEST])
    if span is not None:
        return span, {"period": text}
    notes.append(
        _("“%(text)s” is not a period: write 2026, 2026-Q3, 2026-09 or 2026-01-01..2026-03-31.")
        % {"text": text[:LONGEST]}
    )
    return fallback, {}


def _written(text: str) -> Period | None:
    """The period that a text says; None where it says none, or one before or after all customers."""
    try:
        span = Period.parse(text)
    except BadPeriod:
        return None
    return span if EARLIEST <= span.start.year <= span.end.year <= LATEST else None


def _comparison(query: QueryDict, period: Period, notes: list[str]) -> tuple[Period | None, dict[str, str]]:
    text = query.get("compare", "").strip() or "previous"
    if text not in COMPARISONS:
        notes.append(_("“%(text)s” is not a comparison.") % {"text": text[:LONGEST]})
        text = "previous"
    kept = {} if text == "previous" else {"compare": text}
    try:
        spans = {"previous": period.previous, "year": period.year_before}
        return (spans[text]() if text in spans else None), kept
    except (BadPeriod, ValueError, OverflowError):  # before the first year of the calendar
        return None, kept


def _language(
    query: QueryDict, notes: list[str], *, sees_customers: bool
) -> tuple[dict[str, tuple[str, ...]], Condition]:
    """Dimensions with their values, and what else the filter language says in the address."""
    try:
        condition = read_filter(query.get("where", ""))
    except BadFilter as error:
        said = {"at": error.at, "near": error.text[error.at - 1 : error.at + 19].strip()}
        notes.append(
            _("The filter is not understood from character %(at)d on (“%(near)s”) and was left out.") % said
            if said["near"]
            else _("The filter ends too early and was left out.")
        )
        return {}, EVERY
    if personal(condition) and not sees_customers:
        notes.append(_("Single customers can be picked only by people who may see customers."))
        return {}, EVERY
    simple: dict[str, tuple[str, ...]] = {}
    rest: list[Condition] = []
    for part in parts_of(condition):
        found = _dimension(part, query)
        if found is None or found[0] in simple:
            rest.append(part)
        else:
            simple[found[0]] = found[1]
    return simple, all_of(rest)


def _dimension(part: Condition, query: QueryDict) -> tuple[str, tuple[str, ...]] | None:
    """A part that can stand as `name=value,value` in the address, narrowed by what stands there already."""
    for name, values in population_part(part)[0].where.items():
        others = _given(query, name)
        common = tuple(value for value in values if not others or value in others)
        if common and not any("," in value for value in values):
            return name, common
    return None


def _known(held: Extent) -> dict[str, Sequence[Any]]:
    """Values that there are, of dimensions of which all are known."""
    return {
        "segment": tuple(SEGMENTS), "channel": tuple(CHANNELS), "phase": tuple(PHASES),
        "touchpoint": tuple(held.touchpoints), "function": tuple(FUNCTIONS),
    }  # fmt: skip


def _strangers(condition: Condition, held: Extent) -> list[str]:
    """What to say of values that there are not: nothing is left out for them, but nothing has them either."""
    known = _known(held)
    sentence = _("There is no “%(value)s” in %(dimension)s.")
    return [
        sentence % {"value": value[:LONGEST], "dimension": dimension_name(one.name).lower()}
        for one in dict.fromkeys(conditions(condition))
        if isinstance(one, Among) and known.get(one.name)
        for value in one.values
        if value not in known[one.name]
    ][:5]


def _given(query: QueryDict, name: str) -> list[str]:
    return [value.strip() for value in query.get(name, "").split(",") if value.strip()]


def _population(
    query: QueryDict, held: Extent, notes: list[str], simple: Mapping[str, tuple[str, ...]]
) -> tuple[Population, dict[str, str]]:
    known = _known(held)
    where: dict[str, tuple[str, ...]] = {}
    for name in DIMENSIONS:
        wanted = tuple(dict.fromkeys(simple.get(name) or _given(query, name)))[:20]
        unknown = [
            v for v in wanted if (name in known and v not in known[name]) or len(v) > LONGEST or "\0" in v
        ]
        sentence = _("There is no “%(value)s” in %(dimension)s; this filter was left out.")
        notes += [
            sentence % {"value": value[:LONGEST].replace("\0", ""), "dimension": dimension_name(name).lower()}
            for value in unknown
        ]
        if good := tuple(v for v in wanted if v not in unknown):
            where[name] = good
    population = EVERYBODY.narrowed(**where)
    return population, {name: ",".join(values) for name, values in where.items()}
