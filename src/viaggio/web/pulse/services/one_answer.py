"""One answer whole: every question with its wording, what was said, and the journey around it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from viaggio.customer.model import Moment
from viaggio.kernel import utc_micros
from viaggio.pulse.questionnaire import (
    NOT_APPLICABLE,
    OTHER,
    RATINGS,
    Item,
    ItemKind,
    Questionnaire,
    piped,
    scale_of,
    visible,
)
from viaggio.web.pulse.models import Response
from viaggio.web.pulse.plan_words import ASKED_BY
from viaggio.web.pulse.services.overview import name_of
from viaggio.web.pulse.services.response_pages import flags_of, names_of, score_of
from viaggio.web.pulse.services.staff_scope import Catalogue, catalogue, engine_or_none
from viaggio.web.pulse.services.versions import questionnaire_of
from viaggio.web.pulse.words import KINDS
from viaggio.web.shared import formats
from viaggio.web.shared.charts.line import phase_mark
from viaggio.web.shared.customer_names import pseudonym
from viaggio.web.shared.names import PHASES, code_name, touchpoint_name

AROUND = 5
"""Moments shown on each side."""
AFTER_DAYS = 60
MOST = 300
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOMENTS = {
    "interactions": gettext_lazy("Interaction"),
    "visits": gettext_lazy("Visit"),
    "orders": gettext_lazy("Order"),
    "payments": gettext_lazy("Payment"),
    "contracts": gettext_lazy("Contract"),
    "answers": pgettext_lazy("moment", "Answer"),
    "texts": gettext_lazy("Words"),
    "referrals": gettext_lazy("Recommendation"),
}
"""What one moment is called; costs and consents are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One question and what was answered; `given` empty when nothing was, `lines` for ratings in rows."""

    key: str
    text: str
    kind: str
    given: str
    lines: tuple[tuple[str, str], ...]
    comment: bool
    item_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One moment before or after the answer."""

    at: datetime
    title: str
    kind: str
    channel: str
    phase: str
    mark: SafeString


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPage:
    """Everything of the page; `customer` 0 for a visit to an open link."""

    response: Response
    pulse: str
    score: str
    tone: str
    version: int
    touchpoint: str
    channel: str
    asked_by: str
    given: tuple[Given, ...]
    flags: tuple[str, ...]
    customer: int
    who: str
    before: tuple[Step, ...]
    after: tuple[Step, ...]


def answer_page(response: Response) -> AnswerPage:
    """The page of one response, for somebody who may see customers."""
    known = catalogue()
    asked = questionnaire_of(response.version_id)
    score, tone = score_of(response)
    customer = response.invitation.customer if response.invitation else 0
    before, after = _around(response, customer, known)
    return AnswerPage(
        response=response,
        pulse=name_of(response.pulse),
        score=score,
        tone=tone,
        version=response.version.number,
        touchpoint=touchpoint_name(response.touchpoint, known) if response.touchpoint else "",
        channel=code_name("channel", response.channel) if response.channel else "",
        asked_by=str(ASKED_BY.get(response.asked_by, response.asked_by)),
        given=tuple(_given(response, asked)),
        flags=tuple(flags_of(response)),
        customer=customer,
        who=names_of([customer]).get(customer) or pseudonym(customer or None),
        before=before,
        after=after,
    )


# --- what was asked and answered -------------------------------------------------------------------------


def _given(response: Response, asked: Questionnaire) -> Iterator[Given]:
    """The questions that this person was shown, in their order and language."""
    language = asked.language(response.language)
    shown = set(visible(asked, response.answers, response.shown))
    for item in asked.items:
        if item.key not in shown and item.key not in response.answers:
            continue
        value = response.answers.get(item.key)
        other = response.answers.get(f"{item.key}.{OTHER}")
        lines = tuple(_lines(item, value, language)) if isinstance(value, Mapping) else ()
        yield Given(
            key=item.key,
            text=piped(item.text.text(language), asked, response.answers, response.shown, language),
            kind=str(KINDS[item.kind]),
            given="" if lines else said(item, value, language, other),
            lines=lines,
            comment=item.kind is ItemKind.COMMENT,
            item_version=item.version,
        )


