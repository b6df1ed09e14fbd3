"""Words, texts in quotes and signs of a filter, each with its place."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from viaggio.kernel import ViaggioError

Kind = Literal["word", "quoted", "sign", "end"]

KEYWORDS = frozenset({
    "after", "all", "and", "at", "before", "customers", "did", "empty", "exactly", "first", "in", "is",
    "least", "most", "not", "of", "or", "period", "time", "times", "who", "within",
})  # fmt: skip
"""Words of the language; as a value they stand in quotes."""

MOMENTS = frozenset({"before", "after"})
"""Words of the language that are moments, too: as a value of `moment` they stand without quotation marks."""

LONGEST = 4_000
"""Characters of a filter."""

_TOKEN = re.compile(
    r"""\s+|(?P<sign><=|>=|!=|<>|[=<>(),;])|"(?P<double>(?:[^"\\]|\\.)*)"|'(?P<single>(?:[^'\\]|\\.)*)'"""
    r"""|(?P<word>[^\s=<>!(),;"'][^\s=<>!(),;"]*)""",
    re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class BadFilter(ViaggioError):
    """A filter that can not be read. `at` is the character, from 1, at which it stops making sense."""

    code = "filter.bad"

    def __init__(self, what: str, *, text: str, at: int, hint: str) -> None:
        near = text[at - 1 : at + 19].strip()
        place = f"character {at}, at '{near}'" if near else f"character {at}, at the end"
        super().__init__(what, place=place, hint=hint)
        self.text = text
        self.at = at


class UnknownName(BadFilter):
    """A filter on a name that the language does not have."""

    code = "dimension.unknown"


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of the text; `at` is its first character, from 1."""

    kind: Kind
    text: str
    at: int

    @property
    def keyword(self) -> str:
        """The word of the language that it is, or empty."""
        return self.text.lower() if self.kind == "word" and self.text.lower() in KEYWORDS else ""


def tokens_of(text: str) -> list[Token]:
    """The pieces of a filter, ended by one of kind `end`. Raises `BadFilter`."""
    if len(text) > LONGEST:
        raise BadFilter(
            "the filter is too long", text=text, at=LONGEST, hint=f"{LONGEST} characters at most."
        )
    found: list[Token] = []
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise _stray(text, place)
        quoted = match["double"] if match["double"] is not None else match["single"]
        if match["sign"]:
            found.append(Token("sign", match["sign"].replace("<>", "!="), place + 1))
        elif match["word"]:
            found.append(Token("word", match["word"], place + 1))
        elif quoted is not None:
            found.append(Token("quoted", _ESCAPED.sub(r"\1", quoted), place + 1))
        place = match.end()
    return [*found, Token("end", "", len(text) + 1)]


def _stray(text: str, place: int) -> BadFilter:
    if text[place] in "\"'":
        what, hint = "a quotation mark is not closed", f"Write {text[place]} at the end of the value, too."
    else:
        what, hint = f"'{text[place]}' stands alone", "Put the value in quotation marks, or write != for not."
    return BadFilter(what, text=text, at=place + 1, hint=hint)


def meant(name: str, known: Iterable[str]) -> str:
    """What may have been meant, as the way out of an error."""
    near = get_close_matches(name, known, n=1)
    return f"Did you mean '{near[0]}'?" if near else f"Known: {', '.join(known)}."


def bare(text: str) -> bool:
    """Whether a value can stand without quotation marks."""
    match = _TOKEN.fullmatch(text)
    return match is not None and bool(match["word"]) and text.lower() not in KEYWORDS


def in_quotes(text: str) -> str:
    """The value as it is written: bare where that is read back as it was."""
    return text if bare(text) else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
