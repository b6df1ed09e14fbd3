"""One HTTP call outwards: only to public addresses unless allowed, no redirects, an end to everything.

The name is looked up once and the connection goes to the very address that was checked, so that a name which
changes its address in between (DNS rebinding) gains nothing.
"""

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 15.0
MOST_READ = 64 * 1024  # bytes of an answer
_TRANSLATED = [ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16")]


class NotAllowed(Exception):
    """An address that is not called; `code` is bad_url, not_https, unknown_host or inside."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Unreachable(Exception):
    """No answer came."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said."""

    status: int
    body: bytes
    retry_after: str = ""


@dataclass(frozen=True, slots=True)
class _Place:
    host: str
    port: int
    secure: bool
    target: str


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet (no private, loopback, link-local, translated)."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if any(ip in net for net in _TRANSLATED):
            return False
    return ip.is_global and not ip.is_multicast


def checked(url: str, *, inside: bool) -> list[str]:
    """The IP addresses of a URL, all of them allowed; `inside` lets private ones and plain HTTP pass.

    Raises `NotAllowed`.
    """
    place = _place(url, inside=inside)
    try:
        found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotAllowed("unknown_host") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not inside and not all(is_public(address) for address in addresses):
        raise NotAllowed("inside")
    return addresses


def call(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes,
    inside: bool = False,
    seconds: float = TOTAL_SECONDS,
) -> Answer:
    """One call without redirects. Raises `NotAllowed`, or `Unreachable` when no answer came in time."""
    addresses = checked(url, inside=inside)
    place = _place(url, inside=inside)
    end = time.monotonic() + seconds
    connection = _connection(place, addresses[0])
    try:
        connection.request(method, place.target, body=body, headers={**headers, "Connection": "close"})
        answer = connection.getresponse()
        return Answer(answer.status, _read(answer, end), answer.getheader("Retry-After") or "")
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(type(error).__name__) from error
    finally:
        connection.close()


def _place(url: str, *, inside: bool) -> _Place:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise NotAllowed("bad_url") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.password:
        raise NotAllowed("bad_url")
    if any(ord(sign) <= 32 or ord(sign) >= 127 for sign in url):  # what could end a request's line
        raise NotAllowed("bad_url")
    secure = parts.scheme == "https"
    if not secure and not inside:
        raise NotAllowed("not_https")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return _Place(parts.hostname, port or (443 if secure else 80), secure, target)


def _connection(place: _Place, address: str) -> http.client.HTTPConnection:
    if place.secure:
        return _Secure(place.host, place.port, address)
    return _Plain(place.host, place.port, address)


class _Plain(http.client.HTTPConnection):
    """Speaks of the host by name and connects to the address that was checked."""

    def __init__(self, host: str, port: int, address: str) -> None:
        super().__init__(host, port, timeout=CONNECT_SECONDS)
        self._address = address

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), CONNECT_SECONDS)
        self.sock.settimeout(TOTAL_SECONDS)


class _Secure(_Plain):
    """The same under TLS; the certificate is checked for the name."""

    default_port = http.client.HTTPS_PORT

    def connect(self) -> None:
        super().connect()
        try:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)
        except BaseException:
            self.sock.close()
            raise


def _read(answer: http.client.HTTPResponse, end: float) -> bytes:
    """The first bytes of the answer; a body that drips is left where the time is over."""
    parts: list[bytes] = []
    size = 0
    while size < MOST_READ and time.monotonic() < end:
        part = answer.read1(MOST_READ - size)
        if not part:
            break
        parts.append(part)
        size += len(part)
    return b"".join(parts)
