"""How mail and gateways are reached: from the environment or `connections.toml`, never `viaggio.toml`.

`connections.toml` stands beside the workspace's `secret.key`, or where VIAGGIO_CONNECTIONS says. The
environment goes before the file: VIAGGIO_ADDRESS, VIAGGIO_SMTP, VIAGGIO_MAIL_FROM, and VIAGGIO_SMS and
VIAGGIO_WHATSAPP, each with the gateway's table as JSON.
"""

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings

from viaggio.kernel import ViaggioError

FILE = "connections.toml"
MAIL_RATE, GATEWAY_RATE, WEBHOOK_RATE = 10.0, 5.0, 50.0  # a second, unless the file says otherwise

Encryption = Literal["tls", "starttls", "none"]


class BadConnection(ViaggioError):
    """A setting of mail or a gateway that can not be used."""

    code = "connection.bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """An SMTP server. `sender` as it stands in From; `returns` gets what can not be delivered."""

    host: str
    port: int
    encryption: Encryption
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    returns: str = ""
    rate: float = MAIL_RATE  # mails a second

    @property
    def address(self) -> str:
        """The bare address of the sender."""
        return parseaddr(self.sender)[1]

    @property
    def domain(self) -> str:
        """What stands behind the @ of the sender."""
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """A message gateway behind HTTP. In `body`, `{to}`, `{text}` and `{id}` are filled in.

    A message counts as taken when the answer is 2xx and, where `taken` names values, the field `taken_field`
    of the JSON answer is one of them. `dead_field` and `dead` say in the same way that the number is no good.
    `id_field` is where the gateway's own id stands (`messages.0.id`). A later report names it in `report_id`
    and says by a value of `report_dead` in `report_field` that the message did not arrive.
    """

    url: str
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Mapping[str, Any] = field(default_factory=lambda: {"to": "{to}", "text": "{text}"})
    form: bool = False  # as a form instead of JSON
    taken_field: str = ""
    taken: tuple[str, ...] = ()
    dead_field: str = ""
    dead: tuple[str, ...] = ()
    id_field: str = ""
    report_id: str = ""  # where the id stands in a report that the gateway sends later
    report_field: str = ""
    report_dead: tuple[str, ...] = ()
    rate: float = GATEWAY_RATE  # messages a second


@dataclass(frozen=True, slots=True, kw_only=True)
class Connections:
    """Everything that is set up."""

    address: str  # of the application, as people outside reach it; without a slash at the end
    mail: MailServer | None = None
    sms: Gateway | None = None
    whatsapp: Gateway | None = None
    webhook_rate: float = WEBHOOK_RATE
    webhooks_inside: bool = False  # whether webhooks may go to private addresses, and without TLS

    def gateway(self, channel: str) -> Gateway | None:
        """The gateway of `sms` or `whatsapp`."""
        return {"sms": self.sms, "whatsapp": self.whatsapp}.get(channel)

    def rates(self) -> dict[str, float]:
        """Sendings a second by channel, for the channels that are set up; webhooks always are."""
        found = {"webhook": self.webhook_rate}
        if self.mail:
            found["mail"] = self.mail.rate
        return found | {c: g.rate for c in ("sms", "whatsapp") if (g := self.gateway(c))}


def connections() -> Connections:
    """What is set up for this server; the file is read again when it changes. Raises `BadConnection`."""
    named = os.environ.get("VIAGGIO_CONNECTIONS")
    root: Path | None = settings.WORKSPACE_ROOT
    path = Path(named) if named else root / FILE if root else None
    there = path is not None and path.is_file()
    if named and not there:
        raise BadConnection(f"there is no file {named}", place="VIAGGIO_CONNECTIONS")
    said = tuple((name, os.environ.get(name, "")) for name in _NAMES)
    return _read(path if there else None, path.stat().st_mtime_ns if there and path else 0, said)


_NAMES = (
    "VIAGGIO_ADDRESS", "VIAGGIO_HOSTS", "VIAGGIO_SMTP", "VIAGGIO_MAIL_FROM", "VIAGGIO_SMS",
    "VIAGGIO_WHATSAPP",
)  # fmt: skip


@lru_cache(maxsize=8)
def _read(path: Path | None, written_at: int, said: tuple[tuple[str, str], ...]) -> Connections:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8")) if path else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadConnection("the file is not readable", place=FILE, hint=str(error)) from error
    return read(table, dict(said))


def read(table: Mapping[str, Any], environment: Mapping[str, str]) -> Connections:
    """Connections from the tables of the file and the environment, which goes first."""
    hosts = [h.strip() for h in environment.get("VIAGGIO_HOSTS", "").split(",") if h.strip() not in {"", "*"}]
    otherwise = f"https://{hosts[0]}" if hosts else "http://localhost:8000"
    webhooks = table.get("webhooks", {})
    return Connections(
        address=str(environment.get("VIAGGIO_ADDRESS") or table.get("address") or otherwise).rstrip("/"),
        mail=_mail(table.get("mail", {}), environment),
        sms=_gateway("sms", table, environment.get("VIAGGIO_SMS", "")),
        whatsapp=_gateway("whatsapp", table, environment.get("VIAGGIO_WHATSAPP", "")),
        webhook_rate=_rate(webhooks, WEBHOOK_RATE, "webhooks"),
        webhooks_inside=bool(webhooks.get("inside", False)),
    )


def _mail(table: Mapping[str, Any], environment: Mapping[str, str]) -> MailServer | None:
    server = environment.get("VIAGGIO_SMTP") or str(table.get("server", ""))
    if not server:
        return None
    sender = environment.get("VIAGGIO_MAIL_FROM") or str(table.get("from", ""))
    parts = urlsplit(server)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        hint = "smtps://user:password@host or smtp://host:587"
        raise BadConnection("this is no mail server", place="VIAGGIO_SMTP", hint=hint)
    if "@" not in parseaddr(sender)[1]:
        hint = "Officina Blu <ciao@example.com>"
        raise BadConnection("mail needs a sender", place="VIAGGIO_MAIL_FROM", hint=hint)
    wanted = parse_qs(parts.query).get("tls", ["yes"])[0]
    encryption = "tls" if parts.scheme == "smtps" else "none" if wanted == "none" else "starttls"
    return MailServer(
        host=parts.hostname,
        port=parts.port or (465 if encryption == "tls" else 587),
        encryption=cast("Encryption", encryption),
        sender=sender,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        returns=str(table.get("returns", "")),
        rate=_rate(table, MAIL_RATE, "mail"),
    )


def _gateway(name: str, tables: Mapping[str, Any], written: str) -> Gateway | None:
    try:
        table: Mapping[str, Any] = json.loads(written) if written else tables.get(name, {})
    except ValueError as error:
        raise BadConnection("this is no JSON", place=f"VIAGGIO_{name.upper()}", hint=str(error)) from error
    if not table:
        return None
    url = str(table.get("url", ""))
    if urlsplit(url).scheme not in {"http", "https"}:
        raise BadConnection("a gateway needs an address", place=f"{name}.url", hint="https://...")
    body = table.get("body", {"to": "{to}", "text": "{text}"})
    if "{to}" not in json.dumps(body) or "{text}" not in json.dumps(body):
        raise BadConnection("the message needs {to} and {text}", place=f"{name}.body")
    taken, dead, report = table.get("taken", {}), table.get("dead", {}), table.get("report", {})
    return Gateway(
        url=url,
        method=str(table.get("method", "POST")).upper(),
        headers={str(k): str(v) for k, v in table.get("headers", {}).items()},
        body=body,
        form=bool(table.get("form", False)),
        taken_field=str(taken.get("field", "")),
        taken=tuple(str(value) for value in taken.get("values", [])),
        dead_field=str(dead.get("field", "")),
        dead=tuple(str(value) for value in dead.get("values", [])),
        id_field=str(table.get("id", "")),
        report_id=str(report.get("id", "")),
        report_field=str(report.get("field", "")),
        report_dead=tuple(str(value) for value in report.get("values", [])),
        rate=_rate(table, GATEWAY_RATE, name),
    )


def _rate(table: Mapping[str, Any], usual: float, place: str) -> float:
    rate = table.get("rate", usual)
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 < rate <= 10_000:
        raise BadConnection("a rate is a number a second", place=f"{place}.rate", hint="Such as 5 or 0.5.")
    return float(rate)
