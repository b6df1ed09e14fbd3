"""The conditions of a questionnaire as a tree, and how they are written: a subset of SurveyJS `visibleIf`.

`{recommend} <= 6 and ({channel} = 'phone' or {reasons} contains 'price')`
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

type Scalar = bool | int | float | str
"""A literal of a condition."""

type Expression = Test | All | AnyOf | Not
"""A condition: one test of one answer, or several joined."""


class Operator(StrEnum):
    """How an answer is tested; each as it is written."""

    EQUAL = "="
    UNEQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="
    CONTAINS = "contains"
    LACKS = "notcontains"
    ANY_OF = "anyof"
    EMPTY = "empty"
    FILLED = "notempty"


ALONE = frozenset({Operator.EMPTY, Operator.FILLED})
"""Operators without a value."""

ORDERING = frozenset({Operator.LESS, Operator.AT_MOST, Operator.MORE, Operator.AT_LEAST})
"""Operators that need an order: numbers with numbers, texts (such as dates) with texts."""


@dataclass(frozen=True, slots=True)
class Test:
    """`{name} operator value`; `values` holds one literal, several for `anyof`, none for `empty`."""

    name: str
    operator: Operator
    values: tuple[Scalar, ...] = ()

    __test__ = False  # not a class of pytest


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; two parts at least."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds; two parts at least."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Expression


def written(expression: Expression) -> str:
    """The condition as text, in one way only: reading it again gives the same tree."""
    match expression:
        case Test(name, operator, values):
            return f"{{{name}}} {operator}{_values(operator, values)}"
        case Not(part):
            return f"!({written(part)})"
        case All(parts):
            return " and ".join(_inner(part) for part in parts)
        case AnyOf(parts):
            return " or ".join(_inner(part) for part in parts)


def names(expression: Expression) -> Iterator[str]:
    """Every name that the condition looks at, in the order written, doubles too."""
    match expression:
        case Test(name):
            yield name
        case Not(part):
            yield from names(part)
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from names(part)


def tests(expression: Expression) -> Iterator[Test]:
    """Every single test of the condition, in the order written."""
    match expression:
        case Test():
            yield expression
        case Not(part):
            yield from tests(part)
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from tests(part)


def _inner(part: Expression) -> str:
    return f"({written(part)})" if isinstance(part, All | AnyOf) else written(part)


def _values(operator: Operator, values: tuple[Scalar, ...]) -> str:
    if operator in ALONE:
        return ""
    if operator is Operator.ANY_OF:
        return f" [{', '.join(_literal(value) for value in values)}]"
    return f" {_literal(values[0])}"


def _literal(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
