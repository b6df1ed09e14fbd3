"""The server looks at every answer: what is off its scale never gets through."""

import math

import pytest
from hypothesis import given
from tests.pulse.questionnaire.drawn import answered

from viaggio.pulse.questionnaire import (
    FAULTS,
    NOT_APPLICABLE,
    RATINGS,
    Item,
    ItemKind,
    Limits,
    Option,
    Page,
    Questionnaire,
    Row,
    Scale,
    accepted,
    from_form,
    parsed,
    refused,
    scale_of,
    scored,
    validate,
    visible,
    wording,
)


def words(text):
    return wording(it=text, en=text)


OPTIONS = (
    Option(key="a", text=words("a")),
    Option(key="b", text=words("b")),
    Option(key="none", text=words("none"), exclusive=True),
)
ITEMS = (
    Item(key="recommend", kind=ItemKind.NPS, text=words("r"), required=True),
    Item(key="ease", kind=ItemKind.CES, text=words("e"), not_applicable=True),
    Item(key="one", kind=ItemKind.SINGLE, text=words("o"), options=OPTIONS, other=words("other")),
    Item(key="many", kind=ItemKind.MULTIPLE, text=words("m"), options=OPTIONS, limits=Limits(most=2)),
    Item(
        key="grid",
        kind=ItemKind.MATRIX,
        text=words("g"),
        scale=Scale(lowest=1, highest=5),
        not_applicable=True,
        rows=(Row(key="x", text=words("x")), Row(key="y", text=words("y"))),
    ),
    Item(key="order_of", kind=ItemKind.RANKING, text=words("k"), options=OPTIONS[:2]),
    Item(key="times", kind=ItemKind.NUMBER, text=words("t"), limits=Limits(lowest=0, highest=20, whole=True)),
    Item(key="day", kind=ItemKind.DATE, text=words("d"), limits=Limits(first="2026-01-01")),
    Item(key="why", kind=ItemKind.COMMENT, text=words("w"), limits=Limits(longest=10)),
    Item(
        key="bad", kind=ItemKind.COMMENT, text=words("b"), show_if=parsed("{recommend} <= 6"), required=True
    ),
)
FORM = Questionnaire(title=words("t"), languages=("it", "en"), pages=(Page(key="p", items=ITEMS),))
GOOD = {"recommend": 9}


def codes(answers, *, finished=False):
    return [fault.code for fault in validate(FORM, answers, finished=finished)]


def test_finished_without_answers_is_refused():
    faults = validate(FORM, {}, finished=True)
    assert [(fault.code, fault.item) for fault in faults] == [("answer.required", "recommend")]
    assert refused(faults)
    assert validate(FORM, {}, finished=False) == []


def test_a_required_item_is_only_asked_of_those_who_see_it():
    assert codes({"recommend": 7}, finished=True) == []
    assert codes({"recommend": 6}, finished=True) == ["answer.required"]
    assert codes({"recommend": 6, "bad": "slow"}, finished=True) == []


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"recommend": 11}, "answer.off_scale"),
        ({"recommend": -1}, "answer.off_scale"),
        ({"recommend": 8.5}, "answer.not_a_rating"),
        ({"recommend": True}, "answer.not_a_rating"),
        ({"recommend": "9"}, "answer.not_a_rating"),
        ({"recommend": NOT_APPLICABLE}, "answer.not_applicable_not_offered"),
        ({"recommend": [9]}, "answer.not_a_rating"),
        ({"ease": 0}, "answer.off_scale"),
        ({"nobody": 1}, "answer.unknown_item"),
        ({"recommend.other": "x"}, "answer.unknown_item"),
        ({"one": "c"}, "answer.unknown_option"),
        ({"one": 1}, "answer.unknown_option"),
        ({"many": "a"}, "answer.not_a_list"),
        ({"many": ["a", "a"]}, "answer.option_twice"),
        ({"many": ["a", "none"]}, "answer.exclusive_with_others"),
        ({"many": ["other"]}, "answer.unknown_option"),
        ({"grid": 3}, "answer.not_a_matrix"),
        ({"grid": {"z": 3}}, "answer.unknown_row"),
        ({"grid": {"x": 6}}, "answer.off_scale"),
        ({"order_of": ["a", "b", "c"]}, "answer.unknown_option"),
        ({"times": 21}, "answer.out_of_limits"),
        ({"times": 1.5}, "answer.not_whole"),
        ({"times": math.nan}, "answer.not_a_number"),
        ({"times": math.inf}, "answer.not_a_number"),
        ({"times": "7"}, "answer.not_a_number"),
        ({"day": "2026-02-30"}, "answer.not_a_date"),
        ({"day": "20260228"}, "answer.not_a_date"),
        ({"day": "2025-12-31"}, "answer.out_of_limits"),
        ({"why": "x" * 11}, "answer.too_long"),
        ({"why": 7}, "answer.not_a_text"),
        ({"why": "a\0b"}, "answer.not_a_text"),
        ({"why": "\ud800"}, "answer.not_a_text"),
    ],
)
def test_a_wrong_answer_is_refused_with_its_code(answers, code):
    faults = validate(FORM, GOOD | answers, finished=False)
    assert [fault.code for fault in faults if not fault.note] == [code]
    assert refused(faults)
    assert code in FAULTS


