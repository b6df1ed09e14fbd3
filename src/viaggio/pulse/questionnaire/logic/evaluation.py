"""Whether a condition holds for given answers."""

from collections.abc import Callable, Mapping, Sequence

from viaggio.pulse.questionnaire.logic.expression import (
    ALONE,
    ORDERING,
    All,
    AnyOf,
    Expression,
    Not,
    Operator,
    Scalar,
    Test,
)


def holds(expression: Expression, value_of: Callable[[str], object]) -> bool:
    """Whether the condition holds; `value_of` gives the answer of a name, None when there is none.

    As in SurveyJS: an empty answer is unequal to everything, stands in no order with anything and contains
    nothing; a number in a text equals that number. Unlike there, texts differ by capitals.
    """
    match expression:
        case Test(name, operator, values):
            return _test(value_of(name), operator, values)
        case Not(part):
            return not holds(part, value_of)
        case All(parts):
            return all(holds(part, value_of) for part in parts)
        case AnyOf(parts):
            return any(holds(part, value_of) for part in parts)


def is_empty(value: object) -> bool:
    """No answer: nothing, blank text, no choice, no row."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, Sequence | Mapping) and not value)


def _test(value: object, operator: Operator, values: tuple[Scalar, ...]) -> bool:
    if operator in ALONE:
        return is_empty(value) is (operator is Operator.EMPTY)
    if is_empty(value):
        return operator in {Operator.UNEQUAL, Operator.LACKS}
    if operator in ORDERING:
        return _ordered(value, operator, values[0])
    if operator is Operator.ANY_OF:
        return any(_equal(one, wanted) for one in _several(value) for wanted in values)
    if operator in {Operator.CONTAINS, Operator.LACKS}:
        return _contains(value, values[0]) is (operator is Operator.CONTAINS)
    return _equal(value, values[0]) is (operator is Operator.EQUAL)


def _several(value: object) -> Sequence[object]:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return value
    return (value,)


def _equal(value: object, wanted: Scalar) -> bool:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return False  # several choices are no single one: ask with contains
    if isinstance(value, bool) or isinstance(wanted, bool):
        return _truth(value) is not None and _truth(value) == _truth(wanted)
    left, right = _number(value), _number(wanted)
    if left is not None and right is not None:
        return left == right
    return str(value) == str(wanted)


def _truth(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value) if isinstance(value, str) else None


def _ordered(value: object, operator: Operator, wanted: Scalar) -> bool:
    left, right = _number(value), _number(wanted)
    if left is None or right is None:
        mixed = (left is None) != (right is None)  # a number in a text is in no order with other texts
        if mixed or not (isinstance(value, str) and isinstance(wanted, str)):
            return False
        return _compared((value > wanted) - (value < wanted), operator)
    return _compared((left > right) - (left < right), operator)


def _compared(sign: int, operator: Operator) -> bool:
    if operator is Operator.LESS:
        return sign < 0
    if operator is Operator.AT_MOST:
        return sign <= 0
    if operator is Operator.MORE:
        return sign > 0
    return sign >= 0


def _contains(value: object, wanted: Scalar) -> bool:
    if isinstance(value, str):
        return isinstance(wanted, str) and wanted in value
    return any(_equal(one, wanted) for one in _several(value))


def _number(value: object) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    if not isinstance(value, str) or not value.isascii():
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if number - number == 0 else None  # neither infinite nor NaN
