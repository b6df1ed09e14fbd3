"""A question as the page's template draws it: its texts in one language, its choices, what was answered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from viaggio.pulse.questionnaire import (
    NOT_APPLICABLE,
    OTHER,
    RATINGS,
    Fault,
    Item,
    ItemKind,
    Questionnaire,
    Scale,
    Wording,
    piped,
    scale_of,
)
from viaggio.pulse.questionnaire.rules.validation import LONGEST_COMMENT
from viaggio.web.pulse.views.answer_words import fault_words

FORM = {
    **dict.fromkeys(RATINGS, "scale"),
    ItemKind.SINGLE: "choice",
    ItemKind.MULTIPLE: "many",
    ItemKind.MATRIX: "matrix",
    ItemKind.RANKING: "rank",
    ItemKind.NUMBER: "number",
    ItemKind.DATE: "date",
    ItemKind.COMMENT: "comment",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One thing to choose."""

    value: str
    label: str
    chosen: bool
    spoken: str = ""  # what a screen reader says, where the label alone is not enough


@dataclass(slots=True, kw_only=True)
class Field:
    """One question, or one line of a matrix."""

    name: str
    form: str
    text: str
    help: str = ""
    required: bool = False
    points: list[Point] = field(default_factory=list)
    low: str = ""
    high: str = ""
    named: bool = False  # every point has words: they stand one below the other
    columns: int = 0
    not_applicable: Point | None = None
    other: str = ""  # the words written beside "other"
    has_other: bool = False
    value: str = ""
    longest: str = ""  # written as it is, in no language
    first: str = ""
    last: str = ""
    rows: list["Field"] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The element that a list of faults leads to."""
        return f"q-{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """How texts are said: in which language, and about what."""

    questionnaire: Questionnaire
    language: str
    answers: Mapping[str, object]
    context: Mapping[str, str]

    def text(self, words: Wording) -> str:
        """A wording in the language spoken, with what is known filled in; plain text."""
        said = words.text(self.language, *self.questionnaire.languages)
        return piped(said, self.questionnaire, self.answers, self.context, self.language)


def fields(items: Iterable[Item], speech: Speech, faults: Iterable[Fault] = ()) -> list[Field]:
    """The questions of one screen, with what is wrong beside each."""
    wrong: dict[str, list[str]] = {}
    for fault in faults:
        if not fault.note:
            said = wrong.setdefault(fault.item, [])
            said += [words for words in [fault_words(fault)] if words not in said]
    return [_field(item, speech, wrong) for item in items]


def _field(item: Item, speech: Speech, wrong: Mapping[str, list[str]]) -> Field:
    value = speech.answers.get(item.key)
    made = Field(
        name=item.key,
        form=FORM[item.kind],
        text=speech.text(item.text),
        help=speech.text(item.help),
        required=item.required,
        other=str(speech.answers.get(f"{item.key}.{OTHER}") or ""),
        has_other=item.has_other,
        longest=str(item.limits.longest or LONGEST_COMMENT),
        first=item.limits.first,
        last=item.limits.last,
        faults=[*wrong.get(item.key, []), *wrong.get(f"{item.key}.{OTHER}", [])],
    )
    if item.kind in RATINGS:
        _draw_scale(made, item, value, speech)
    elif item.kind is ItemKind.MATRIX:
        _draw_rows(made, item, value, speech, wrong)
    elif item.kind in {ItemKind.SINGLE, ItemKind.MULTIPLE, ItemKind.RANKING}:
        _draw_options(made, item, value, speech)
    elif value is not None:
        made.value = f"{value:g}" if isinstance(value, float) else str(value)
    return made


def _draw_scale(made: Field, item: Item, value: object, speech: Speech) -> None:
    scale = scale_of(item)
    stars = item.kind is ItemKind.STARS
    made.named = bool(scale.points)
    made.points = [
        Point(
            value=str(number),
            label=_label(scale, number, speech, stars=stars),
            chosen=value == number and not isinstance(value, bool),
            spoken=_("%(number)d out of %(most)d") % {"number": number, "most": scale.highest}
            if stars
            else "",
        )
        for number in scale.values
    ]
    made.columns = 0 if made.named else len(made.points)
    made.low, made.high = _ends(scale, item, speech)
    if item.not_applicable:
        made.not_applicable = _not_applicable(value)


def _not_applicable(value: object) -> Point:
    words = _("I do not know, or it does not concern me")
    return Point(value=NOT_APPLICABLE, label=words, chosen=value == NOT_APPLICABLE)


def _label(scale: Scale, number: int, speech: Speech, *, stars: bool) -> str:
    if scale.points:
        return speech.text(scale.points[number - scale.lowest])
    return f"{number}★" if stars else str(number)


def _ends(scale: Scale, item: Item, speech: Speech) -> tuple[str, str]:
    """What the ends of the scale mean; the usual words where the questionnaire says none."""
    if scale.points:
        return "", ""
    usual = {
        ItemKind.NPS: (_("not at all"), _("very much")),
        ItemKind.CSAT: (_("not at all"), _("completely")),
        ItemKind.CES: (_("very hard"), _("very easy")),
        ItemKind.MATRIX: (_("not at all"), _("completely")),
    }.get(item.kind, ("", ""))
    low, high = speech.text(scale.low) or usual[0], speech.text(scale.high) or usual[1]
    return (f"{scale.lowest}, {low}" if low else "", f"{scale.highest}, {high}" if high else "")


def _draw_rows(
    made: Field, item: Item, value: object, speech: Speech, wrong: Mapping[str, list[str]]
) -> None:
    said = value if isinstance(value, Mapping) else {}
    for row in item.rows:
        line = Field(
            name=f"{item.key}.{row.key}",
            form="scale",
            text=speech.text(row.text),
            faults=wrong.get(f"{item.key}.{row.key}", []),
        )
        _draw_scale(line, item, said.get(row.key), speech)
        made.rows.append(line)
    made.low, made.high = made.rows[0].low, made.rows[0].high


def _draw_options(made: Field, item: Item, value: object, speech: Speech) -> None:
    chosen = list(value) if isinstance(value, list | tuple) else [value]
    made.points = [
        Point(value=option.key, label=speech.text(option.text), chosen=option.key in chosen)
        for option in item.options
    ]
    if item.has_other:
        made.points.append(Point(value=OTHER, label=speech.text(item.other), chosen=OTHER in chosen))
    if item.not_applicable:
        made.points.append(_not_applicable(value))
    if item.kind is ItemKind.RANKING:
        made.points = [
            Point(
                value=point.value,
                label=point.label,
                chosen=point.chosen,
                spoken=str(chosen.index(point.value) + 1) if point.value in chosen else "",
            )
            for point in made.points
            if point.value != NOT_APPLICABLE
        ]
        made.places = [str(place) for place in range(1, len(made.points) + 1)]
