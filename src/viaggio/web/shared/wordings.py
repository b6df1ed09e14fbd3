"""What a question says, in the reader's language: asked of the face that keeps the questionnaires."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from viaggio.web.shared import formats

if TYPE_CHECKING:
    from viaggio.pulse.questionnaire import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A question's words, and those of its answers by value."""

    text: str
    answers: dict[float, str] = field(default_factory=dict)


Finder = Callable[[str], "Item | None"]
"""From the key of an item to the item as it was last published; None where no questionnaire has it."""

_finders: list[Finder] = []


def register(finder: Finder) -> None:
    """Let a face say what items it knows; asked in the order of registering."""
    _finders.append(finder)


def wording_of(key: str) -> Said | None:
    """The words of the item `key`, `key.row` or `key.option` as the facts name it; None where unknown."""
    name, _, part = key.partition(".")
    for find in _finders:
        item = find(name)
        if item is not None:
            return _worded(item, part, formats.reader_language())
    return None


def _worded(item: "Item", part: str, language: str) -> Said:
    parts = {row.key: row.text.text(language) for row in item.rows}
    parts |= {option.key: option.text.text(language) for option in item.options}
    text = item.text.text(language)
    if part:
        return Said(text=f"{text} {parts.get(part, part)}")
    answers: dict[float, str] = {}
    if item.scale is not None:
        ends = ((item.scale.lowest, item.scale.low), (item.scale.highest, item.scale.high))
        answers = {float(value): words.text(language) for value, words in ends if words}
        named = zip(item.scale.values, item.scale.points, strict=False)
        answers |= {float(value): words.text(language) for value, words in named}
    if item.options:
        answers = {float(i): option.text.text(language) for i, option in enumerate(item.options, 1)}
    return Said(text=text, answers=answers)
