"""Display, skip and branch logic of Qualtrics, as far as it asks about answers."""

import re
from collections.abc import Mapping
from typing import Any

from viaggio.pulse.questionnaire import Expression, Item, ItemKind
from viaggio.pulse.questionnaire.logic import All, AnyOf, Not, Operator, Test

_LOCATOR = re.compile(r"q://(QID[\w#]+)/(\w+)(?:/([\w.-]+))?")
_NUMBERS = {
    "EqualTo": Operator.EQUAL, "NotEqualTo": Operator.UNEQUAL, "GreaterThan": Operator.MORE,
    "GreaterThanOrEqual": Operator.AT_LEAST, "LessThan": Operator.LESS, "LessThanOrEqual": Operator.AT_MOST,
}  # fmt: skip
_FILLED = {"Empty": Operator.EMPTY, "NotEmpty": Operator.FILLED}


class NotOurs(Exception):
    """Logic that has no counterpart here."""


class Logic:
    """Reads logic with what is known of the questions: their items, and the options' keys by number."""

    def __init__(self, items: Mapping[str, Item], options: Mapping[str, Mapping[str, str]]) -> None:
        self._items = items
        self._options = options

    def condition(self, data: Any) -> Expression:
        """The condition of a display or branch logic; raises `NotOurs`."""
        groups = [one for name, one in _numbered(data) if name.isdigit()]
        if not groups:
            raise NotOurs
        parts = [self._group(group) for group in groups]
        joints = {str(group.get("Type", "If")) for group in groups[1:]}
        return _joined(parts, joints, "OrIf", "AndIf")

    def chosen(self, locator: str, condition: str) -> Expression:
        """Whether a choice was made, as skip logic asks; raises `NotOurs`."""
        return self._expression({"LogicType": "Question", "ChoiceLocator": locator, "Operator": condition})

    def _group(self, group: Mapping[str, Any]) -> Expression:
        tests = [one for name, one in _numbered(group) if name.isdigit()]
        if not tests:
            raise NotOurs
        parts = [self._expression(test) for test in tests]
        return _joined(parts, {str(test.get("Conjuction", "And")) for test in tests[1:]}, "Or", "And")

    def _expression(self, test: Mapping[str, Any]) -> Expression:
        if test.get("LogicType", "Question") != "Question":
            raise NotOurs
        found = _LOCATOR.fullmatch(str(test.get("LeftOperand") or test.get("ChoiceLocator", "")))
        item = self._items.get(found[1]) if found else None
        if found is None or item is None:
            raise NotOurs
        operator = str(test.get("Operator", ""))
        if operator in {"Selected", "NotSelected"} and found[2] == "SelectableChoice":
            made = self._made(item, self._options.get(found[1], {}).get(found[3] or "", ""))
            return made if operator == "Selected" else Not(made)
        if operator in _FILLED:
            return Test(item.key, _FILLED[operator])
        if operator in _NUMBERS and item.kind in {ItemKind.NPS, ItemKind.NUMBER}:
            return Test(item.key, _NUMBERS[operator], (_number(test.get("RightOperand")),))
        raise NotOurs

    def _made(self, item: Item, option: str) -> Expression:
        if item.kind is ItemKind.NPS and option.isdigit():
            return Test(item.key, Operator.EQUAL, (int(option),))
        if not option:
            raise NotOurs
        several = item.kind is ItemKind.MULTIPLE
        return Test(item.key, Operator.CONTAINS if several else Operator.EQUAL, (option,))


def _joined(parts: list[Expression], joints: set[str], either: str, both: str) -> Expression:
    if len(parts) == 1:
        return parts[0]
    if joints == {either}:
        return AnyOf(tuple(parts))
    if joints == {both}:
        return All(tuple(parts))
    raise NotOurs  # mixed: which comes first is not written down


def _numbered(data: Any) -> list[tuple[str, Mapping[str, Any]]]:
    if not isinstance(data, Mapping):
        raise NotOurs
    return [(str(name), one) for name, one in data.items() if isinstance(one, Mapping)]


def _number(value: Any) -> int | float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise NotOurs from None
    return int(number) if number == int(number) else number
