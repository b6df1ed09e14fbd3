"""Conditions: read back what is written, hold as SurveyJS says, and refuse what is none."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.pulse.questionnaire.drawn import expressions

from viaggio.pulse.questionnaire import BadExpression, holds, names, parsed, written
from viaggio.pulse.questionnaire.logic import All, AnyOf, Not, Operator, Test

CASES = json.loads((Path(__file__).parent / "fixtures/surveyjs_conditions.json").read_text())["cases"]
LITERALS = st.one_of(
    st.integers(-(10**9), 10**9),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.text(max_size=8),
)


@given(expressions(["a", "b.c", "d_1"], LITERALS))
def test_reading_what_was_written_gives_the_same_condition(expression):
    assert parsed(written(expression)) == expression


def plainly(expression, answers):
    """A second, slow reader: a truth value for every test, then joined by name."""
    if isinstance(expression, Not):
        return {True: False, False: True}[plainly(expression.part, answers)]
    if isinstance(expression, All):
        return False not in [plainly(part, answers) for part in expression.parts]
    if isinstance(expression, AnyOf):
        return True in [plainly(part, answers) for part in expression.parts]
    value, wanted = answers.get(expression.name), expression.values
    given_all = value if isinstance(value, list) else [value]
    if expression.operator in (Operator.EMPTY, Operator.FILLED):
        return (value in (None, [])) == (expression.operator is Operator.EMPTY)
    if value in (None, []):
        return expression.operator in (Operator.UNEQUAL, Operator.LACKS)
    number = None if isinstance(value, list) else value
    return {
        Operator.EQUAL: lambda: number == wanted[0],
        Operator.UNEQUAL: lambda: number != wanted[0],
        Operator.LESS: lambda: number is not None and number < wanted[0],
        Operator.AT_MOST: lambda: number is not None and number <= wanted[0],
        Operator.MORE: lambda: number is not None and number > wanted[0],
        Operator.AT_LEAST: lambda: number is not None and number >= wanted[0],
        Operator.CONTAINS: lambda: wanted[0] in given_all,
        Operator.LACKS: lambda: wanted[0] not in given_all,
        Operator.ANY_OF: lambda: bool({*wanted} & {*given_all}),
    }[expression.operator]()


@given(
    expressions(["a", "b"], st.integers(0, 4)),
    st.dictionaries(
        st.sampled_from("ab"), st.none() | st.integers(0, 4) | st.lists(st.integers(0, 4), max_size=3)
    ),
)
def test_a_condition_holds_as_a_plain_reader_says(expression, answers):
    assert holds(expression, answers.get) is plainly(expression, answers)


def test_conditions_hold_as_in_surveyjs():
    wrong = [(e, a, b, says) for e, a, b, says in CASES if holds(parsed(e), {"a": a, "b": b}.get) is not says]
    assert wrong == []
    assert len(CASES) > 400


def test_and_binds_tighter_than_or():
    a, b, c = (Test(name, Operator.FILLED) for name in "abc")
    assert parsed("{a} notempty or {b} notempty and {c} notempty") == AnyOf((a, All((b, c))))


def test_words_of_surveyjs_are_read_too():
    assert parsed("{a} == 1 && !({b} <> 2)") == parsed("{a} = 1 and not ({b} != 2)")
    assert parsed('{a} anyof ["x", "y"]') == Test("a", Operator.ANY_OF, ("x", "y"))


def test_names_are_told_in_order():
    assert list(names(parsed("{b} = 1 or ({a} = 2 and {b} empty)"))) == ["b", "a", "b"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{a}",
        "{a} =",
        "{a} = 1 and",
        "({a} = 1",
        "{a} = 1)",
        "1 = {a}",
        "a = 1",
        "{a} = {b}",
        "iif(1, 2)",
        "{a} = __import__('os')",
        "{a} anyof []",
        "{a} = 'x",
        "{a} = 1e999",
        "{} = 1",
        "{a} = 1; {b} = 2",
        "(" * 500 + "{a} = 1" + ")" * 500,
        "!" * 500 + "{a} = 1",
        "{a} = 1 or " * 1_000 + "{a} = 1",
    ],
)
def test_what_is_no_condition_is_refused_with_its_place(text):
    with pytest.raises(BadExpression) as error:
        parsed(text)
    assert error.value.code == "logic.unreadable"
    assert 0 <= error.value.at <= len(text)


@given(st.text(alphabet="{}ab =<>!&|()'\"\\and or1.,[]", max_size=40))
def test_any_text_is_read_or_refused(text):
    try:
        expression = parsed(text)
    except BadExpression:
        return
    assert parsed(written(expression)) == expression
