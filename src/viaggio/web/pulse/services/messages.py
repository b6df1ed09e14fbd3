"""What is sent about an invitation: the invitation itself, a reminder, thanks; by mail or short message.

`queue_message` writes it in the invitation's language into the queue, once for each occasion. The first
question stands in the mail, each of its answers one tap away.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from viaggio.pulse.questionnaire import (
    RATINGS,
    Item,
    ItemKind,
    estimated_seconds,
    pages_shown,
    piped,
    scale_of,
)
from viaggio.web.pulse.models import Invitation
from viaggio.web.pulse.services import links, message_look
from viaggio.web.pulse.services.delivering import no_address
from viaggio.web.pulse.services.versions import questionnaire_of
from viaggio.web.shared.navigation import company_name
from viaggio.web.shared.post.queue import post
from viaggio.web.shared.post.setup import connections
from viaggio.web.shared.post.sms import plainer, segments

Occasion = Literal["invite", "reminder", "thanks"]
MOST_SEGMENTS = 2
MOST_BUTTONS = 11
ROW = 6  # buttons that fit beside each other on the narrowest phone


@dataclass(frozen=True, slots=True)
class Tap:
    """One answer in the mail."""

    label: str
    url: str
    spoken: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A mail as it is sent."""

    subject: str
    text: str
    html: str
    headers: Mapping[str, str] = field(default_factory=dict)


def queue_message(invitation: Invitation, kind: Occasion, now: datetime) -> bool:
    """Queue one message about an invitation, in the caller's transaction; False when nothing was queued.

    The same occasion is queued once, ever; reminders are told apart by `invitation.reminders`. Somebody
    without an address ends as `no_address`.
    """
    channel = {"email": "mail", "sms": "sms", "whatsapp": "whatsapp"}.get(invitation.asked_by)
    if channel is None:
        return False
    if not invitation.address:
        no_address(invitation.id, reason="no_address", now=now)
        return False
    occasion = f"reminder{invitation.reminders}" if kind == "reminder" else kind
    key = f"invitation:{invitation.id}:{occasion}"
    if channel != "mail":
        words = {"channel": channel, "text": short_message(invitation, kind)}
        return post("gateway", key, to=invitation.address, payload=words, due_at=now, now=now)
    made = mail_of(invitation, kind)
    payload = {
        "subject": made.subject,
        "text": made.text,
        "html": made.html,
        "headers": dict(made.headers),
        "from_name": company_name(),
    }
    return post("mail", key, to=invitation.address, payload=payload, due_at=now, now=now)


