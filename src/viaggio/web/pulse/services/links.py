"""Secret links of those who answer: derived from what they lead to with the server's key, never stored.

A token is a letter for its purpose, then what it leads to, then 96 bits of HMAC-SHA256 over both; letters and
digits only, so that no mail program cuts it off. A token of one purpose is refused for any other. How long a
link works stands in the records (`expires_at`, the wave), not in the token. Keys that were replaced go on
reading old links while they stand in `SECRET_KEY_FALLBACKS`.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from hmac import compare_digest
from string import ascii_letters, digits
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from viaggio.web.pulse.models import Invitation

SIGNS = digits + ascii_letters
SEAL_BYTES = 12
SEAL_LENGTH = 17  # base-62 digits of 96 bits
LONGEST = 400
_HEX = re.compile(r"[0-9a-f]{32}\Z")
_RAW, _TEXT = b"\x01", b"\x02"


class Purpose(StrEnum):
    """What a token is good for, by its first letter."""

    ANSWER = "a"  # answer one's own invitation
    ANONYMOUS = "n"  # answer without a name
    OPEN = "o"  # a link for everybody: QR, kiosk, widget, receipt
    RESPONSE = "r"  # go on with what was begun on an open link
    UNSUBSCRIBE = "u"
    MAIL = "m"  # look at the mail in the browser


@dataclass(frozen=True, slots=True)
class PersonalLink:
    """The link of one invitation."""

    invitation: str


@dataclass(frozen=True, slots=True)
class ResponseLink:
    """The link with which a response begun on an open link goes on."""

    response: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLink:
    """Where an open link hangs: its pulse (record id), how it asks, and about what."""

    pulse: int
    asked_by: str = "link"  # link, qr, kiosk, widget
    touchpoint: str = ""
    phase: str = ""
    channel: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnonymousLink:
    """An anonymous link: wave and questionnaire version (record ids), a mark that only the key explains."""

    wave: int
    version: int
    mark: str


type Link = PersonalLink | ResponseLink | OpenLink | AnonymousLink


def link_of(token: str) -> Link | None:
    """What an answer page's token leads to; None when the token is not ours or not for answering."""
    if invitation := invitation_of(token):
        return PersonalLink(invitation)
    if response := response_of(token):
        return ResponseLink(response)
    return open_link_of(token) or anonymous_link_of(token)


def token_of(invitation_id: str) -> str:
    """The token with which an invitation is answered; for anonymous pulses see `answer_token`."""
    return _sealed(Purpose.ANSWER, _packed(invitation_id))


def invitation_of(token: str) -> str | None:
    """The invitation id of an answer token, None when the token is not ours or for something else."""
    return _unpacked(_opened(Purpose.ANSWER, token))


def unsubscribe_token(invitation_id: str) -> str:
    """The token that stops all mail to the address of this invitation."""
    return _sealed(Purpose.UNSUBSCRIBE, _packed(invitation_id))


def unsubscribed_of(token: str) -> str | None:
    """The invitation id of an unsubscribe token, else None."""
    return _unpacked(_opened(Purpose.UNSUBSCRIBE, token))


def mail_token(invitation_id: str) -> str:
    """The token that shows an invitation's mail in the browser."""
    return _sealed(Purpose.MAIL, _packed(invitation_id))


def mailed_of(token: str) -> str | None:
    """The invitation id of a view-mail token, else None."""
    return _unpacked(_opened(Purpose.MAIL, token))


def response_token(response_id: str) -> str:
    """The token with which somebody goes on with a response begun on an open link."""
    return _sealed(Purpose.RESPONSE, _packed(response_id))


def response_of(token: str) -> str | None:
    """The response id of a response token, else None."""
    return _unpacked(_opened(Purpose.RESPONSE, token))


def open_token(link: OpenLink) -> str:
    """The token of a link that hangs somewhere for everybody."""
    parts = (str(link.pulse), link.asked_by, link.touchpoint, link.phase, link.channel, link.place)
    return _sealed(Purpose.OPEN, _TEXT + "\x1f".join(parts).encode())


def open_link_of(token: str) -> OpenLink | None:
    """What an open link's token says, else None."""
    parts = (_unpacked(_opened(Purpose.OPEN, token)) or "").split("\x1f")
    if len(parts) != 6:
        return None
    pulse, asked_by, touchpoint, phase, channel, place = parts
    return OpenLink(
        pulse=int(pulse),
        asked_by=asked_by,
        touchpoint=touchpoint,
        phase=phase,
        channel=channel,
        place=place,
    )


