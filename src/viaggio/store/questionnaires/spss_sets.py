"""Multiple response sets are put into an SPSS file that has none: one record more in its dictionary.

Form of the records: the description of system files in the PSPP documentation (record 7, subtype 7). The
dictionary ends with record 999; the new one goes in front of it, the data behind it stay as they are.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from viaggio.store.importers.codes import bad_file

_HEADER = 176
_VARIABLE, _VALUES, _VALUES_OF, _DOCUMENT, _MORE, _END = 2, 3, 4, 6, 7, 999
_SETS, _LONG_NAMES = 7, 13


@dataclass(frozen=True, slots=True, kw_only=True)
class ManySet:
    """A set of variables that are each a tick: `$name`, label, the value that means chosen, long names."""

    name: str
    label: str
    counted: int
    variables: tuple[str, ...]


def add_sets(path: Path, sets: Sequence[ManySet]) -> None:
    """Put the sets into a `.sav` file, rewriting it; `BadFile` where its dictionary can not be read."""
    if not sets:
        return
    data = path.read_bytes()
    short = _short_names(data, path.name)
    body = b"".join(_set(one, short) for one in sets)
    end = next(at for at, kind, _, _ in _records(data, path.name) if kind == _END)
    record = struct.pack("<4i", _MORE, _SETS, 1, len(body)) + body
    path.write_bytes(data[:end] + record + data[end:])


def _set(one: ManySet, short: dict[str, str]) -> bytes:
    counted, label = str(one.counted), one.label.encode()
    names = " ".join(short.get(name, name).lower() for name in one.variables)
    head = f"{one.name}=D{len(counted)} {counted} {len(label)} ".encode()
    return head + label + f" {names}\n".encode()


def _short_names(data: bytes, place: str) -> dict[str, str]:
    """The eight-letter name of each variable by its long one."""
    for _, kind, subtype, body in _records(data, place):
        if kind == _MORE and subtype == _LONG_NAMES:
            pairs = (pair.split("=", 1) for pair in body.decode(errors="replace").split("\t") if "=" in pair)
            return {long: short for short, long in pairs}
    return {}


def _records(data: bytes, place: str) -> Iterator[tuple[int, int, int, bytes]]:
    """Place, kind, subtype and body of each record of the dictionary, up to and with its end."""
    if data[:4] not in {b"$FL2", b"$FL3"} or data[64:68] not in {b"\2\0\0\0", b"\3\0\0\0"}:
        raise bad_file("file.bad_spss", place=place)
    at = _HEADER
    try:
        while True:
            (kind,) = struct.unpack_from("<i", data, at)
            if kind == _END:
                yield at, kind, 0, b""
                return
            subtype, size, body = _sized(data, at, kind, place)
            yield at, kind, subtype, body
            at += size
    except struct.error as error:
        raise bad_file("file.bad_spss", place=place) from error


def _sized(data: bytes, at: int, kind: int, place: str) -> tuple[int, int, bytes]:
    if kind == _VARIABLE:
        has_label, missing = struct.unpack_from("<2i", data, at + 8)
        label = 0
        if has_label:
            (length,) = struct.unpack_from("<i", data, at + 32)
            label = 4 + (length + 3) // 4 * 4
        return 0, 32 + label + 8 * abs(missing), b""
    if kind == _VALUES:
        (count,) = struct.unpack_from("<i", data, at + 4)
        size = 8
        for _ in range(count):
            size += 8 + (data[at + size + 8] + 1 + 7) // 8 * 8
        return 0, size, b""
    if kind in {_VALUES_OF, _DOCUMENT}:
        (count,) = struct.unpack_from("<i", data, at + 4)
        return 0, 8 + count * (4 if kind == _VALUES_OF else 80), b""
    if kind == _MORE:
        subtype, size, count = struct.unpack_from("<3i", data, at + 4)
        return subtype, 16 + size * count, data[at + 16 : at + 16 + size * count]
    raise bad_file("file.bad_spss", place=f"{place}: record {kind}")
