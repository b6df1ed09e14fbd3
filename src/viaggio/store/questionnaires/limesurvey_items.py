"""Single questions of LimeSurvey as items, by the letter of their type."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from viaggio.pulse.questionnaire import OTHER, Item, ItemKind, Limits, Option, Row, Scale, Wording, wording
from viaggio.store.questionnaires.keys import item_key, option_key
from viaggio.store.questionnaires.limesurvey_tables import Row as Line
from viaggio.store.questionnaires.limesurvey_tables import Texts
from viaggio.store.questionnaires.report import Notes

NOT_CARRIED: Mapping[str, str] = {
    "X": "text display", "I": "language switch", "|": "file upload", "*": "equation", ":": "array of numbers",
    ";": "array of texts",
}  # fmt: skip
"""Types that have no counterpart."""

_LISTS = frozenset({"L", "!", "O", "Z", "W"})
_FIXED_CODES: Mapping[str, Mapping[str, int]] = {
    "C": {"N": 1, "U": 2, "Y": 3}, "E": {"D": 1, "S": 2, "I": 3},
}  # fmt: skip
_YES, _NO = (
    wording(it="Sì", en="Yes", de="Ja", fr="Oui", es="Sí"),
    wording(it="No", en="No", de="Nein", fr="Non"),
)
_UNSURE = wording(it="Incerto", en="Uncertain", de="Unsicher", fr="Incertain")
_LESS, _SAME = wording(it="Diminuito", en="Decrease"), wording(it="Uguale", en="Same")
_MORE = wording(it="Aumentato", en="Increase")
_FEMALE, _MALE = wording(it="Femmina", en="Female"), wording(it="Maschio", en="Male")
_OTHER = wording(it="Altro", en="Other", de="Andere", fr="Autre", es="Otro")
_COMMENT = wording(it="Commento", en="Comment", de="Kommentar", fr="Commentaire")


@dataclass(frozen=True, slots=True)
class Question:
    """One question as it came, with its key here, its subquestions, answers and attributes."""

    line: Line
    key: str
    texts: Texts
    notes: Notes
    languages: tuple[str, ...]
    subquestions: tuple[Line, ...]
    answers: tuple[Line, ...]
    attributes: Mapping[str, str]

    @property
    def code(self) -> str:
        """Its code there."""
        return self.line.get("title", "")

    def words(self, text: Wording) -> Wording:
        """A text of ours in the survey's languages; English where we have no words in one."""
        return wording({language: text.text(language.partition("-")[0], "en") for language in self.languages})

    def text(self, column: str) -> Wording:
        """A text of the question."""
        return wording(self.texts.of("qid", self.line["qid"], column, f"{self.code}.{column}"))


def codes_of(question: Question) -> Mapping[str, str | int]:
    """What stands here for each code of an answer: an option's key or a point of the scale."""
    kind = question.line.get("type", "")
    codes = [line.get("code", "") for line in question.answers if line.get("scale_id", "0") in {"0", ""}]
    if kind in _LISTS:
        keys: list[str] = []
        for code in codes:
            keys.append(option_key(code, keys, Notes(), ""))
        return dict(zip(codes, keys, strict=True)) | (
            {"-oth-": OTHER} if question.line.get("other") == "Y" else {}
        )
    if kind in {"F", "H", "1"}:
        return {code: at for at, code in enumerate(codes, start=1)}
    return dict(_FIXED_CODES.get(kind, {}))


def read_items(question: Question) -> Iterator[Item]:
    """The items of a question: mostly one, none for what has no counterpart."""
    kind = question.line.get("type", "")
    if question.attributes.get("hidden") == "1":
        question.notes.add("item.hidden", question.code)
    elif kind not in _READERS:
        question.notes.add("item.not_carried", question.code, NOT_CARRIED.get(kind, kind))
    else:
        for own in _READERS[kind](question):
            yield Item(**(_common(question) | own))


def _common(question: Question) -> dict[str, Any]:
    shown = question.text("question") or wording(dict.fromkeys(question.languages, question.code))
    return {
        "key": question.key,
        "text": shown,
        "help": question.text("help"),
        "required": question.line.get("mandatory") in {"Y", "S"},
    }


def _five(question: Question) -> Iterator[dict[str, Any]]:
    question.notes.add("metric.to_choose", question.code)
    yield {"kind": ItemKind.CSAT, "scale": Scale(lowest=1, highest=5)}


