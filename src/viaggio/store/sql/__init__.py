"""All SQL of the house: one statement per file beside this one; names in braces are filled in."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path


@cache
def _text(name: str) -> str:
    return files(__name__).joinpath(f"{name}.sql").read_text("utf-8").strip()


def sql(name: str, /, **parts: str) -> str:
    """The statement of that name, with its parts: only names and lists made by `identifier` and `paths`."""
    text = _text(name)
    for part, value in parts.items():
        text = text.replace("{" + part + "}", value)
    return text


def quoted(text: str) -> str:
    """A text literal."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A quoted name."""
    return '"' + name.replace('"', '""') + '"'


def paths(of: Iterable[Path | str]) -> str:
    """A list literal of file paths."""
    return "[" + ", ".join(quoted(str(path)) for path in of) + "]"
