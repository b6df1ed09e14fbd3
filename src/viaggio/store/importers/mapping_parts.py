"""Parts of a mapping file: the layout of the file and the conditions of a table."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from viaggio.kernel import BadMapping
from viaggio.store.importers.layout import Layout
from viaggio.store.importers.mapping import Condition
from viaggio.store.importers.toml_reading import only_known, text_of, texts_of

_FILE = ("format", "encoding", "delimiter", "quote", "escape", "header", "sheet")


def condition_of(value: Any, place: str) -> Condition:
    """A condition of `where`. Raises `BadMapping`."""
    if not isinstance(value, dict):
        raise BadMapping('a condition is written { column = "...", equals = "..." }', place=place)
    only_known(value, ("column", "filled", "equals", "in"), place)
    tests = [key for key in ("filled", "equals", "in") if key in value]
    if len(tests) != 1 or "column" not in value:
        raise BadMapping("a condition needs column and exactly one of filled, equals and in", place=place)
    column = text_of(value, "column", place)
    if "filled" in value:
        if not isinstance(value["filled"], bool):
            raise BadMapping("filled is true or false", place=place)
        return Condition(column=column, filled=value["filled"])
    values = (text_of(value, "equals", place),) if "equals" in value else texts_of(value, "in", place)
    return Condition(column=column, values=values)


def layout_of(file: Mapping[str, Any]) -> Layout:
    """The layout that the `[file]` part states. Raises `BadMapping`."""
    only_known(file, _FILE, "file")
    header = file.get("header", 1)
    lines = tuple(header) if isinstance(header, list) else (header,) if header != 0 else ()
    if not all(isinstance(line, int) and line > 0 for line in lines) or any(
        following != line + 1 for line, following in pairwise(lines)
    ):
        raise BadMapping(
            "header is a line number, or lines in one run such as [1, 2, 3]", place="file.header"
        )
    return Layout(
        encoding=text_of(file, "encoding", "file") or None,
        delimiter=text_of(file, "delimiter", "file") or None,
        quote=text_of(file, "quote", "file") if "quote" in file else '"',
        escape=text_of(file, "escape", "file") or None,
        header=lines,
    )
