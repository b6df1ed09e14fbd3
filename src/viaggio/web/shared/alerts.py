"""Alerts: raised once for each key, by mail to who wants them and as a webhook.

Whether there is something to be alerted about is decided elsewhere, by a test; this only says it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from viaggio.kernel import Reading
from viaggio.web.shared import formats
from viaggio.web.shared.change import change
from viaggio.web.shared.models import Alert, AlertSubscription, User
from viaggio.web.shared.names import code_name, metric_short
from viaggio.web.shared.navigation import company_name
from viaggio.web.shared.permissions import may, scope_of
from viaggio.web.shared.post.queue import post
from viaggio.web.shared.post.setup import connections
from viaggio.web.shared.roles import Right
from viaggio.web.shared.webhooks import tell

KINDS: Mapping[str, Promise] = {
    "score.improved": gettext_lazy("A score has improved"),
    "score.worsened": gettext_lazy("A score has worsened"),
}
"""What people can be alerted of."""
EVENT = "alert.raised"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a test found: a reading, the one it is compared with, and the page that shows it.

    `of` says of whom: pairs of dimension and code, such as ("touchpoint", "courier"). `test` names the test,
    `p` is its adjusted p-value. `path` leads to the page, with its filters.
    """

    reading: Reading
    before: Reading | None
    of: tuple[tuple[str, str], ...] = ()
    test: str = ""
    p: float | None = None
    path: str = "/"
    names: Mapping[str, str] = field(default_factory=dict)  # of what it speaks of, by language


def wanting(kind: str, of: Iterable[tuple[str, str]] = ()) -> list[User]:
    """Who wants alerts of this kind by mail and may see the rows that it speaks of.

    Who sees only the own function's rows gets alerts that name that function.
    """
    about = dict(of)
    subscribed = AlertSubscription.objects.filter(kind=kind, user__is_active=True).select_related("user")
    return [
        it.user
        for it in subscribed.order_by("user_id")
        if may(it.user, Right.SEE_FIGURES) and _within(it.user, about)
    ]


def _within(user: User, about: Mapping[str, str]) -> bool:
    """Whether every limit of what the person may see is met by what the alert speaks of."""
    return all(about.get(dimension) in values for dimension, values in scope_of(user).where.items())


@transaction.atomic
def alert(kind: str, key: str, finding: Finding, recipients: Iterable[User], now: datetime) -> bool:
    """Raise an alert: one mail to each recipient and one webhook; False when `key` was raised before, ever.

    `kind` is one of `KINDS`; `key` names the change for ever (metric, rows, wave). Raises `KeyError`.
    """
    KINDS[kind]
    data = _data(kind, key, finding)
    raised, new = Alert.objects.get_or_create(
        key=key, defaults={"kind": kind, "data": data | _for_pages(finding), "raised_at": now}
    )
    if not new:
        return False
    event = f"alert_{sha256(key.encode()).hexdigest()[:32]}"
    tell(EVENT, event, data, now)
    for person in recipients:
        words = _words(kind, finding, person.language)
        post("mail", f"alert:{raised.pk}:{person.pk}", to=person.email, payload=words, due_at=now, now=now)
    return True


@transaction.atomic
def warn(
    kind: str, key: str, *, path: str, words: Callable[[str], tuple[str, str]], recipients: Iterable[User],
    now: datetime,
) -> bool:  # fmt: skip
    """Raise an alarm that no reading stands behind; False when `key` was raised before, ever.

    It goes by mail to the recipients and as a webhook. `words` gives subject and text of the mail in a
    language; `path` leads to the page. It is none of the alerts that people choose, nor in their list.
    """
    url = connections().address + path
    raised, new = Alert.objects.get_or_create(
        key=key, defaults={"kind": kind, "data": {"path": path}, "raised_at": now}
    )
    if not new:
        return False
    event = f"alert_{sha256(key.encode()).hexdigest()[:32]}"
    tell(EVENT, event, {"kind": kind, "key": key, "url": url}, now)
    for person in recipients:
        language = person.language if person.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            subject, text = words(language)
            mail = {"subject": subject, "text": f"{text}\n\n{url}\n", "from_name": company_name()}
        post("mail", f"alert:{raised.pk}:{person.pk}", to=person.email, payload=mail, due_at=now, now=now)
    return True


def _data(kind: str, key: str, finding: Finding) -> dict[str, Any]:
    """The event's data; readings as every interface gives them."""
    return {
        "kind": kind,
        "key": key,
        "of": dict(finding.of),
        "reading": finding.reading.plain(),
        "before": finding.before.plain() if finding.before else None,
        "test": finding.test,
        "p": finding.p,
        "url": connections().address + finding.path,
    }


def _for_pages(finding: Finding) -> dict[str, Any]:
    """What the record keeps beside the event: names by language, and the path of the page."""
    return {"names": dict(finding.names), "path": finding.path}


def _words(kind: str, finding: Finding, language: str) -> dict[str, Any]:
    """Subject and words of the mail, in the reader's language."""
    with translation.override(language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
        metric = metric_short(finding.reading.metric)
        codes = ", ".join(code_name(dimension, value) for dimension, value in finding.of)
        where = finding.names.get(language) or codes
        now_text = formats.reading_text(finding.reading)
        about = f"{metric}, {where}" if where else metric
        page = {
            "company": company_name(),
            "kind": KINDS[kind],
            "about": about,
            "value": now_text,
            "n": finding.reading.n,
            "before": formats.reading_text(finding.before) if finding.before else "",
            "change": change(finding.reading, finding.before).text if finding.before else "",
            "url": connections().address + finding.path,
            "stop": f"{connections().address}/connections/alerts/",
        }
        return {
            "subject": _("%(kind)s: %(about)s, %(value)s")
            % {"kind": KINDS[kind], "about": about, "value": now_text},
            "text": render_to_string("mail/alert.txt", page).strip() + "\n",
            "from_name": company_name(),
        }