def mail_of(invitation: Invitation, kind: Occasion = "invite") -> Message:
    """The mail about an invitation, in its language."""
    with translation.override(_own_words(invitation.language)):
        page = _page(invitation, kind)
        page |= {"at": message_look.on_elements(), "sheet": message_look.element(whole=False)}
        unsubscribe = page["unsubscribe"]
        return Message(
            subject=str(page["subject"]),
            text=render_to_string("pulse/message/mail.txt", page).strip() + "\n",
            html=_tight(render_to_string("pulse/message/mail.html", page)),
            headers={
                "List-Unsubscribe": f"<{unsubscribe}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
        )


def page_of(invitation: Invitation, *, now: datetime) -> str:
    """The mail of an invitation as a page: the same words, styled by the sheet `message_look.sheet` alone."""
    with translation.override(_own_words(invitation.language)):
        page = _page(invitation, "invite")
        page |= {"at": message_look.by_class(), "sheet": message_look.element(whole=True)}
        return _tight(render_to_string("pulse/message/mail.html", page | {"in_browser": True}))


def short_message(invitation: Invitation, kind: Occasion = "invite") -> str:
    """The text of an SMS or WhatsApp message: at most two segments wherever names allow it."""
    with translation.override(_own_words(invitation.language)):
        company = company_name()
        about = invitation.shown.get("touchpoint", "") if kind != "thanks" else ""
        link = connections().address + links.answer_path(invitation)
        versions = [_short(kind, company, about, link), _short(kind, company, "", link), f"{company}: {link}"]
    texts = [plainer(version) for version in versions]
    return next((text for text in texts if segments(text) <= MOST_SEGMENTS), texts[-1])


def _short(kind: Occasion, company: str, about: str, link: str) -> str:
    if kind == "thanks":
        return _("%(company)s: thank you for your answers.") % {"company": company}
    said = {"company": company, "about": about, "link": link}
    if kind == "reminder" and about:
        return _("%(company)s: how was it (%(about)s)? You can still tell us: %(link)s") % said
    if kind == "reminder":
        return _("%(company)s: how was it with us? You can still tell us: %(link)s") % said
    if about:
        return _("%(company)s: how was it (%(about)s)? One tap is enough: %(link)s") % said
    return _("%(company)s: how was it with us? One tap is enough: %(link)s") % said


# --- what stands in a mail ---------------------------------------------------------------------------


def _own_words(language: str) -> str:
    """Our own words are Italian or English; around a third language English ones stand."""
    return language if language in dict(settings.LANGUAGES) else "en"


def _page(invitation: Invitation, kind: Occasion) -> dict[str, Any]:
    asked = questionnaire_of(invitation.version_id)
    spoken = asked.language(invitation.language)
    context = _context(invitation)
    base = connections().address

    def said(text: str) -> str:
        return piped(text, asked, {}, context, spoken)

    first = next((item for page in pages_shown(asked, {}, context) for item in page.items), None)
    taps = _taps(invitation, first, spoken, base) if first and kind != "thanks" else []
    minutes = max(1, round(estimated_seconds(asked, spoken) / 60))
    return {
        "language": spoken,
        "kind": kind,
        "company": company_name(),
        "subject": _subject(invitation, kind),
        "about": said(asked.intro.text(spoken, *asked.languages)) or said(asked.title.text(spoken)),
        "question": said(first.text.text(spoken, *asked.languages)) if first else "",
        "rows": first is not None and first.kind is ItemKind.SINGLE,
        "taps": taps,
        "halves": _halves(taps),
        "ends": _ends(first, spoken) if first else ("", ""),
        "minutes": minutes,
        "until": _day(invitation.expires_at),
        "answer": base + links.answer_path(invitation),
        "trap": base + links.trap_path(invitation),
        "use": base + reverse("pulse:answer-use", args=[links.answer_token(invitation)]),
        "unsubscribe": base + links.unsubscribe_path(invitation),
        "browser": base + links.mail_path(invitation),
    }


def _context(invitation: Invitation) -> dict[str, str]:
    known = {"touchpoint": invitation.touchpoint, "channel": invitation.channel, "company": company_name()}
    return {name: value for name, value in known.items() if value} | dict(invitation.shown)


def _day(when: datetime) -> str:
    return date_format(timezone.localtime(when), "j F")


def _subject(invitation: Invitation, kind: Occasion) -> str:
    company = company_name()
    order, about = invitation.shown.get("order", ""), invitation.shown.get("touchpoint", "")
    said = {"company": company, "order": order, "about": about}
    if kind == "thanks":
        return _("Thank you from %(company)s") % said
    if kind == "reminder":
        return _("You can still tell %(company)s how it was") % said
    if order:
        return _("Your order %(order)s: how was it?") % said
    if about:
        return _("%(about)s: how was it?") % said
    return _("How was it with %(company)s?") % said


def _taps(invitation: Invitation, item: Item, language: str, base: str) -> list[Tap]:
    """The answers of the first question as links; none where it can not be answered by one tap."""

    def tap(label: str, value: object, spoken: str = "") -> Tap:
        return Tap(label, base + links.prefill_path(invitation, item.key, value), spoken)

    if item.kind in RATINGS:
        scale = scale_of(item)
        if len(scale.values) > MOST_BUTTONS:
            return []
        most = scale.highest
        return [
            tap(
                f"{number}★" if item.kind is ItemKind.STARS else str(number),
                number,
                _("%(number)d out of %(most)d") % {"number": number, "most": most},
            )
            for number in scale.values
        ]
    if item.kind is ItemKind.SINGLE and len(item.options) <= MOST_BUTTONS:
        return [tap(option.text.text(language), option.key) for option in item.options]
    return []


def _halves(taps: list[Tap]) -> list[list[Tap]]:
    """The buttons as they stand side by side, or below each other on a phone: up to 6 in a row."""
    half = (len(taps) + 1) // 2
    return [taps[:half], taps[half:]] if len(taps) > ROW else [taps]


def _ends(item: Item, language: str) -> tuple[str, str]:
    """What the ends of the scale mean; the usual words where the questionnaire says none."""
    if item.kind not in RATINGS:
        return "", ""
    scale = scale_of(item)
    usual = {
        ItemKind.NPS: (_("not at all"), _("very much")),
        ItemKind.CSAT: (_("not at all"), _("completely")),
        ItemKind.CES: (_("very hard"), _("very easy")),
    }.get(item.kind, ("", ""))
    points = scale.points
    low = points[0].text(language) if points else scale.low.text(language) or usual[0]
    high = points[-1].text(language) if points else scale.high.text(language) or usual[1]
    return (f"{scale.lowest}, {low}" if low else "", f"{scale.highest}, {high}" if high else "")


def _tight(html: str) -> str:
    """Without the blanks that only people need: a mail stays small."""
    return "\n".join(line.strip() for line in html.splitlines() if line.strip()) + "\n"


__all__ = ["Message", "mail_of", "page_of", "queue_message", "short_message"]
