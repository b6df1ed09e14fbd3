"""Texts and conditions of SurveyJS: languages brought together, names translated to our keys."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from viaggio.pulse.questionnaire import CONTEXT, BadExpression, Expression, Wording, parsed, wording
from viaggio.pulse.questionnaire.logic import names as names_in
from viaggio.store.questionnaires.plain import plain_text
from viaggio.store.questionnaires.report import Notes

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8})*", re.ASCII)
_NAME = re.compile(r"\{([^{}]+)\}")


class Words:
    """The languages of a survey, and its texts in all of them."""

    def __init__(self, data: Mapping[str, Any], notes: Notes, *, languages: tuple[str, ...] = ()) -> None:
        self._default = str(data.get("locale") or "en")
        self._notes = notes
        self.languages = languages or self._found(data)

    def _found(self, data: Mapping[str, Any]) -> tuple[str, ...]:
        found = dict.fromkeys(language for language in _languages(data) if _LANGUAGE.fullmatch(language))
        first = self._default if _LANGUAGE.fullmatch(self._default) else "en"
        return tuple(dict.fromkeys((first, *found)))

    def of(self, value: object, place: str, *, html: bool = False, exact: bool = True) -> Wording:
        """A text in all languages; where one is missing, the default's is taken and that is told."""
        texts = {self._default: value} if not isinstance(value, Mapping) else dict(value)
        if "default" in texts:
            texts.setdefault(self._default, texts.pop("default"))
        plain = {
            str(language): self._plain(str(text), place, html=html)
            for language, text in texts.items()
            if text not in (None, "") and isinstance(text, str | int | float)
        }
        if not any(text.strip() for text in plain.values()):
            return wording({})
        spare = plain.get(self._default) or next(text for text in plain.values() if text.strip())
        for language in self.languages if exact else ():
            if not plain.get(language, "").strip():
                if len(texts) > 1 or isinstance(value, Mapping):
                    self._notes.add("text.missing", f"{place}.{language}")
                plain[language] = spare
        return wording({language: text for language, text in plain.items() if language in self.languages})

    def _plain(self, text: str, place: str, *, html: bool) -> str:
        if not html and "<" not in text:
            return text
        words, lost = plain_text(text)
        if lost:
            self._notes.add("markup.removed", place, ", ".join(sorted(lost)))
        return words


def _languages(data: object, depth: int = 0) -> Iterator[str]:
    """Keys of objects that look like texts in several languages."""
    if depth > 30:
        return
    if isinstance(data, Mapping):
        texts = {"default", "en", "it", "de", "fr", "es", "pt"} & set(data)
        if texts and all(isinstance(value, str) for value in data.values()):
            yield from (str(key) for key in data if key != "default")
        else:
            for value in data.values():
                yield from _languages(value, depth + 1)
    elif isinstance(data, list):
        for value in data:
            yield from _languages(value, depth + 1)


def read_condition(text: object, place: str, keys: Mapping[str, str], notes: Notes) -> Expression | None:
    """A condition with our keys for their names; None, and a line in the report, when it can not be read."""
    if not text or not isinstance(text, str):
        return None
    translated = _NAME.sub(lambda found: "{" + _ours(found[1].strip(), keys) + "}", text)
    try:
        expression = parsed(translated)
    except BadExpression:
        notes.add("logic.not_carried", place, text)
        return None
    for name in names_in(expression):
        if name.partition(".")[0] not in {*keys.values(), *CONTEXT}:
            notes.add("logic.not_carried", place, text)
            return None
    return expression


def _ours(name: str, keys: Mapping[str, str]) -> str:
    if name in keys:
        return keys[name]
    if name.endswith("-Comment") and name[:-8] in keys:
        return f"{keys[name[:-8]]}.other"
    head, dot, row = name.partition(".")
    return f"{keys.get(head, head)}{dot}{row}"
