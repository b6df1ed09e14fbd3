"""Answers one by one: the list of a pulse with its filters, and one answer with the journey around it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from viaggio.pulse.questionnaire import Feeds, ItemKind, scale_of
from viaggio.web.pulse.models import Pulse, Response
from viaggio.web.pulse.plan_words import ASKED_BY
from viaggio.web.pulse.services.staff_scope import Catalogue, Sight, catalogue, engine_or_none
from viaggio.web.pulse.services.versions import questionnaire_of
from viaggio.web.shared import formats
from viaggio.web.shared.customer_names import pseudonym
from viaggio.web.shared.names import code_name, dimension_name, touchpoint_name
from viaggio.web.shared.voices import masked, tone_of

PAGE = 50
MOST_FROM_FACTS = 50_000
"""Answers that a filter by what only the facts know looks at."""
RECORDED = ("touchpoint", "channel", "language", "asked_by")
"""Dimensions that a response knows itself."""
FROM_FACTS = ("segment", "region")
STATES = {"complete": gettext_lazy("to the end"), "partial": gettext_lazy("in part")}
BANDS = {
    "pro": gettext_lazy("promoters (9–10)"),
    "pas": gettext_lazy("passives (7–8)"),
    "det": gettext_lazy("detractors (0–6)"),
}
_BOUNDS = {"pro": (9, 10), "pas": (7, 8), "det": (0, 6)}
_MAIN = (Feeds.NPS, Feeds.CSAT, Feeds.CES, Feeds.REVIEW)
NOT_STATED = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Select:
    """One filter: its name in the address, its label, its options and the chosen one."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    chosen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One response of the list. `tone` is det, pas or pro by its score; `customer` 0 for nobody."""

    id: str
    at: datetime
    state: str
    score: str
    tone: str
    body: str
    language: str
    touchpoint: str
    channel: str
    asked_by: str
    flagged: bool
    customer: int
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One page of the list; `hidden` when there are too few to show without pointing at persons."""

    lines: tuple[Line, ...]
    page: "Page[Any]"
    total: int
    hidden: bool
    selects: tuple[Select, ...]
    query: str
    filtered: bool

    @property
    def customers(self) -> list[int]:
        """Whose answers are seen."""
        return sorted({line.customer for line in self.lines if line.customer})


def listed(pulse: Pulse, sight: Sight, query: Mapping[str, str], *, number: int) -> Listed:
    """Newest first; what the address asks for and is not known is left out."""
    known = catalogue()
    chosen = {name: value for name, value in query.items() if value and name in _known_names()}
    rows = _filtered(sight.responses().filter(pulse=pulse), pulse, chosen)
    keys: Any = _only_with(rows, pulse, chosen) if set(chosen) & set(FROM_FACTS) else rows
    total = len(keys) if isinstance(keys, list) else keys.count()
    hidden = 0 < total < sight.minimum
    page = Paginator(keys if isinstance(keys, list) else keys.values_list("pk", flat=True), PAGE).get_page(
        number
    )
    shown = [] if hidden else _lines(list(page.object_list), sight, known)
    from urllib.parse import urlencode

    return Listed(
        lines=tuple(shown),
        page=page,
        total=total,
        hidden=hidden,
        selects=tuple(_selects(pulse, sight, chosen, known)),
        query=urlencode(chosen),
        filtered=bool(chosen),
    )


def _known_names() -> set[str]:
    return {"wave", "state", "band", *RECORDED, *FROM_FACTS}


def _filtered(rows: QuerySet[Response], pulse: Pulse, chosen: Mapping[str, str]) -> QuerySet[Response]:
    if "wave" in chosen:
        rows = rows.filter(wave__code=chosen["wave"])
    if chosen.get("state") in STATES:
        rows = rows.filter(state=chosen["state"])
    for name in RECORDED:
        if name in chosen:
            rows = rows.filter(**{name: "" if chosen[name] == NOT_STATED else chosen[name]})
    if chosen.get("band") in _BOUNDS:
        rows = rows.filter(_in_band(pulse, *_BOUNDS[chosen["band"]]))
    return rows.order_by("-changed_at", "id")


def _in_band(pulse: Pulse, low: int, high: int) -> Q:
    """Responses whose answer to recommendation lies within; keys differ from version to version."""
    wanted = Q(pk__in=[])
    for version, key in _nps_keys(pulse).items():
        wanted |= Q(version=version, **{f"answers__{key}__gte": low, f"answers__{key}__lte": high})
    return wanted


def _nps_keys(pulse: Pulse) -> dict[int, str]:
    """The key of the question about recommendation by version, where a version asks it."""
    found: dict[int, str] = {}
    for version in pulse.questionnaire.versions.exclude(published_at=None).values_list("pk", flat=True):
        keys = [item.key for item in questionnaire_of(version).items if item.metric is Feeds.NPS]
        found |= {version: keys[0]} if keys else {}
    return found


def _only_with(rows: QuerySet[Response], pulse: Pulse, chosen: Mapping[str, str]) -> list[str]:
    """The keys of those rows that the facts place in a segment or region, in the order of the rows."""
    engine = engine_or_none()
    if engine is None:
        return []
    facts = engine.tables().coverage
    facts = facts.filter(facts.source == "pulse", facts.pulse == pulse.slug, facts.response.notnull())
    for name in FROM_FACTS:
        if name in chosen:
            wanted = "" if chosen[name] == NOT_STATED else chosen[name]
            facts = facts.filter(facts[name].fill_null("") == wanted)
    there = set(engine.run(facts.select("response").distinct())["response"].to_pylist())
    return [key for key in rows.values_list("pk", flat=True)[:MOST_FROM_FACTS] if key in there]


def _selects(pulse: Pulse, sight: Sight, chosen: Mapping[str, str], known: Catalogue) -> list[Select]:
    rows = sight.responses().filter(pulse=pulse).order_by()
    waves = [(code, code) for code in pulse.waves.values_list("code", flat=True).order_by("-code")]
    made = [_select("wave", _("Wave"), waves, chosen)]
    made.append(_select("state", _("Answered"), [(k, str(v)) for k, v in STATES.items()], chosen))
    if _nps_keys(pulse):
        made.append(_select("band", _("Recommendation"), [(k, str(v)) for k, v in BANDS.items()], chosen))
    for name in RECORDED:
        values = sorted(set(rows.values_list(name, flat=True).distinct()))
        label = _("Asked over") if name == "asked_by" else dimension_name(name)
        options = [(value or NOT_STATED, _named(name, value, known)) for value in values]
        if len(options) > 1 or name in chosen:
            made.append(_select(name, label, options, chosen))
    for name in FROM_FACTS:
        if name in chosen:
            value = "" if chosen[name] == NOT_STATED else chosen[name]
            made.append(_select(name, dimension_name(name), [(chosen[name], code_name(name, value))], chosen))
    return made


def _named(name: str, value: str, known: Catalogue) -> str:
    if name == "touchpoint" and value:
        return touchpoint_name(value, known)
    return str(ASKED_BY.get(value, value)) if name == "asked_by" else code_name(name, value)


def _select(name: str, label: str, options: Sequence[tuple[str, str]], chosen: Mapping[str, str]) -> Select:
    return Select(name=name, label=label, options=tuple(options), chosen=chosen.get(name, ""))


def _lines(keys: Sequence[str], sight: Sight, known: Catalogue) -> list[Line]:
    found = Response.objects.select_related("invitation").in_bulk(list(keys))
    rows = [found[key] for key in keys if key in found]
    names = names_of([_customer(row) for row in rows]) if sight.sees_customers else {}
    return [_line(row, sight, known, names) for row in rows]


def _customer(row: Response) -> int:
    return row.invitation.customer if row.invitation else 0


def _line(row: Response, sight: Sight, known: Catalogue, names: Mapping[int, str]) -> Line:
    score, tone = score_of(row)
    body = comment_of(row)
    customer = _customer(row) if sight.sees_customers else 0
    return Line(
        id=row.pk,
        at=row.completed_at or row.changed_at,
        state=row.state,
        score=score,
        tone=tone,
        body=Truncator(body if sight.sees_customers else masked(body)).chars(180),
        language=row.language,
        touchpoint=touchpoint_name(row.touchpoint, known) if row.touchpoint else "",
        channel=code_name("channel", row.channel) if row.channel else "",
        asked_by=str(ASKED_BY.get(row.asked_by, row.asked_by)),
        flagged=bool(flags_of(row)),
        customer=customer,
        who=names.get(customer) or pseudonym(customer or None),
    )


def names_of(customers: Sequence[int]) -> dict[int, str]:
    """Names of customers by key, where the facts know one."""
    engine = engine_or_none()
    keys = sorted({key for key in customers if key})
    if engine is None or not keys:
        return {}
    rows = engine.tables().customers
    rows = rows.filter(rows.customer.isin(keys), rows.name.notnull())
    return {row["customer"]: row["name"] for row in engine.run(rows.select("customer", "name")).to_pylist()}


def score_of(row: Response) -> tuple[str, str]:
    """The main score of a response and its tone; empty without one."""
    items = questionnaire_of(row.version_id).items
    for metric in _MAIN:
        for item in items:
            value = row.answers.get(item.key)
            if item.metric is metric and isinstance(value, int | float) and not isinstance(value, bool):
                scale = scale_of(item)
                tone = tone_of(float(value), float(scale.lowest), float(scale.highest))
                return formats.number(value), tone
    return "", ""


def comment_of(row: Response) -> str:
    """The first comment of a response; empty without one."""
    for item in questionnaire_of(row.version_id).items:
        value = row.answers.get(item.key)
        if item.kind is ItemKind.COMMENT and isinstance(value, str) and value.strip():
            return value.strip()
    return ""


FLAGS: Mapping[str, Any] = {
    "scanner": gettext_lazy("A program opened its link first."),
    "honeypot": gettext_lazy("A program opened a link that no person sees."),
    "all_links": gettext_lazy("All answers in the mail were opened, as mail filters do."),
    "many_links": gettext_lazy("Several answers in the mail were opened within a minute."),
    "too_fast": gettext_lazy("It was opened within seconds after the mail arrived."),
    "changed_after_end": gettext_lazy("It was changed after it had been finished."),
}


def flags_of(row: Response) -> list[str]:
    """What is odd about a response, in words."""
    return [str(FLAGS[flag]) for flag in row.flags if flag in FLAGS]
