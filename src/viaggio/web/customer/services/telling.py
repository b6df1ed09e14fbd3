"""One moment of a customer as people read it: a title, notes, the customer's words, a score."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from viaggio.customer.model import Moment
from viaggio.web.customer.names import COSTS, METHODS, MOMENTS, OUTCOMES, PURPOSES, SCORES, name_of
from viaggio.web.shared import formats
from viaggio.web.shared.charts.line import phase_mark
from viaggio.web.shared.names import PHASES, PILLARS, SOURCES_OF_TEXT, code_name, touchpoint_name

type Catalogue = Mapping[str, Mapping[str, Any]]
type Detail = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One moment, ready to read: the phase's shape and name, the customer's own words in `body`."""

    time: str
    mark: SafeString
    phase: str
    title: str
    kind: str
    notes: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    lines: tuple[tuple[str, str], ...] = ()
    steps: tuple["Stop", ...] = ()
    body: str = ""
    language: str = ""
    score: str = ""
    tone: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One step of a visit, or several alike in a row: `times` is how many, empty for one."""

    mark: SafeString
    phase: str
    name: str
    times: str = ""


def entry(moment: Moment, local: datetime, catalogue: Catalogue) -> Entry:
    """One moment as people read it."""
    place = touchpoint_name(moment.touchpoint, catalogue) if moment.touchpoint else ""
    told = Entry(
        time=f"{local:%H:%M}",
        mark=phase_mark(moment.phase or ""),
        phase=phase_of(moment) or _("No phase"),
        title=place or name_of(MOMENTS, moment.what),
        kind=name_of(MOMENTS, moment.what),
        notes=(code_name("channel", moment.channel),) if moment.channel else (),
        source=moment.source,
    )
    tell = _TELLERS.get(moment.what)
    told = tell(told, moment, moment.detail) if tell else told
    return replace(told, steps=_stops(moment.detail.get("steps"), catalogue))


def _stops(steps: Any, catalogue: Catalogue) -> tuple[Stop, ...]:
    """The steps of a visit in their order, those alike in a row as one."""
    stops: list[Stop] = []
    for alike in groupby(steps or (), key=lambda step: (step.touchpoint, step.phase)):
        group = list(alike[1])
        name = touchpoint_name(group[0].touchpoint or "", catalogue)
        times = f"× {len(group)}" if len(group) > 1 else ""
        phase = phase_of(group[0])
        stops.append(
            Stop(mark=phase_mark(group[0].phase or "", size=11), phase=phase, name=name, times=times)
        )
    return tuple(stops)


def phase_of(moment: Moment) -> str:
    """The name of a moment's phase; empty where it has none."""
    known = PHASES.get(moment.phase or "")
    return str(known) if known is not None else ""


def _money(detail: Detail, name: str) -> str:
    return formats.money(detail[name], detail.get("currency"))


def _day(value: object) -> str:
    return formats.day(timezone.localtime(value)) if isinstance(value, datetime) else ""


def _interaction(told: Entry, _moment: Moment, detail: Detail) -> Entry:
    notes = list(told.notes)
    if detail.get("device"):
        notes.append(code_name("device", detail["device"]))
    if detail.get("value_cents"):
        notes.append(_("Value: %(amount)s") % {"amount": _money(detail, "value_cents")})
    if detail.get("cost_cents"):
        notes.append(_("Cost: %(amount)s") % {"amount": _money(detail, "cost_cents")})
    outcome = detail.get("outcome")
    tags = (_outcome(outcome),) if outcome and outcome != "viewed" else ()
    return replace(told, notes=tuple(notes), tags=tags)


def _outcome(code: str) -> str:
    return name_of(OUTCOMES, code) if code in OUTCOMES else code_name("outcome", code)


def _visit(told: Entry, _moment: Moment, detail: Detail) -> Entry:
    notes = list(told.notes)
    if detail.get("device"):
        notes.append(code_name("device", detail["device"]))
    if (pages := detail.get("pages")) is not None:
        text = ngettext("%(n)s page", "%(n)s pages", pages)
        notes.append(text % {"n": formats.number(pages)})
    if detail.get("seconds") is not None:
        notes.append(formats.duration(detail["seconds"]))
    tags = (_("reached its goal"),) if detail.get("converted") else ()
    return replace(told, title=_("Visit"), notes=tuple(notes), tags=tags)


def _order(told: Entry, moment: Moment, detail: Detail) -> Entry:
    notes = list(told.notes)
    if detail.get("total_cents") is not None:
        notes.insert(0, _money(detail, "total_cents"))
    if promised := _day(detail.get("promised_at")):
        notes.append(_("Promised: %(day)s") % {"day": promised})
    if delivered := _day(detail.get("delivered_at")):
        notes.append(_("Delivered: %(day)s") % {"day": delivered})
    tags = [code_name("status", detail["status"])] if detail.get("status") else []
    if (
        detail.get("promised_at")
        and detail.get("delivered_at")
        and detail["delivered_at"] > detail["promised_at"]
    ):
        tags.append(_("late"))
    lines = tuple(_line(line) for line in detail.get("lines", ()))
    title = _("Order %(id)s") % {"id": moment.id}
    return replace(told, title=title, notes=tuple(notes), tags=tuple(tags), lines=lines)


