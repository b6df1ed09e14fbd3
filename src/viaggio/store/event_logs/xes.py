"""Interactions as XES 2.0: a trace is a customer's journey, or an episode; an event is an interaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from gzip import GzipFile
from io import TextIOWrapper
from itertools import groupby
from pathlib import Path
from typing import IO
from xml.sax.saxutils import quoteattr

from viaggio.store.engine import Engine
from viaggio.store.event_logs.rows import ATTRIBUTES, interactions, iso

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="2.0" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<classifier name="Touchpoint" keys="concept:name"/>
"""
_WHOLE = frozenset({"cost_cents", "value_cents"})


def write_xes(source: Engine, target: Path, *, case: str = "customer") -> int:
    """Write all interactions of a customer; returns how many. `.gz` at the end packs the file.

    `case`: customer or episode. Memory holds one event at a time.
    """
    with _opened(target) as out:
        out.write(_HEAD)
        count = 0
        for name, events in groupby(interactions(source, case), key=lambda row: row[case]):
            out.write(f'<trace>\n<string key="concept:name" value={_quoted(name)}/>\n')
            for row in events:
                out.write(_event(row))
                count += 1
            out.write("</trace>\n")
        out.write("</log>\n")
    return count


@contextmanager
def _opened(target: Path) -> Iterator[IO[str]]:
    """The file to write into; a packed one holds no time, so that the same log has the same bytes."""
    with target.open("wb") as file:
        if target.suffix != ".gz":
            with TextIOWrapper(file, "utf-8", newline="\n") as out:
                yield out
            return
        with (
            GzipFile("", "wb", fileobj=file, mtime=0) as packed,
            TextIOWrapper(packed, "utf-8", newline="\n") as out,
        ):
            yield out


def _event(row: dict[str, object]) -> str:
    lines = [
        f'<string key="concept:name" value={_quoted(row["touchpoint"])}/>',
        f'<date key="time:timestamp" value="{iso(row["started_at"])}"/>',
        f'<string key="id" value={_quoted(row["id"])}/>',
        f'<string key="customer" value={_quoted(row["customer"])}/>',
    ]
    for name in ("episode", *ATTRIBUTES):
        if row[name] is not None:
            kind = "int" if name in _WHOLE else "string"
            lines.append(f'<{kind} key="{name}" value={_quoted(row[name])}/>')
    return "<event>" + "".join(lines) + "</event>\n"


def _quoted(value: object) -> str:
    """As the value of an attribute; what XML 1.0 can not hold becomes a blank."""
    text = "".join(c if c >= " " or c in "\t\n\r" else " " for c in str(value))
    return quoteattr(text, {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
