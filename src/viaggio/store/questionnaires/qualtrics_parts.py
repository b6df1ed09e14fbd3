"""What the questions of Qualtrics share: an item from a question, keys of choices, joined texts."""

from typing import Any

from viaggio.pulse.questionnaire import OTHER, Item, ItemKind, Wording, wording
from viaggio.store.questionnaires.keys import option_key
from viaggio.store.questionnaires.qualtrics_question import Choice, Question


def one_item(question: Question, kind: ItemKind, **more: Any) -> Item:
    """An item of the question, with its key, text and whether it must be answered."""
    common: dict[str, Any] = {"key": question.key, "text": question.text(), "required": question.required}
    return Item(**(common | {"kind": kind} | more))


def option_keys(question: Question, choices: list[Choice], other: Choice | None) -> dict[str, str]:
    """The key of each choice by its number; `other` for the one that takes words."""
    keys: dict[str, str] = {}
    for choice in choices:
        if choice is other:
            keys[choice.number] = OTHER
        else:
            keys[choice.number] = option_key(choice.recode, keys.values(), question.notes, question.tag)
    return keys


def other_of(choices: list[Choice]) -> Choice | None:
    """The choice that becomes `other`: the last one of the base, where words go with it.

    Any other choice with words stays where it stands, so that places among the options do not change.
    """
    last = next((choice for choice in reversed(choices) if not choice.out_of_base), None)
    return last if last is not None and last.takes_words else None


def joined(title: Wording, part: Wording, languages: tuple[str, ...]) -> Wording:
    """A question and a part of it as one text."""
    return wording({language: f"{title.text(language)} — {part.text(language)}" for language in languages})