def _line(line: Detail) -> tuple[str, str]:
    pieces = line.get("quantity") or 1
    what = line.get("product") or code_name("category", line.get("category"))
    count = "" if pieces == 1 else f"{formats.number(pieces, 0 if float(pieces).is_integer() else 2)} × "
    return f"{count}{what}", _money(line, "amount_cents") if line.get("amount_cents") is not None else ""


def _payment(told: Entry, _moment: Moment, detail: Detail) -> Entry:
    notes = [_money(detail, "amount_cents")] if detail.get("amount_cents") is not None else []
    if detail.get("method"):
        notes.append(name_of(METHODS, detail["method"]))
    if (detail.get("instalments") or 1) > 1:
        notes.append(_("%(n)s instalments") % {"n": detail["instalments"]})
    title = (
        _("Payment for order %(id)s") % {"id": detail["order_id"]} if detail.get("order_id") else _("Payment")
    )
    return replace(told, title=title, notes=tuple(notes))


def _contract(told: Entry, _moment: Moment, detail: Detail) -> Entry:
    notes = []
    if detail.get("monthly_cents") is not None:
        notes.append(_("%(amount)s a month") % {"amount": _money(detail, "monthly_cents")})
    ended = _day(detail.get("ended_at"))
    notes.append(_("Ended: %(day)s") % {"day": ended} if ended else _("Running"))
    title = (
        _("Contract: %(product)s") % {"product": detail["product"]}
        if detail.get("product")
        else _("Contract")
    )
    return replace(told, title=title, notes=tuple(notes))


_ORDER_OF_SCORES = ("nps", "csat", "review", "ces")


def _answer(told: Entry, _moment: Moment, detail: Detail) -> Entry:
    given = detail["given"]
    ranked = sorted(
        given, key=lambda d: _ORDER_OF_SCORES.index(d["metric"]) if d["metric"] in _ORDER_OF_SCORES else 9
    )
    head = ranked[0]
    value, tone = _score(head["value"], head["scale_min"], head["scale_max"])
    said: dict[tuple[str, str], list[str]] = {}
    for item in ranked:
        said.setdefault((_item(item), _score_text(item["scale_max"])), []).append(_score_text(item["value"]))
    lines = tuple(
        (name, _("%(value)s of %(top)s") % {"value": ", ".join(values), "top": top})
        for (name, top), values in said.items()
    )
    title = _("Answers: %(place)s") % {"place": told.title} if told.title != told.kind else _("Answers")
    return replace(told, title=title, score=value, tone=tone, lines=lines)


def _item(detail: Detail) -> str:
    if detail.get("pillar"):
        return name_of(PILLARS, detail["pillar"])
    return (
        name_of(SCORES, detail["metric"]) if detail["metric"] in SCORES else code_name("item", detail["item"])
    )


def _score_text(value: float) -> str:
    return formats.number(value, 0 if float(value).is_integer() else 1)


def _score(value: float, low: float, high: float) -> tuple[str, str]:
    """The score as text and its tone: det, pas or pro."""
    if (low, high) == (0, 10):
        tone = "det" if value <= 6 else "pas" if value <= 8 else "pro"
    else:
        share = (value - low) / (high - low) if high > low else 0.5
        tone = "det" if share < 0.4 else "pas" if share < 0.7 else "pro"
    return _score_text(value), tone


def _text(told: Entry, _moment: Moment, detail: Detail) -> Entry:
    score, tone = "", ""
    if detail.get("rating") is not None:
        top = detail.get("rating_max") or 5.0
        score, tone = _score(detail["rating"], 0 if top == 10 else 1, top)
    kind = name_of(SOURCES_OF_TEXT, detail.get("kind"))
    title = f"{kind}: {told.title}" if told.title != told.kind else kind
    return replace(
        told,
        title=title,
        body=str(detail.get("body", "")),
        language=detail.get("language") or "",
        score=score,
        tone=tone,
    )


def _cost(told: Entry, moment: Moment, detail: Detail) -> Entry:
    place = (told.title,) if moment.touchpoint else ()
    notes = (_money(detail, "amount_cents"), *place)
    if detail.get("function"):
        notes = (*notes, code_name("function", detail["function"]))
    return replace(told, title=name_of(COSTS, detail.get("kind")), notes=notes)


def _consent(told: Entry, _moment: Moment, detail: Detail) -> Entry:
    given = _("Consent given: %(what)s") if detail.get("granted") else _("Consent withdrawn: %(what)s")
    return replace(told, title=given % {"what": name_of(PURPOSES, detail.get("purpose"))})


def _referral(told: Entry, _moment: Moment, detail: Detail) -> Entry:
    title = _("Recommended us to customer %(number)s") % {"number": detail.get("referred_number", "")}
    return replace(told, title=title, tags=(_("became a customer"),) if detail.get("converted") else ())


_TELLERS = {
    "interactions": _interaction,
    "visits": _visit,
    "orders": _order,
    "payments": _payment,
    "contracts": _contract,
    "answers": _answer,
    "texts": _text,
    "costs": _cost,
    "consents": _consent,
    "referrals": _referral,
}