def _single(question: Question) -> Iterator[dict[str, Any]]:
    yield {"kind": ItemKind.SINGLE, "options": _options(question, question.answers), **_other(question)}
    if question.line.get("type") == "O":
        key = f"{question.key}_comment"
        yield {"key": key, "kind": ItemKind.COMMENT, "text": question.words(_COMMENT), "required": False,
               "help": Wording()}  # fmt: skip


def _fixed(*options: tuple[str, Wording]) -> Callable[[Question], Iterator[dict[str, Any]]]:
    def read(question: Question) -> Iterator[dict[str, Any]]:
        found = tuple(Option(key=key, text=question.words(text)) for key, text in options)
        yield {"kind": ItemKind.SINGLE, "options": found}

    return read


def _multiple(question: Question) -> Iterator[dict[str, Any]]:
    options = _options(question, question.subquestions, code="title", key="qid", column="question")
    alone = set((question.attributes.get("exclude_all_others") or "").split(";")) - {""}
    kept = tuple(
        Option(key=option.key, text=option.text, exclusive=line.get("title") in alone)
        for option, line in zip(options, question.subquestions, strict=True)
    )
    if question.line.get("type") == "P":
        question.notes.add("property.not_carried", f"{question.code}.comment", "a comment for each choice")
    yield {"kind": ItemKind.MULTIPLE, "options": kept, "limits": _counts(question), **_other(question)}


def _ranking(question: Question) -> Iterator[dict[str, Any]]:
    lines = question.answers or question.subquestions
    named = {} if question.answers else {"code": "title", "key": "qid", "column": "question"}
    options = _options(question, lines, **named)
    yield {"kind": ItemKind.RANKING, "options": options, "limits": _counts(question)}


def _counts(question: Question) -> Limits:
    return Limits(
        fewest=_whole(question, "min_answers"),
        most=_whole(question, "max_answers"),
    )


def _whole(question: Question, name: str) -> int | None:
    text = (question.attributes.get(name) or "").strip()
    if not text:
        return None
    if not text.isdigit() or not 0 < int(text[:9]) < 100_000:
        question.notes.add("property.not_carried", f"{question.code}.{name}", text)
        return None
    return int(text)


def _float(question: Question, name: str) -> float | None:
    text = (question.attributes.get(name) or "").strip()
    try:
        return float(text) if text and abs(float(text)) < 1e9 else None
    except ValueError:
        question.notes.add("property.not_carried", f"{question.code}.{name}", text)
        return None


def _number(question: Question) -> Iterator[dict[str, Any]]:
    limits = Limits(
        lowest=_float(question, "min_num_value_n"),
        highest=_float(question, "max_num_value_n"),
        whole=question.attributes.get("num_value_int_only") == "1",
    )
    yield {"kind": ItemKind.NUMBER, "limits": limits}


def _each(kind: ItemKind) -> Callable[[Question], Iterator[dict[str, Any]]]:
    """A question of several fields becomes an item for each."""

    def read(question: Question) -> Iterator[dict[str, Any]]:
        question.notes.add("item.as_other_kind", question.code, f"one {kind} for each field")
        title = question.text("question")
        for line, own in _subkeys(question):
            part = wording(
                question.texts.of("qid", line["qid"], "question", f"{question.code}.{line['title']}")
            )
            text = wording({
                language: " — ".join(filter(None, (title.text(language), part.text(language))))
                for language in question.languages
            })  # fmt: skip
            yield {"key": f"{question.key}_{own}", "kind": kind, "text": text or question.words(_COMMENT)}

    return read


def _comment(question: Question) -> Iterator[dict[str, Any]]:
    if question.attributes.get("numbers_only") == "1":
        yield from _number(question)
    else:
        yield {"kind": ItemKind.COMMENT, "limits": Limits(longest=_whole(question, "maximum_chars"))}


def _date(question: Question) -> Iterator[dict[str, Any]]:
    for name in ("date_min", "date_max", "date_format"):
        if question.attributes.get(name):
            question.notes.add("property.not_carried", f"{question.code}.{name}", question.attributes[name])
    yield {"kind": ItemKind.DATE}


def _matrix(scale: Callable[[Question], Scale]) -> Callable[[Question], Iterator[dict[str, Any]]]:
    def read(question: Question) -> Iterator[dict[str, Any]]:
        question.notes.add("metric.to_choose", question.code)
        yield {"kind": ItemKind.MATRIX, "rows": _rows(question), "scale": scale(question)}

    return read


