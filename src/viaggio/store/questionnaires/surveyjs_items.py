"""Single questions of SurveyJS as items."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from viaggio.journey.model import Phase
from viaggio.pulse.model import Pillar
from viaggio.pulse.questionnaire import (
    Expression,
    Feeds,
    Item,
    ItemKind,
    Limits,
    Option,
    Row,
    Scale,
    Wording,
    wording,
)
from viaggio.pulse.questionnaire.reading import WIDEST_SCALE
from viaggio.store.questionnaires.keys import item_key, option_key
from viaggio.store.questionnaires.report import Notes
from viaggio.store.questionnaires.surveyjs_out import EXTENSION
from viaggio.store.questionnaires.surveyjs_words import Words

ITEMS: Mapping[str, ItemKind] = {
    "rating": ItemKind.CSAT, "radiogroup": ItemKind.SINGLE, "dropdown": ItemKind.SINGLE,
    "buttongroup": ItemKind.SINGLE, "boolean": ItemKind.SINGLE, "checkbox": ItemKind.MULTIPLE,
    "tagbox": ItemKind.MULTIPLE, "matrix": ItemKind.MATRIX, "ranking": ItemKind.RANKING,
    "text": ItemKind.COMMENT, "comment": ItemKind.COMMENT,
}  # fmt: skip
"""Types that are carried, and the kind each usually becomes."""
NOT_OURS = frozenset({
    "html", "image", "expression", "file", "signaturepad", "paneldynamic", "matrixdropdown", "matrixdynamic",
    "multipletext", "imagepicker", "imagemap", "slider", "empty", "panel",
})  # fmt: skip
"""Types that are known and not carried."""

_EVERY = {"type", "name", "title", "description", "visibleIf", "isRequired", EXTENSION}
_CHOICE = {"choices", "showOtherItem", "hasOther", "otherText", "showNoneItem", "hasNone", "noneText",
           "showDontKnowItem", "dontKnowText"}  # fmt: skip
_KNOWN: Mapping[str, set[str]] = {
    "rating": {"rateMin", "rateMax", "rateCount", "rateStep", "rateType", "rateValues", "autoGenerate",
               "minRateDescription", "maxRateDescription"},
    "matrix": {"columns", "rows", "isAllRowRequired", "eachRowRequired"},
    "boolean": {"labelTrue", "labelFalse"},
    "text": {"inputType", "min", "max", "step", "maxLength"},
    "comment": {"maxLength"},
    "checkbox": _CHOICE | {"minSelectedChoices", "maxSelectedChoices"},
    "ranking": _CHOICE | {"minSelectedChoices", "maxSelectedChoices", "selectToRankEnabled"},
}  # fmt: skip
_ANY_POINT = 1


@dataclass(frozen=True)
class Element:
    """One question as it came, with its key here."""

    data: Mapping[str, Any]
    key: str
    words: Words
    notes: Notes

    @property
    def name(self) -> str:
        """Its own name, for the report."""
        return str(self.data.get("name", ""))

    @property
    def own(self) -> Mapping[str, Any]:
        """What we wrote there ourselves."""
        found = self.data.get(EXTENSION)
        return found if isinstance(found, Mapping) else {}

    def text(self, name: str) -> Wording:
        """One of its texts."""
        return self.words.of(self.data.get(name), f"{self.name}.{name}")


def read_item(element: Element, show_if: Expression | None) -> Item:
    """The item of a question whose type is one of `ITEMS`."""
    kind, data, own = str(element.data["type"]), element.data, element.own
    for name in data:
        if name not in _EVERY | _KNOWN.get(kind, _CHOICE):
            element.notes.add("property.not_carried", f"{element.name}.{name}", data[name])
    common: dict[str, Any] = {
        "key": element.key,
        "kind": ItemKind(own["kind"]) if "kind" in own else ITEMS[kind],
        "text": element.text("title") or wording(dict.fromkeys(element.words.languages, element.name or "—")),
        "help": element.text("description"),
        "required": data.get("isRequired") is True,
        "show_if": show_if,
        "metric": Feeds(own.get("metric", "other")),
        "pillar": Pillar(own["pillar"]) if own.get("pillar") else None,
        "touchpoint": str(own.get("touchpoint", "")),
        "phase": Phase(own["phase"]) if own.get("phase") else None,
        "version": int(own.get("version", 1)),
        "origin": str(own.get("origin", "")),
        "not_applicable": own.get("not_applicable") is True,
    }
    return Item(**(common | _READERS.get(kind, _choices)(element)))


def _rating(element: Element) -> dict[str, Any]:
    data = element.data
    found: dict[str, Any] = {}
    if "kind" not in element.own:
        element.notes.add("metric.to_choose", element.name)
        if data.get("rateType") == "stars":
            found["kind"] = ItemKind.STARS
    if element.own.get("usual_scale"):
        return found
    low, high = element.text("minRateDescription"), element.text("maxRateDescription")
    values = data.get("rateValues") or []
    if values and data.get("autoGenerate") is not True:
        return found | {"scale": _points(element, values, low, high)}
    lowest = _whole(data.get("rateMin"), 1)
    highest = _whole(data.get("rateMax"), lowest + _whole(data.get("rateCount"), 5) - 1)
    if data.get("rateStep") not in (None, 1):
        element.notes.add("property.not_carried", f"{element.name}.rateStep", data["rateStep"])
    return found | {"scale": _scale(element, lowest, highest, low, high)}


def _scale(element: Element, lowest: int, highest: int, low: Wording, high: Wording) -> Scale:
    if not lowest < highest < lowest + WIDEST_SCALE:
        element.notes.add("property.not_carried", f"{element.name}.rateMax", highest)
        lowest, highest = 1, 5
    return Scale(lowest=lowest, highest=highest, low=low, high=high)


def _points(element: Element, values: list[Any], low: Wording, high: Wording) -> Scale:
    pairs = [_pair(value) for value in values][:WIDEST_SCALE]
    numbers = [_number_of(value) for value, _ in pairs]
    lowest = numbers[0]
    if lowest is None or numbers != list(range(lowest, lowest + len(numbers))) or len(numbers) < 2:
        element.notes.add("scale.as_points", element.name, ", ".join(str(value) for value, _ in pairs))
        lowest = _ANY_POINT
    texts = tuple(element.words.of(text if text is not None else str(value), f"{element.name}.{value}")
                  for value, text in pairs)  # fmt: skip
    if all(text is None for _, text in pairs) or element.own.get("ends"):
        ends = [element.words.of(text, element.name) if text is not None else Wording() for _, text in pairs]
        low, high, texts = low or ends[0], high or ends[-1], ()
    highest = lowest + max(len(pairs), 2) - 1
    return Scale(lowest=lowest, highest=highest, low=low, high=high, points=texts if len(pairs) > 1 else ())


def _matrix(element: Element) -> dict[str, Any]:
    data, own = element.data, element.own
    columns = data.get("columns") or []
    rows: list[Row] = []
    for value, text in (_pair(row) for row in data.get("rows") or []):
        fed = own.get("rows", {}).get(value, {})
        key = value if fed else item_key(str(value), [r.key for r in rows], element.notes, place=element.name)
        rows.append(Row(
            key=str(key),
            text=element.words.of(text if text is not None else str(value), f"{element.name}.{value}"),
            metric=Feeds(fed.get("metric", "other")),
            pillar=Pillar(fed["pillar"]) if fed.get("pillar") else None,
        ))  # fmt: skip
    found: dict[str, Any] = {"rows": tuple(rows)}
    if "kind" not in own:
        element.notes.add("metric.to_choose", element.name)
        found["required"] = bool(data.get("isAllRowRequired") or data.get("eachRowRequired"))
    if columns and not own.get("usual_scale"):
        found["scale"] = _points(element, columns, Wording(), Wording())
    return found


def _boolean(element: Element) -> dict[str, Any]:
    element.notes.add("item.as_other_kind", element.name, "boolean → single")
    texts = {
        "true": ("labelTrue", wording(it="Sì", en="Yes")),
        "false": ("labelFalse", wording(it="No", en="No")),
    }
    return {
        "options": tuple(
            Option(
                key=key, text=element.text(label) or element.words.of(dict(usual), f"{element.name}.{key}")
            )
            for key, (label, usual) in texts.items()
        )
    }


def _choices(element: Element) -> dict[str, Any]:
    data, own = element.data, element.own
    options: list[Option] = []
    for choice in data.get("choices") or []:
        value, text = _pair(choice)
        key = option_key(str(value), [o.key for o in options], element.notes, element.name)
        words = element.words.of(text if text is not None else str(value), f"{element.name}.{value}")
        for name in choice if isinstance(choice, Mapping) else ():
            if name not in {"value", "text"}:
                element.notes.add("property.not_carried", f"{element.name}.{value}.{name}", choice[name])
        options.append(Option(
            key=key, text=words, exclusive=key in own.get("exclusive", ()),
            out_of_base=key in own.get("out_of_base", ()),
        ))  # fmt: skip
    found: dict[str, Any] = {}
    if data.get("showNoneItem") or data.get("hasNone"):
        words = element.text("noneText") or element.words.of(
            {"it": "Nessuna di queste", "en": "None"}, "none"
        )
        options.append(Option(key="none", text=words, exclusive=True))
    if data.get("showOtherItem") or data.get("hasOther"):
        found["other"] = element.text("otherText") or element.words.of(
            {"it": "Altro", "en": "Other"}, "other"
        )
    if data.get("showDontKnowItem"):
        found["not_applicable"] = True
    counts = own.get("limits") or {
        "fewest": data.get("minSelectedChoices"), "most": data.get("maxSelectedChoices")
    }  # fmt: skip
    given: dict[str, Any] = {
        name: int(value) for name, value in counts.items() if isinstance(value, int) and value > 0
    }
    return found | {"options": tuple(options), "limits": Limits(**given)}


def _text(element: Element) -> dict[str, Any]:
    data, kind = element.data, str(element.data.get("inputType", "text"))
    if kind in {"number", "range"}:
        lowest, highest = _float(data.get("min")), _float(data.get("max"))
        return {
            "kind": ItemKind.NUMBER,
            "limits": Limits(lowest=lowest, highest=highest, whole=data.get("step") == 1),
        }
    if kind == "date":
        limits = Limits(first=str(data.get("min") or ""), last=str(data.get("max") or ""))
        return {"kind": ItemKind.DATE, "limits": limits}
    if kind != "text":
        element.notes.add("item.as_other_kind", element.name, f"{kind} → comment")
    return {"limits": _longest(data)}


def _longest(data: Mapping[str, Any]) -> Limits:
    most = data.get("maxLength")
    return Limits(longest=most if isinstance(most, int) and most > 0 else None)


def _pair(value: Any) -> tuple[Any, Any]:
    """Value and text of a choice, which may be the value alone."""
    if isinstance(value, Mapping):
        return value.get("value"), value.get("text")
    return value, None


def _whole(value: Any, otherwise: int) -> int:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else otherwise


def _number_of(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and value.lstrip("-").isdigit() and len(value) < 8 else None


def _float(value: Any) -> float | None:
    try:
        return None if value in (None, "") or isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        return None


_READERS: Mapping[str, Callable[[Element], dict[str, Any]]] = {
    "rating": _rating,
    "matrix": _matrix,
    "boolean": _boolean,
    "text": _text,
    "comment": lambda element: {"limits": _longest(element.data)},
}
