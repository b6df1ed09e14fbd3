"""What arrives at the door, before anything is kept: unpacked, checked as JSON, and made one line."""

import zlib
from dataclasses import dataclass
from typing import Any

import msgspec

from viaggio.kernel import ViaggioError

MOST_BYTES = 4_000_000
"""A body, unpacked, may not be longer: what the largest of the known clients sends at once."""

_FEW_BYTES = 100
_GZIP = b"\x1f\x8b"


class BadBody(ViaggioError):
    """A body that nothing can be taken from; its code says why."""

    code = "body.not_json"


class TooLong(BadBody):
    """A body that is too long, packed or unpacked."""

    code = "body.too_long"


class _Envelope(msgspec.Struct):
    """What the door looks at; everything else stays as it is."""

    batch: msgspec.Raw = msgspec.Raw()  # as a whole: a list of its messages would only be thrown away
    writeKey: str | None = None  # noqa: N815 -- Segment's name


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A body that can be kept: whether it has any message, the write key it names, and itself as one line."""

    empty: bool
    write_key: str | None
    text: bytes


def line_of(
    body: Arrived, *, source: str, received_at: int, request: str, path: str
) -> tuple[bytes, bytes, bytes]:
    """The line that is kept, in parts: when and how it came, and the body as it is.

    `received_at` in UTC microseconds. `source`, `request` and `path` are plain names of ours.
    """
    head = f'{{"received_at": {received_at}, "request": "{request}", "source": "{source}", "path": "{path}"'
    return f'{head}, "body": '.encode(), body.text, b"}"


_decode: Any = msgspec.json.Decoder(_Envelope).decode


def unpacked(body: bytes) -> bytes:
    """The body without its gzip, which is known by its first bytes whatever the header says.

    Raises `TooLong`, also for what would grow beyond the limit, and `BadBody`.
    """
    if not body.startswith(_GZIP):
        plain = body
    else:
        work = zlib.decompressobj(wbits=31)
        try:
            plain = work.decompress(body, MOST_BYTES + 1)
        except zlib.error as error:
            raise BadBody("the gzip is damaged") from error
        if len(plain) <= MOST_BYTES and not work.eof:
            raise BadBody("the gzip ends too early")
    if len(plain) > MOST_BYTES:
        raise TooLong(f"a body may have {MOST_BYTES} bytes", hint="Send fewer messages at once.")
    return plain


def arrived(body: bytes, *, batched: bool) -> Arrived:
    """Check an unpacked body: one JSON object, with a list `batch` where several messages are expected.

    Raises `BadBody`. What the messages say is looked at when they are read.
    """
    try:
        found = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadBody(f"the body is not what it should be: {error}") from error
    batch = memoryview(found.batch)
    if batched and bytes(batch[:1]) != b"[":
        raise BadBody("the body has no batch", hint='Send {"batch": [...]}.')
    text = body.strip()
    if b"\n" in text or b"\r" in text:  # in JSON only between values, where a blank says the same
        text = text.replace(b"\r", b" ").replace(b"\n", b" ")
    empty = batched and len(batch) < _FEW_BYTES and not bytes(batch[1:-1]).strip()
    return Arrived(empty=empty, write_key=found.writeKey, text=text)
