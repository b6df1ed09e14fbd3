"""Messages in Segment's shape as they were taken at the door: one line of the landed file is one request."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from viaggio.kernel import utc_micros
from viaggio.store.importers.arrow import pa
from viaggio.store.incoming import Reject
from viaggio.store.recipes.cells import BadCell, Record
from viaggio.store.recipes.rows import Placed
from viaggio.store.recipes.shape import Source

MOST_BYTES = 128 * 1024
"""A message as JSON may not be longer; Segment's own limit is 32 kB."""
LONGEST_ID = 200
_SHOWN = ("type", "messageId", "userId", "anonymousId", "event", "name", "timestamp")
_EARLIEST = -2_208_988_800_000_000  # microseconds: the year 1900
_NOT_LATER_THAN = 4_102_444_800_000  # milliseconds: the year 2100


class Request(msgspec.Struct):
    """One request as the door wrote it down. `received_at`: UTC microseconds."""

    received_at: int
    request: str
    path: str
    body: Any


class Cells(Mapping[str, str]):
    """A message as cells, for whoever mends it: some fields, and the whole as JSON. Made when asked for."""

    def __init__(self, said: Any) -> None:
        self._said = said

    def _cells(self) -> dict[str, str]:
        fields = self._said if isinstance(self._said, dict) else {}
        shown = {name: str(fields[name]) for name in _SHOWN if fields.get(name) is not None}
        with suppress(RecursionError):  # one that deep is told by its fields alone
            shown["message"] = msgspec.json.encode(self._said).decode()
        return shown

    def __getitem__(self, name: str) -> str:
        return self._cells()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._cells())

    def __len__(self) -> int:
        return len(self._cells())


@dataclass(frozen=True, slots=True)
class Message(Record):
    """One message: what it says, and what the door knew.

    `place`: request and place in it, never twice. `history`: it came by `/v1/import`.
    """

    said: Mapping[str, Any]
    kind: str
    place: str
    received_at: int
    sent_at: Any
    history: bool = False

    def part(self, name: str, of: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """An object inside the message; empty where there is none. Raises `BadCell` for another thing."""
        found = (self.said if of is None else of).get(name)
        if found is None:
            return {}
        if not isinstance(found, dict):
            raise BadCell("message.not_an_object", name, str(found)[:LONGEST_ID])
        return found

    def id_of(self, name: str, of: Mapping[str, Any] | None = None) -> str | None:
        """An identifier: text or whole number; None where it is empty. Raises `BadCell`."""
        found = (self.said if of is None else of).get(name)
        if found is None or found == "":
            return None
        if isinstance(found, bool) or not isinstance(found, str | int):
            raise BadCell("value.not_text", name, str(found)[:LONGEST_ID])
        if len(text := str(found).strip()) > LONGEST_ID:
            raise BadCell("value.too_long", name, text[:LONGEST_ID])
        if "\0" in text:
            raise BadCell("text.nul", name, text.replace("\0", "?"))
        return text or None

    @property
    def id(self) -> str:
        """Its messageId; one without is known by the request that brought it. Raises `BadCell`."""
        return self.id_of("messageId") or self.place

    @property
    def at(self) -> int:
        """When it happened by our clock, UTC microseconds; raises `BadCell`.

        `receivedAt - (sentAt - originalTimestamp)`: what the sender's clock says, less how far it is off.
        Nothing happens after it was received. Imported history has no sentAt and stands as it says.
        """
        name = "originalTimestamp" if self.said.get("originalTimestamp") is not None else "timestamp"
        said = moment_of(self.said.get(name), name)
        if said is None:
            return self.received_at
        sent = self.said.get("sentAt") if self.said.get("sentAt") is not None else self.sent_at
        sent_at = None if self.history else moment_of(sent, "sentAt")
        if sent_at is not None:
            said += self.received_at - sent_at
        if said < _EARLIEST:
            raise BadCell("value.not_a_time", name, str(self.said.get(name))[:LONGEST_ID])
        return min(said, self.received_at)


def moment_of(said: Any, name: str) -> int | None:
    """UTC microseconds of ISO 8601 or of milliseconds since 1970; None where empty. Raises `BadCell`."""
    if said is None or said == "":
        return None
    try:
        if isinstance(said, str):
            when = datetime.fromisoformat(said.strip())
            return utc_micros(when if when.tzinfo else when.replace(tzinfo=UTC))
        if isinstance(said, int | float) and not isinstance(said, bool) and 0 <= said <= _NOT_LATER_THAN:
            return int(said * 1000)
    except (ValueError, OverflowError):
        pass
    raise BadCell("value.not_a_time", name, str(said)[:LONGEST_ID])


def messages(source: Source) -> Iterator[Placed[Message]]:
    """Every message of a landed file in order; what is none is a reject. Memory: one block and one line."""
    decode = msgspec.json.Decoder(Request).decode
    for number, (line, done) in enumerate(_lines(source), start=1):
        try:
            request = decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            text = line.decode("utf-8", errors="replace")
            yield Reject(file=source.name, line=number, code="message.not_json", raw={"message": text}), done
            continue
        yield from ((one, done) for one in _of_request(request, source.name, number))


def _of_request(request: Request, file: str, line: int) -> Iterator[Message | Reject]:
    body = request.body
    batched = isinstance(body, dict) and isinstance(body.get("batch"), list)
    sent_at = body.get("sentAt") if isinstance(body, dict) else None
    for place, said in enumerate(body["batch"] if batched else [body]):
        if not isinstance(said, dict):
            yield Reject(file=file, line=line, code="message.not_an_object", raw=dict(Cells(said)))
            continue
        kind = str(said.get("type") or ("" if batched else request.path))
        yield Message(
            file=file, line=line, cells=Cells(said), said=said, kind=kind,
            place=f"{request.request}:{place}", received_at=request.received_at, sent_at=sent_at,
            history=request.path == "import",
        )  # fmt: skip


def _lines(source: Source) -> Iterator[tuple[bytes, int]]:
    """Lines without their end, each with the bytes of the stored file read so far."""
    size = source.path.stat().st_size
    with pa.input_stream(str(source.path), compression="detect") as stream:
        rest = b""
        while block := stream.read(1 << 20):
            *whole, rest = (rest + block).split(b"\n")
            yield from ((line, size) for line in whole if line)
        if rest:
            yield rest, size
