"""Reading the text of a plan: never an error, every finding on its line."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.web.incentive.office.conftest import PLAN

from viaggio.web.incentive.plan_words import FINDINGS, finding_words
from viaggio.web.incentive.services.plan_changes import changes
from viaggio.web.incentive.services.plan_text import read_text


def test_a_plan_in_order_has_no_findings():
    assert read_text(PLAN).findings == ()


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ('weight: "0.4"', 'weight: "0.3"', "weights.not_one", "  logistics:"),
        ('["36", "1"]', '["20", "1"]', "plan.unreadable", 'company_nps, weight: "0.6"'),
        ("ladder: [neutral]", "ladder: [parent]", "ladder.no_end", "guardrails:"),
        ("on_time: {metric: manual}", "other: {metric: manual}", "measure.undeclared", "measure: on_time"),
        ("version: 1", "version: one", "plan.unreadable", "version: one"),
        ("legal_basis: PROGRAM", "plan: TWICE", "text.repeated", "plan: TWICE"),
        ("period: {start", "period: [{start", "text.unwritten", "period: [{start"),
    ],
)  # fmt: skip
def test_a_finding_stands_on_its_line(old, new, code, line):
    assert old in PLAN
    text = PLAN.replace(old, new, 1)
    found = read_text(text)
    assert found.refused
    first = found.findings[0]
    assert first.code == code
    assert line in text.split("\n")[first.line - 1]


def test_references_are_not_followed():
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\n"
    assert read_text(bomb).findings[0].code == "text.alias"


def test_every_code_has_a_sentence():
    from viaggio.incentive.plan.checks import FINDINGS as CODES

    assert set(CODES) <= set(FINDINGS)
    assert all("%(" not in finding_words(code, "0.95") for code in FINDINGS)


@given(st.text(max_size=60))
def test_no_text_is_an_error(text):
    read = read_text(text)
    assert read.plan is None
    assert read.findings[0].refuses


PARTS = re.split(r"(\W+)", PLAN)


@given(st.integers(0, len(PARTS) - 1), st.sampled_from(["", "[", "{", "]", "x", "-1", "null", "1e999", "? "]))
def test_a_plan_with_one_word_changed_is_read_or_refused_on_a_line_of_it(place, word):
    text = "".join([*PARTS[:place], word, *PARTS[place + 1 :]])
    read = read_text(text)
    assert read.plan is not None or read.refused
    assert all(0 <= finding.line <= read.lines for finding in read.findings)


def test_equal_documents_have_no_changes_and_a_removed_line_is_one():
    document = read_text(PLAN).document
    without = read_text(PLAN.replace('absences: {unpaid_leave: {lost: "1"}}\n', "")).document
    assert changes(document, document) == []
    assert [(c.place, c.before, c.now) for c in changes(document, without)] == [
        ("absences.unpaid_leave.lost", "1", "")
    ]
