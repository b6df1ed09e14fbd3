"""The variables of an SPSS file as items: what one is follows from its type, labels, sets and values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from viaggio.pulse.questionnaire import (
    NOT_APPLICABLE,
    Feeds,
    Item,
    ItemKind,
    Option,
    Questionnaire,
    Scale,
    Wording,
    wording,
)
from viaggio.pulse.questionnaire.reading import WIDEST_SCALE
from viaggio.store.questionnaires.keys import item_key, option_key
from viaggio.store.questionnaires.report import Notes
from viaggio.store.recipes.cells import BadCell

RATED = frozenset({Feeds.NPS, Feeds.CSAT, Feeds.CES})
_NPS = Scale(lowest=0, highest=10)


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the file: its label, the words of its codes, the ranges that mean missing."""

    name: str
    label: str
    text: bool
    measure: str
    words: Mapping[float | str, str]
    missing: tuple[tuple[Any, Any], ...] = ()

    def is_missing(self, value: object) -> bool:
        """Whether the file's maker declared the value as missing."""
        return any(
            type(low) is type(value) or (isinstance(low, float) and isinstance(value, int | float))
            for low, _ in self.missing
        ) and any(low <= value <= high for low, high in self.missing)

    @property
    def codes(self) -> dict[float | str, str]:
        """The labelled codes that are not missing values, in order."""
        kept = {code: words for code, words in self.words.items() if not self.is_missing(code)}
        return dict(sorted(kept.items(), key=lambda pair: (isinstance(pair[0], str), pair[0])))


@dataclass(frozen=True, slots=True)
class Reading:
    """How the values of one item are found in a row: one variable, or a set of them."""

    item: Item
    variables: tuple[Variable, ...]
    options: Mapping[object, str] = field(default_factory=dict)
    counted: object = None

    def value(self, row: Mapping[str, object]) -> object:
        """The answer in a row of values; None for none. Raises `BadCell` for a code without words."""
        if self.item.kind is ItemKind.MULTIPLE:
            return self._several(row)
        variable = self.variables[0]
        value = row.get(variable.name)
        if value is None or value == "":
            return None
        if variable.is_missing(value):
            return NOT_APPLICABLE if self.item.not_applicable else None
        if self.item.kind is ItemKind.SINGLE:
            if value not in self.options:
                raise BadCell("value.unknown_code", variable.name, str(value))
            return self.options[value]
        return _plain(value)

    def _several(self, row: Mapping[str, object]) -> object:
        given = {v.name: row.get(v.name) for v in self.variables}
        if all(value is None or value == "" for value in given.values()):
            return None
        if self.counted is not None:
            chosen = [self.options[name] for name, value in given.items() if _same(value, self.counted)]
        else:
            codes = [v for v in given.values() if v in self.options]
            chosen = [self.options[value] for value in codes]
        return list(dict.fromkeys(chosen))


def variables_of(meta: Any) -> dict[str, Variable]:
    """The variables of a file by name, from pyreadstat's metadata."""
    return {
        name: Variable(
            name=name,
            label=str(label or name),
            text=meta.readstat_variable_types.get(name) == "string",
            measure=str(meta.variable_measure.get(name, "unknown")),
            words=dict(meta.variable_value_labels.get(name, {})),
            missing=tuple((one["lo"], one["hi"]) for one in meta.missing_ranges.get(name, ())),
        )
        for name, label in zip(meta.column_names, meta.column_labels, strict=True)
    }


def readings_of(
    variables: Mapping[str, Variable],
    sets: Mapping[str, Any],
    used: frozenset[str],
    feeds: Mapping[str, Feeds],
    seen: Mapping[str, "Seen"],
) -> list[Reading]:
    """An item for each variable not `used` otherwise, and for each set; `seen` is what the data hold.

    Moments and times of day become no items.
    """
    taken: list[str] = []
    found: list[Reading] = []
    in_sets = set[str]()
    for name, one in (sets or {}).items():
        members = [variables[v] for v in one["variable_list"] if v in variables and v not in used]
        if len(members) > 1:
            in_sets.update(member.name for member in members)
            found.append(_set_reading(name, one, members, taken))
    for variable in variables.values():
        own = seen.get(variable.name, Seen())
        timed = own.types & {datetime, time}
        if variable.name not in used and variable.name not in in_sets and not timed:
            key = item_key(variable.name, taken, Notes())
            taken.append(key)
            metric = feeds.get(variable.name, Feeds.OTHER)
            found.append(_reading(variable, key, metric, own))
    return found


