"""Rows of the facts `answers` and `texts` for responses, and for what anonymous boxes hold."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

from viaggio.journey.model import Phase
from viaggio.kernel import utc_micros
from viaggio.pulse.model import AskedUnit
from viaggio.pulse.questionnaire import AnswerRow, Scored, TextRow, scored
from viaggio.web.pulse.models import AnonymousBox, Response
from viaggio.web.pulse.services.answering import context_of
from viaggio.web.pulse.services.ledger_files import who
from viaggio.web.pulse.services.versions import questionnaire_of

type Rows = dict[str, list[dict[str, Any]]]
WITHDRAWN = "withdrawn"
"""Item of a row whose answer was taken back: facts are never deleted, so one that says so replaces it."""


def response_rows(response: Response, *, quota: bool) -> Rows:
    """What a response says now, one row per rated thing and one per text.

    `quota`: its pulse has quotas, so that its answers are never a base of pay.
    """
    questionnaire = questionnaire_of(response.version_id)
    found = scored(
        questionnaire,
        response.answers,
        response.language,
        touchpoint=response.touchpoint,
        phase=Phase(response.phase) if response.phase else None,
        context=context_of(response),
    )
    return _rows(found, response.id, _common(response), _marks(response, quota=quota))


def _common(response: Response) -> dict[str, Any]:
    """The columns that all rows of a response share; names of `answers`."""
    invitation = response.invitation
    at = utc_micros(response.completed_at or response.changed_at)
    common: dict[str, Any] = {
        "response": response.id,
        "pulse": response.pulse.slug,
        "wave": response.wave.code if response.wave else None,
        "channel": response.channel or None,
        "at": at,
    }
    if invitation is not None:
        ordered = invitation.unit == AskedUnit.ORDER
        common |= who(invitation)
        common["invitation"] = invitation.id
        common["weight_base"] = 1 / invitation.probability if invitation.probability > 0 else None
        common["order_id"] = invitation.about.partition(":")[2] if ordered else None
    return common


def _marks(response: Response, *, quota: bool) -> dict[str, Any]:
    """What a reader of a figure must know of this response: stands in the properties of its rows."""
    marks: dict[str, Any] = {"asked_by": response.asked_by}
    if response.state != "complete":
        marks["partial"] = True
    if quota:
        marks["quota"] = True
    flags = sorted(flag for flag in response.flags if ":" not in flag)
    return marks | _pace(response) | ({"flags": flags} if flags else {})


def _pace(response: Response) -> dict[str, int]:
    """Whole seconds from sending the request to opening the form, and from there to its end, where known."""
    pace = {}
    sent = response.invitation.sent_at if response.invitation else None
    if sent is not None:
        pace["waited_seconds"] = round((response.started_at - sent).total_seconds())
    if response.completed_at is not None:
        pace["took_seconds"] = round((response.completed_at - response.started_at).total_seconds())
    return {name: seconds for name, seconds in pace.items() if seconds >= 0}


def _rows(found: Scored, response: str, common: dict[str, Any], marks: dict[str, Any]) -> Rows:
    names = {key: value for key, value in common.items() if key != "at"}
    return {
        "answers": [_answer(row, response, names, common["at"], marks) for row in found.answers],
        "texts": [_text(row, response, names, common["at"], marks) for row in found.texts],
    }


def _answer(
    row: AnswerRow, response: str, common: dict[str, Any], at: int, marks: dict[str, Any]
) -> dict[str, Any]:
    columns = row.columns()
    own = json.loads(columns.pop("properties") or "{}")
    return {
        **common,
        **columns,
        "id": f"{response}:{row.item}",
        "answered_at": at,
        "properties": json.dumps(own | marks, ensure_ascii=False, sort_keys=True),
    }


_IN_TEXTS = ("response", "channel", "order_id", "customer_number", "email", "phone", "visitor", "account_id")


def _text(
    row: TextRow, response: str, common: dict[str, Any], at: int, marks: dict[str, Any]
) -> dict[str, Any]:
    told = {"item": row.item, "pulse": common["pulse"], "wave": common["wave"]} | marks
    return {
        **{name: common[name] for name in _IN_TEXTS if name in common},
        **row.columns(),
        "id": f"{response}:{row.item}",
        "written_at": at,
        "properties": json.dumps(told, ensure_ascii=False, sort_keys=True),
    }


def withdrawn_rows(response: Response, kept: Sequence[str]) -> Rows:
    """Rows in the stead of those that the facts know and the response says no more.

    The item is `withdrawn` and feeds nothing; a text has no words left.
    """
    common = _common(response)
    at = common.pop("at")
    gone: Rows = {"answers": [], "texts": []}
    texts = {item.key for item in questionnaire_of(response.version_id).items if item.kind == "comment"}
    for key in sorted(set(response.landed) - set(kept)):
        item = key.partition(":")[2]
        if item in texts or item.endswith(".other"):
            whose = {name: common[name] for name in _IN_TEXTS if name in common}
            gone["texts"].append(
                {**whose, "id": key, "kind": "answer", "public": False, "body": "", "written_at": at}
            )
        else:
            blank = {"item": WITHDRAWN, "metric": "other", "value": 0.0, "scale_min": 0.0, "scale_max": 0.0}
            gone["answers"].append({**common, **blank, "id": key, "answered_at": at})
    return gone


def anonymous_rows(boxes: Iterable[AnonymousBox], *, quota: bool) -> Rows:
    """What the boxes of one closed wave hold, as if it had all been said at the wave's end."""
    said: list[tuple[str, int, Any]] = []
    first: AnonymousBox | None = None
    for box in boxes:
        first = first or box
        said += [
            (json.dumps(each, sort_keys=True, ensure_ascii=False), box.version_id, each)
            for each in box.answers
        ]
    rows: Rows = {"answers": [], "texts": []}
    alike: dict[tuple[str, int], int] = defaultdict(int)
    assert first is not None
    wave = first.wave
    for text, version, each in sorted(said, key=lambda one: one[:2]):
        alike[text, version] += 1
        key = _content_id(wave.pk, version, text, alike[text, version])
        questionnaire = questionnaire_of(version)
        found = scored(questionnaire, each, questionnaire.languages[0])
        common = {
            "response": key,
            "pulse": wave.pulse.slug,
            "wave": wave.code,
            "channel": None,
            "at": utc_micros(wave.ends_at) - 1,  # inside the wave, whose end belongs to the next
        }
        marks = {"anonymous": True} | ({"quota": True} if quota else {})
        made = _rows(found, key, common, marks)
        for table, some in made.items():
            rows[table] += some
    return rows


def _content_id(wave: int, version: int, text: str, nth: int) -> str:
    """The id of an anonymous answer: from its content, and how many alike came before it in the sorting."""
    return sha256(f"{wave}\x1f{version}\x1f{text}\x1f{nth}".encode()).hexdigest()[:32]
