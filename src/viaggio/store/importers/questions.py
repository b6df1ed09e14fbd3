"""What a proposed mapping asks back, and the small words with which it is written."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

OPEN = '"?"'
METRICS = (
    ("nps", ("nps", "consigl", "recommend", "raccomand")),
    ("ces", ("ces", "effort", "facil", "sforzo", "semplic")),
    ("csat", ("csat", "soddisf", "satisf")),
    ("review", ("review", "recension", "stars", "stelle", "rating")),
)
TEXT_KINDS = (
    ("review", ("review", "recension")),
    ("ticket", ("ticket", "segnalaz", "reclam", "complaint")),
    ("chat", ("chat", "messag", "message")),
    ("post", ("post", "tweet")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One `"?"` of the text. `key` names it, `choices` are TOML values to choose from (empty: free)."""

    code: str
    key: str
    column: str
    examples: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()


def quoted(text: str) -> str:
    """A text as TOML writes it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def told(name: str, signs: Iterable[tuple[str, tuple[str, ...]]]) -> str:
    """The first code one of whose signs begins a word of the name; empty when none does."""
    words = name.split()
    return next(
        (code for code, starts in signs if any(w.startswith(start) for w in words for start in starts)), ""
    )


def one_line(comment: str) -> str:
    """A comment on one line that holds no open question."""
    return " ".join(comment.split()).replace(OPEN, "?")