@dataclass(slots=True)
class Seen:
    """What the data of a variable hold: types, whether only whole numbers, whether only labelled codes."""

    types: set[type] = field(default_factory=set)
    whole: bool = True
    labelled: bool = True
    lowest: float = float("inf")
    highest: float = float("-inf")


def _reading(variable: Variable, key: str, metric: Feeds, seen: Seen) -> Reading:
    common: dict[str, Any] = {
        "key": key,
        "text": _words(variable.label),
        "metric": metric,
        "not_applicable": bool(variable.missing),
    }
    codes = variable.codes
    if variable.text and not (codes and seen.labelled):
        return Reading(Item(**(common | {"kind": ItemKind.COMMENT, "not_applicable": False})), (variable,))
    if seen.types == {date}:
        return Reading(Item(**common, kind=ItemKind.DATE), (variable,))
    scale = _scale(variable, metric, seen)
    if scale is not None:
        kind = ItemKind.NPS if metric is Feeds.NPS else ItemKind.CSAT
        return Reading(Item(**common, kind=kind, scale=scale), (variable,))
    if len(codes) > 1 and seen.labelled:
        options, keys = _options(variable.name, codes)
        return Reading(Item(**common, kind=ItemKind.SINGLE, options=options), (variable,), keys)
    return Reading(Item(**common, kind=ItemKind.NUMBER), (variable,))


def _scale(variable: Variable, metric: Feeds, seen: Seen) -> Scale | None:
    """The scale of a rating: what the metric asks for, or what an ordinal variable's labels span."""
    if metric is Feeds.NPS:
        return _NPS
    numbers = [code for code in variable.codes if isinstance(code, int | float)]
    if len(numbers) < 2 or not seen.whole or any(code != int(code) for code in numbers):
        return None
    if metric not in RATED and variable.measure not in {"ordinal", "scale"}:
        return None
    lowest, highest = int(min(numbers)), int(max(numbers))
    if not 1 < highest - lowest + 1 <= WIDEST_SCALE or seen.lowest < lowest or seen.highest > highest:
        return None
    whole = len(numbers) == highest - lowest + 1
    points = tuple(_words(words) for words in variable.codes.values()) if whole else ()
    low, high = (_words(variable.codes[number]) for number in (min(numbers), max(numbers)))
    ends = {} if whole else {"low": low, "high": high}
    return Scale(lowest=lowest, highest=highest, points=points, **ends)


def _set_reading(name: str, one: Mapping[str, Any], members: list[Variable], taken: list[str]) -> Reading:
    key = item_key(name.lstrip("$"), taken, Notes())
    taken.append(key)
    counted: object = None
    if one.get("is_dichotomy"):
        options, by_label = _options(name, {m.name: m.label for m in members})
        keys: dict[object, str] = dict(by_label)
        counted = one.get("counted_value")
    else:
        options, keys = _options(name, members[0].codes)
    text = _words(str(one.get("label") or name))
    return Reading(
        Item(key=key, kind=ItemKind.MULTIPLE, text=text, options=options), tuple(members), keys, counted
    )


def _options(place: str, codes: Mapping[Any, str]) -> tuple[tuple[Option, ...], dict[object, str]]:
    keys: dict[object, str] = {}
    for code in codes:
        plain = str(int(code)) if isinstance(code, float) and code == int(code) else str(code)
        keys[code] = option_key(plain, keys.values(), Notes(), place)
    options = tuple(Option(key=keys[code], text=_words(words or str(code))) for code, words in codes.items())
    return options, keys


def _words(text: str) -> Wording:
    return wording(en=text) or wording(en="—")


def _same(value: object, counted: object) -> bool:
    if isinstance(value, str) or isinstance(counted, str):
        return str(value).strip() == str(counted).strip()
    return value == counted


def _plain(value: object) -> object:
    if isinstance(value, float) and value == int(value):
        return int(value)
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, int | float) else str(value)


def questionnaire_of(readings: list[Reading], title: str) -> Questionnaire:
    """The items of a file as a questionnaire of one page."""
    from viaggio.pulse.questionnaire import Page

    page = Page(key="page1", items=tuple(reading.item for reading in readings))
    return Questionnaire(title=_words(title), languages=("en",), pages=(page,))