def anonymous_token(invitation_id: str, *, wave: int, version: int) -> str:
    """A token that proves an invitation without naming it: nobody without the key can tell whose it is."""
    mark = salted_hmac("viaggio.pulse.anonymous", invitation_id, algorithm="sha256").digest()[:8]
    return _sealed(Purpose.ANONYMOUS, _RAW + wave.to_bytes(4) + version.to_bytes(4) + mark)


def anonymous_link_of(token: str) -> AnonymousLink | None:
    """What an anonymous token says, else None."""
    body = _opened(Purpose.ANONYMOUS, token)
    if body is None or len(body) != 17:
        return None
    return AnonymousLink(
        wave=int.from_bytes(body[1:5]), version=int.from_bytes(body[5:9]), mark=body[9:].hex()
    )


def answer_token(invitation: Invitation) -> str:
    """The token for this invitation's mail: anonymous where its pulse is."""
    if invitation.pulse.anonymous:
        return anonymous_token(invitation.id, wave=invitation.wave_id, version=invitation.version_id)
    return token_of(invitation.id)


# --- paths, without scheme and host: put the public address before them ----------------------------


def answer_path(invitation: Invitation, *, language: str = "") -> str:
    """Path of the answer page; `language` is that of the mail (an anonymous link knows no other)."""
    wanted = language or (invitation.language if invitation.pulse.anonymous else "")
    path = reverse("pulse:answer", args=[answer_token(invitation)])
    return f"{path}?{urlencode({'l': wanted})}" if wanted else path


def prefill_path(invitation: Invitation, item: str, value: object, *, language: str = "") -> str:
    """Path of one button in the mail: opens the answer page with `value` for `item`."""
    wanted = language or (invitation.language if invitation.pulse.anonymous else "")
    said = {"q": item, "v": str(value)} | ({"l": wanted} if wanted else {})
    return f"{reverse('pulse:answer', args=[answer_token(invitation)])}?{urlencode(said)}"


def trap_path(invitation: Invitation) -> str:
    """Path of the link that no person sees in a mail: whoever opens it is a program."""
    return reverse("pulse:answer-more", args=[answer_token(invitation)])


def unsubscribe_path(invitation: Invitation) -> str:
    """Path for List-Unsubscribe and the footer: GET asks, POST does it (RFC 8058)."""
    return reverse("pulse:unsubscribe", args=[unsubscribe_token(invitation.id)])


def mail_path(invitation: Invitation) -> str:
    """Path of the mail as a page."""
    return reverse("pulse:mail", args=[mail_token(invitation.id)])


def open_path(link: OpenLink) -> str:
    """Path of an open link; a kiosk's has big buttons and starts again by itself."""
    name = "pulse:kiosk" if link.asked_by == "kiosk" else "pulse:answer"
    return reverse(name, args=[open_token(link)])


# --- sealing ----------------------------------------------------------------------------------------


def _sealed(purpose: Purpose, body: bytes) -> str:
    said = purpose + _base62(int.from_bytes(body))
    return said + _seal(said, settings.SECRET_KEY)


def _opened(purpose: Purpose, token: str) -> bytes | None:
    """The body of a token of ours for this purpose; None for anything else."""
    if not SEAL_LENGTH + 2 <= len(token) <= LONGEST or token[0] != purpose or not token.isascii():
        return None
    said, seal = token[:-SEAL_LENGTH], token[-SEAL_LENGTH:]
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if not any(compare_digest(seal, _seal(said, str(key))) for key in keys):
        return None
    number = 0
    for sign in said[1:]:
        number = number * 62 + SIGNS.index(sign)
    return number.to_bytes((number.bit_length() + 7) // 8)


def _seal(said: str, key: str) -> str:
    digest = salted_hmac("viaggio.pulse.link", said, secret=key, algorithm="sha256").digest()
    return _base62(int.from_bytes(digest[:SEAL_BYTES])).rjust(SEAL_LENGTH, "0")


def _base62(number: int) -> str:
    signs = []
    while number:
        number, last = divmod(number, 62)
        signs.append(SIGNS[last])
    return "".join(reversed(signs))


def _packed(key: str) -> bytes:
    """Hex ids take half the room; the first byte says which form it is and keeps leading zeros."""
    return _RAW + bytes.fromhex(key) if _HEX.match(key) else _TEXT + key.encode()


def _unpacked(body: bytes | None) -> str | None:
    if body is None:
        return None
    return body[1:].hex() if body[:1] == _RAW else body[1:].decode()