def test_right_answers_are_taken_whole():
    answers = GOOD | {
        "ease": NOT_APPLICABLE,
        "one": "other",
        "one.other": "boh",
        "many": ["a", "b"],
        "grid": {"x": 5, "y": NOT_APPLICABLE},
        "order_of": ["b", "a"],
        "times": 0,
        "day": "2026-01-01",
        "why": "perché no",
    }
    assert codes(answers, finished=True) == []
    assert accepted(FORM, answers) == answers


def test_answers_of_items_that_are_not_shown_are_left_out_with_a_note():
    faults = validate(FORM, GOOD | {"bad": "old words"}, finished=True)
    assert [(fault.code, fault.note) for fault in faults] == [("answer.not_shown", True)]
    assert not refused(faults)
    assert accepted(FORM, GOOD | {"bad": "old words"}) == GOOD


def test_words_beside_other_count_only_where_other_was_chosen():
    answers = GOOD | {"one": "a", "one.other": "left over"}
    assert codes(answers) == ["answer.other_not_chosen"]
    assert "one.other" not in accepted(FORM, answers)


@given(answered())
def test_nothing_off_its_scale_gets_through(drawn):
    asked, answers = drawn
    if refused(validate(asked, answers, finished=False)):
        return
    kept = accepted(asked, answers)
    assert {key.partition(".")[0] for key in kept} <= set(visible(asked, answers))
    for item in asked.items:
        value = kept.get(item.key)
        if value is None or value == NOT_APPLICABLE:
            assert value is None or item.not_applicable
        elif item.kind in RATINGS:
            assert type(value) is int
            assert scale_of(item).lowest <= value <= scale_of(item).highest
        elif item.kind is ItemKind.MATRIX:
            assert all(
                v == NOT_APPLICABLE or scale_of(item).lowest <= v <= scale_of(item).highest
                for v in value.values()
            )
        elif item.kind is ItemKind.SINGLE:
            assert item.option(value) is not None
        elif item.kind in {ItemKind.MULTIPLE, ItemKind.RANKING}:
            assert all(item.option(key) for key in value)
            assert len(set(value)) == len(value)


@given(answered())
def test_every_scored_value_lies_on_its_scale_and_no_item_twice(drawn):
    asked, answers = drawn
    if refused(validate(asked, answers, finished=False)):
        return
    rows = scored(asked, answers, "it").answers
    assert all(row.scale_min <= row.value <= row.scale_max and row.scale_min < row.scale_max for row in rows)
    assert len({row.item for row in rows}) == len(rows)


def test_a_form_becomes_answers():
    fields = {
        "csrf": ["x"],
        "recommend": ["9"],
        "ease": ["not_applicable"],
        "one": ["other"],
        "one.other": [" boh "],
        "many": ["a", "b"],
        "grid.x": ["5"],
        "order_of.a": ["2"],
        "order_of.b": ["1"],
        "times": ["3"],
        "day": ["2026-01-02"],
        "why": [""],
    }
    answers = from_form(FORM, fields)
    assert answers == {
        "recommend": 9,
        "ease": "not_applicable",
        "one": "other",
        "one.other": "boh",
        "many": ["a", "b"],
        "grid": {"x": 5},
        "order_of": ["b", "a"],
        "times": 3,
        "day": "2026-01-02",
    }
    assert codes(answers, finished=True) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"recommend": ["nine"]},
        {"recommend": ["9.5"]},
        {"times": ["1e3"]},
        {"order_of.a": ["1"], "order_of.b": ["1"]},
    ],
)
def test_a_form_with_nonsense_is_refused(fields):
    answers = from_form(FORM, {"recommend": ["9"]} | fields)
    assert refused(validate(FORM, answers, finished=False))
