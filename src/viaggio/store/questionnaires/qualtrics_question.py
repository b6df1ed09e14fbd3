"""One question of a `.qsf` file, with its texts in all languages, choices and answers in order."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from viaggio.pulse.questionnaire import Wording, wording
from viaggio.store.questionnaires.plain import plain_text
from viaggio.store.questionnaires.qualtrics_book import Book
from viaggio.store.questionnaires.report import Notes


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A choice, row or column: its number there, its words, how files write it, whether words go with it."""

    number: str
    text: Wording
    recode: str
    tag: str
    takes_words: bool
    exclusive: bool

    @property
    def out_of_base(self) -> bool:
        """Negative recode values mark what Qualtrics leaves out of its tables: not applicable."""
        return self.recode.startswith("-")


@dataclass(frozen=True, slots=True)
class Question:
    """One question as it came, with its key here."""

    data: Mapping[str, Any]
    key: str
    languages: tuple[str, ...]
    notes: Notes
    book: Book

    @property
    def tag(self) -> str:
        """Its data export tag: the name of its columns."""
        return str(self.data.get("DataExportTag") or self.data.get("QuestionID", ""))

    @property
    def selector(self) -> tuple[str, str]:
        """Selector and sub-selector."""
        return str(self.data.get("Selector", "")), str(self.data.get("SubSelector", ""))

    @property
    def required(self) -> bool:
        """Whether an answer is forced."""
        settings = _mapping(_mapping(self.data.get("Validation")).get("Settings"))
        return settings.get("ForceResponse") == "ON"

    @property
    def settings(self) -> Mapping[str, Any]:
        """Its validation settings."""
        return _mapping(_mapping(self.data.get("Validation")).get("Settings"))

    @property
    def configuration(self) -> Mapping[str, Any]:
        """Its configuration."""
        return _mapping(self.data.get("Configuration"))

    def text(self) -> Wording:
        """The question in all languages."""
        texts = {self.languages[0]: str(self.data.get("QuestionText") or self.tag)}
        for language, words in self._translations():
            if words.get("QuestionText"):
                texts[language] = str(words["QuestionText"])
        return self.words(texts, self.tag)

    def choices(self, part: str = "Choices") -> list[Choice]:
        """Choices (or rows), or with `Answers` the columns of a matrix, in their order."""
        found = _numbered(self.data.get(part))
        order = self.data.get("ChoiceOrder" if part == "Choices" else "AnswerOrder")
        listed = [str(number) for number in order] if isinstance(order, list) else list(found)
        numbers = [number for number in dict.fromkeys((*listed, *found)) if number in found]
        return [self._choice(part, number, found[number]) for number in numbers]

    def _choice(self, part: str, number: str, choice: Mapping[str, Any]) -> Choice:
        matrix = self.data.get("Answers") is not None
        recodes = _numbered_values(self.data.get("RecodeValues")) if (part == "Answers") is matrix else {}
        tags = _numbered_values(self.data.get("ChoiceDataExportTags")) if part == "Choices" else {}
        texts = {self.languages[0]: str(choice.get("Display", number))}
        for language, words in self._translations():
            translated = _numbered(words.get(part)).get(number, {})
            if translated.get("Display"):
                texts[language] = str(translated["Display"])
        if choice.get("DisplayLogic"):
            self.notes.add("logic.not_carried", f"{self.tag}.{number}", "a choice shown under a condition")
        return Choice(
            number=number,
            text=self.words(texts, f"{self.tag}.{number}"),
            recode=recodes.get(number, number),
            tag=tags.get(number) or number,
            takes_words=str(choice.get("TextEntry", "")).lower() in {"true", "on"},
            exclusive=choice.get("ExclusiveAnswer") in {True, "true", "ON"},
        )

    def words(self, texts: Mapping[str, str], place: str) -> Wording:
        """Plain words in all languages; gaps are filled from the first one and told."""
        plain: dict[str, str] = {}
        for language, text in texts.items():
            words, lost = plain_text(text)
            if lost:
                self.notes.add("markup.removed", place, ", ".join(sorted(lost)))
            if words:
                plain[language] = words
        spare = next(iter(plain.values()), place or "—")
        for language in self.languages:
            if language not in plain and plain:
                self.notes.add("text.missing", f"{place}.{language}")
        return wording({language: plain.get(language, spare) for language in self.languages})

    def _translations(self) -> list[tuple[str, Mapping[str, Any]]]:
        found = self.data.get("Language")
        if not isinstance(found, Mapping):
            return []
        known = [(language_code(str(code)), _mapping(words)) for code, words in found.items()]
        return [(language, words) for language, words in known if language in self.languages]


def language_code(code: str) -> str:
    """`EN` is `en`, `PT-BR` is `pt-BR`."""
    first, dash, rest = code.replace("_", "-").partition("-")
    return f"{first.lower()}{dash}{rest}"


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _numbered(value: Any) -> dict[str, Mapping[str, Any]]:
    """Choices by number, whether they came as an object or as a list."""
    if isinstance(value, list):
        value = {str(at): one for at, one in enumerate(value) if one is not None}
    return {str(number): one for number, one in _mapping(value).items() if isinstance(one, Mapping)}


def _numbered_values(value: Any) -> dict[str, str]:
    if isinstance(value, list):
        value = dict(enumerate(value))
    return {str(number): str(one) for number, one in _mapping(value).items() if one not in (None, "")}
