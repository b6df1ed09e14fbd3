"""What was not carried from one form of a questionnaire to another, line by line, with place and reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Lossy:
    """One thing that was not carried, or carried otherwise.

    `code` is stable (`property.not_carried`, `item.not_carried`, `logic.not_carried` ...); `place` names the
    thing as the source calls it; `detail` is what was there.
    """

    code: str
    place: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that a reader of the result has to know. `names`: the source's names of items, and ours."""

    lossy: tuple[Lossy, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)


CODES: tuple[tuple[str, str], ...] = (
    ("item.not_carried", "a kind of question that we do not have"),
    ("item.as_other_kind", "carried as another kind of question"),
    ("item.hidden", "a hidden question, not carried"),
    ("property.not_carried", "a setting that we do not have"),
    ("logic.not_carried", "a condition that could not be read; the question is shown to everybody"),
    ("skip.not_carried", "a skip that could not be read"),
    ("metric.to_choose", "a rating whose metric nobody states: choose it"),
    ("scale.as_points", "answers in words became points from 1"),
    ("key.renamed", "a name that can not be a key here"),
    ("key.double", "a name that came twice; the second has another key"),
    ("text.missing", "a text missing in one language, taken from another"),
    ("markup.removed", "formatting, links or pictures left out of a text"),
    ("panel.flattened", "a group inside a page became part of the page"),
    ("flow.not_carried", "an element of the flow that we do not have"),
    ("pipe.fallback", "the words said when a value is not known"),
    ("not_applicable.not_carried", "the answer that stands for not applicable"),
    ("reserved.renamed", "an option whose name has a meaning of its own here"),
)
"""Every code of a lossy line, with a short English explanation for developers."""


class Notes:
    """Collects lossy lines and names while a questionnaire is read or written."""

    def __init__(self) -> None:
        self._lossy: dict[Lossy, None] = {}
        self.names: dict[str, str] = {}

    def add(self, code: str, place: str, detail: object = "") -> None:
        """One line; the same line is kept once."""
        text = str(detail)
        self._lossy[Lossy(code=code, place=place, detail=text if len(text) <= 200 else text[:199] + "…")] = (
            None
        )

    def report(self) -> Report:
        """Everything so far."""
        return Report(lossy=tuple(self._lossy), names=dict(self.names))