def _lines(item: Item, value: Mapping[str, Any], language: str) -> Iterator[tuple[str, str]]:
    for row in item.rows:
        if row.key in value:
            yield row.text.text(language), said(item, value[row.key], language)


def said(item: Item, value: Any, language: str, other: Any = None) -> str:
    """An answer in words; empty when nothing was answered."""
    if value is None or value in ("", []):
        return str(other) if other else ""
    if value == NOT_APPLICABLE:
        return _("does not apply")
    if isinstance(value, list):
        return _listed(item, [_option(item, each, language, other) for each in value])
    if item.kind in RATINGS or item.kind is ItemKind.MATRIX:
        return _("%(given)s out of %(most)s") % {"given": value, "most": scale_of(item).highest}
    if item.options or value == OTHER:
        return _option(item, value, language, other)
    return _plain(value)


def _listed(item: Item, names: Sequence[str]) -> str:
    if item.kind is ItemKind.RANKING:
        return " · ".join(f"{place}. {name}" for place, name in enumerate(names, start=1))
    return ", ".join(names)


def _plain(value: Any) -> str:
    if not isinstance(value, int | float):
        return str(value)
    return formats.number(value, 0 if float(value).is_integer() else 2)


def _option(item: Item, key: Any, language: str, other: Any) -> str:
    if key == OTHER:
        return str(other) if other else item.other.text(language)
    return next((option.text.text(language) for option in item.options if option.key == key), str(key))


# --- the journey around it -------------------------------------------------------------------------------


def _around(response: Response, customer: int, known: Catalogue) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """The moments just before and after, oldest first; none where the customer is not known."""
    from viaggio.store.history import UnknownCustomer, cursor_before, customer_record

    engine = engine_or_none()
    if engine is None or not customer:
        return (), ()
    at = utc_micros(response.started_at)
    later = utc_micros(response.started_at + timedelta(days=AFTER_DAYS))
    try:
        older = customer_record(engine, customer, limit=AROUND * 8, cursor=cursor_before(at)).timeline
        newer = customer_record(engine, customer, limit=MOST, cursor=cursor_before(later)).timeline
    except UnknownCustomer:
        return (), ()
    before = _each_once([moment for moment in older if _counts(moment, response)])[:AROUND]
    after = _each_once([m for m in newer if m.at >= at and _counts(m, response)])[-AROUND:]
    return _steps(before[::-1], known), _steps(after[::-1], known)


def _each_once(moments: Sequence[Moment]) -> list[Moment]:
    """One moment for the answers of a response, and none for a visit whose interactions are there."""
    seen: set[tuple[str, object]] = set()
    visits = {moment.detail.get("episode") for moment in moments if moment.what == "interactions"}
    found = []
    for moment in moments:
        key = (moment.what, moment.detail.get("response") or moment.id)
        if key in seen or (moment.what == "visits" and moment.id in visits):
            continue
        seen.add(key)
        found.append(moment)
    return found


def _counts(moment: Moment, response: Response) -> bool:
    return moment.what in MOMENTS and moment.detail.get("response") != response.pk


def _steps(moments: Sequence[Moment], known: Catalogue) -> tuple[Step, ...]:
    return tuple(
        Step(
            at=_EPOCH + timedelta(microseconds=moment.at),
            title=touchpoint_name(moment.touchpoint, known)
            if moment.touchpoint
            else str(MOMENTS[moment.what]),
            kind=str(MOMENTS[moment.what]),
            channel=code_name("channel", moment.channel) if moment.channel else "",
            phase=str(PHASES.get(moment.phase or "", "")),
            mark=phase_mark(moment.phase or ""),
        )
        for moment in moments
    )