def _dual(question: Question) -> Iterator[dict[str, Any]]:
    question.notes.add("item.as_other_kind", question.code, "one matrix for each scale")
    question.notes.add("metric.to_choose", question.code)
    for number, suffix in (("0", ""), ("1", "_2")):
        lines = tuple(line for line in question.answers if line.get("scale_id", "0") == number)
        if lines:
            yield {"key": f"{question.key}{suffix}", "kind": ItemKind.MATRIX, "rows": _rows(question),
                   "scale": _worded(question, lines)}  # fmt: skip


def _worded(question: Question, lines: tuple[Line, ...]) -> Scale:
    """Answers in words as points from 1, in their order."""
    points = tuple(option.text for option in _options(question, lines))
    codes = [line.get("code", "") for line in lines]
    if codes != [str(at) for at in range(1, len(codes) + 1)]:
        question.notes.add("scale.as_points", question.code, ", ".join(codes))
    return Scale(lowest=1, highest=max(len(points), 2), points=points if len(points) > 1 else ())


def _rows(question: Question) -> tuple[Row, ...]:
    return tuple(
        Row(key=own, text=_line_text(question, line, "qid", "question", line.get("title", own)))
        for line, own in _subkeys(question)
        if line.get("scale_id", "0") in {"0", ""}
    )


def _subkeys(question: Question) -> list[tuple[Line, str]]:
    found: list[tuple[Line, str]] = []
    for line in question.subquestions:
        taken = [own for _, own in found]
        found.append((line, item_key(line.get("title", ""), taken, question.notes, place=question.code)))
    return found


def _options(
    question: Question,
    lines: tuple[Line, ...],
    code: str = "code",
    key: str = "aid",
    column: str = "answer",
) -> tuple[Option, ...]:
    options: list[Option] = []
    for line in lines:
        own = option_key(line.get(code, ""), [o.key for o in options], question.notes, question.code)
        options.append(Option(key=own, text=_line_text(question, line, key, column, line.get(code, own))))
    return tuple(options)


def _line_text(question: Question, line: Line, key: str, column: str, otherwise: str) -> Wording:
    place = f"{question.code}.{otherwise}"
    if "texts" in line:  # old dumps: answers have no number of their own
        found = question.texts.plain(dict(part.split("\0", 1) for part in line["texts"].split("\1")), place)
    else:
        found = question.texts.of(key, line.get(key, ""), column, place)
    return wording(found) or wording(dict.fromkeys(question.languages, otherwise or "—"))


def _other(question: Question) -> dict[str, Any]:
    if question.line.get("other") != "Y":
        return {}
    own = question.attributes.get("other_replace_text", "")
    return {"other": wording(dict.fromkeys(question.languages, own)) if own else question.words(_OTHER)}


def _ends(highest: int) -> Callable[[Question], Scale]:
    return lambda _question: Scale(lowest=1, highest=highest)


def _three(*points: Wording) -> Callable[[Question], Scale]:
    def scale(question: Question) -> Scale:
        question.notes.add("scale.as_points", question.code, " < ".join(point.text("en") for point in points))
        return Scale(lowest=1, highest=3, points=tuple(question.words(point) for point in points))

    return scale


def _of_answers(question: Question) -> Scale:
    return _worded(question, question.answers)


_READERS: Mapping[str, Callable[[Question], Iterator[dict[str, Any]]]] = {
    "5": _five,
    "L": _single, "!": _single, "O": _single, "Z": _single, "W": _single,
    "Y": _fixed(("Y", _YES), ("N", _NO)),
    "G": _fixed(("F", _FEMALE), ("M", _MALE)),
    "M": _multiple, "P": _multiple,
    "R": _ranking,
    "N": _number,
    "K": _each(ItemKind.NUMBER),
    "Q": _each(ItemKind.COMMENT),
    "D": _date,
    "S": _comment, "T": _comment, "U": _comment,
    "A": _matrix(_ends(5)), "B": _matrix(_ends(10)),
    "C": _matrix(_three(_NO, _UNSURE, _YES)), "E": _matrix(_three(_LESS, _SAME, _MORE)),
    "F": _matrix(_of_answers), "H": _matrix(_of_answers),
    "1": _dual,
}  # fmt: skip
