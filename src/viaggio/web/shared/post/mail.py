"""Mail: a message made of a row, and its way to the SMTP server.

The Message-ID is made of the row's key and sealed with the server's key: the same for every try, so that a
repeat can be recognised, and known again when a message comes back, so that nobody can have an address struck
off by inventing a bounce.
"""

import hashlib
import hmac
import re
import smtplib
import ssl
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr
from types import TracebackType
from typing import Self

from django.conf import settings

from viaggio.web.shared.models.outgoing import Outgoing
from viaggio.web.shared.post.outcome import Outcome
from viaggio.web.shared.post.setup import MailServer

TIMEOUT = 20.0  # seconds for each word to the server
SEAL = 20  # hex digits
LONGEST_HEADER = 900  # signs in a line (RFC 5322 allows 998): a link that is folded or encoded is no link
UNSENDABLE = (ValueError, KeyError, IndexError, MessageError)
"""What the standard library says of an address or header that can not stand in a mail."""
_ID = re.compile(r"<?([A-Za-z0-9_.-]+)\.([0-9a-f]{20})@[^>\s]+>?")
_ADDRESS = re.compile(r"<?[^\s<>@:;,]+@[^\s<>@:;,]+>?")
_NO_SUCH_PERSON = re.compile(r"\b5\.1\.(?:1|2|3|6|10)\b")
_POLICY = re.compile(r"\b5\.7\.\d+\b")
_FULL = re.compile(r"\b[45]\.2\.2\b")


def message_id(key: str, domain: str) -> str:
    """The Message-ID of the row of this key, always the same."""
    return f"<{key.replace(':', '.')}.{_seal(key)}@{domain}>"


def key_of(text: str) -> str | None:
    """The key in a Message-ID of ours, None when it is not ours."""
    found = _ID.fullmatch(text.strip())
    if found is None:
        return None
    key = found[1].replace(".", ":")
    return key if hmac.compare_digest(found[2], _seal(key)) else None


def _seal(key: str) -> str:
    secret = f"viaggio.post.message-id:{settings.SECRET_KEY}".encode()
    return hmac.new(secret, key.encode(), hashlib.sha256).hexdigest()[:SEAL]


def without_addresses(text: str) -> str:
    """What a server said, in one line, fit for pages and logs."""
    return _ADDRESS.sub("…", " ".join(text.split()))[:300]


def composed(row: Outgoing, server: MailServer) -> EmailMessage:
    """The mail of a row: text, HTML where there is some, the row's own headers, a stable id and date."""
    said = row.payload
    message = EmailMessage(policy=SMTP)
    name, address = parseaddr(server.sender)
    message["From"] = Address(said.get("from_name") or name, addr_spec=address)
    message["To"] = Address(addr_spec=row.to)
    message["Subject"] = " ".join(str(said["subject"]).split())
    message["Date"] = format_datetime(row.queued_at)
    message["Message-ID"] = message_id(row.key, server.domain)
    message["Auto-Submitted"] = "auto-generated"
    if said.get("reply_to"):
        message["Reply-To"] = said["reply_to"]
    for header, value in said.get("headers", {}).items():
        message[header] = value
    message.set_content(said["text"], cte="quoted-printable")
    if said.get("html"):
        message.add_alternative(said["html"], subtype="html", cte="quoted-printable")
    return message


class Postman:
    """One connection to the mail server, opened when it is needed and kept for a batch."""

    def __init__(self, server: MailServer) -> None:
        self.server = server
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hang_up()

    def send(self, row: Outgoing) -> Outcome:
        """Hand one mail to the server; whatever goes wrong comes back as an outcome."""
        try:
            message = composed(row, self.server)
        except UNSENDABLE as error:  # an address or header that can not stand in a mail
            return Outcome(state="failed", answer=type(error).__name__, reason="unsendable")
        try:
            return self._handed(self._connected(), row.to, message)
        except smtplib.SMTPResponseException as error:  # greeting, sign-in: no fault of this mail
            self._hang_up()
            return Outcome(state="later", answer=_said(error.smtp_code, error.smtp_error))
        except (smtplib.SMTPException, OSError) as error:
            self._hang_up()
            return Outcome(state="later", answer=without_addresses(f"{type(error).__name__}: {error}"))

    def _connected(self) -> smtplib.SMTP:
        if self._smtp is not None:
            return self._smtp
        server = self.server
        if server.encryption == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=TIMEOUT, context=ssl.create_default_context()
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
        self._smtp = smtp
        if server.encryption == "starttls":
            smtp.starttls(context=ssl.create_default_context())
        smtp.ehlo_or_helo_if_needed()
        if server.user:
            smtp.login(server.user, server.password)
        return smtp

    def _handed(self, smtp: smtplib.SMTP, to: str, message: EmailMessage) -> Outcome:
        international = not to.isascii()
        if international and not smtp.has_extn("smtputf8"):
            return Outcome(state="failed", answer="no SMTPUTF8", reason="unsendable")
        words = message.as_bytes(
            policy=(SMTPUTF8 if international else SMTP).clone(max_line_length=LONGEST_HEADER)
        )
        code, said = smtp.mail(
            self.server.returns or self.server.address, ["SMTPUTF8"] if international else []
        )
        if code != 250:
            smtp.rset()
            return Outcome(state="later", answer=_said(code, said))
        code, said = smtp.rcpt(to)
        if code not in {250, 251}:
            smtp.rset()
            return refused(code, _text(said))
        code, said = smtp.data(words)
        if code == 250:
            return Outcome(state="sent", answer=_said(code, said))
        return refused(code, _text(said), at_recipient=False)

    def _hang_up(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        try:
            smtp.quit()
        except (smtplib.SMTPException, OSError):
            smtp.close()


def refused(code: int, said: str, *, at_recipient: bool = True) -> Outcome:
    """What a server's refusal means (RFC 5321 4.2.1, enhanced codes of RFC 3463).

    4xx and a full mailbox: later. 5xx to the recipient: the address is no good, unless it is a policy (5.7.x)
    that would refuse anybody. 5xx to the words of the mail: this mail never, the address may be fine, unless
    the code says that there is no such person.
    """
    answer = _said(code, said)
    if code < 500 or _FULL.search(said):
        return Outcome(state="later", answer=answer)
    if _NO_SUCH_PERSON.search(said) or (at_recipient and not _POLICY.search(said)):
        return Outcome(state="bounced", answer=answer, reason="refused_by_server")
    return Outcome(state="failed", answer=answer, reason="refused_by_server")


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said


def _said(code: int, said: bytes | str) -> str:
    return without_addresses(f"{code} {_text(said)}")
