"""Scores counted part by part, as on a cluster, are those of the whole index, bit for bit."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
from tests.measure.test_scores import YEAR, bound, company, index
from tests.measure.test_strata import FEBRUARY, JANUARY, Sample

from viaggio.measure.scores import days_of
from viaggio.pulse import parts as cutting
from viaggio.pulse.index import Answers, of_arrays
from viaggio.pulse.kernels import asking
from viaggio.pulse.kernels.question import Question, ask_all
from viaggio.pulse.parts import arrays_of_part, parts_of

SPANS = (days_of(YEAR),)


def elsewhere(answers: Answers, walked: list[tuple[int, int]]) -> Answers:
    """The index, of which each part is walked as an index of its own."""

    def each(work, parts):
        walked.extend(parts)
        cut = (arrays_of_part(answers.arrays(), *part) for part in parts)
        return [work(of_arrays(arrays, answers.codes, answers.scales, answers.cx_weights)) for arrays in cut]

    return replace(answers, elsewhere=each)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(cutting, "PART_ROWS", 40)


def test_scores_of_parts_add_up_to_those_of_the_whole():
    engine, tables = bound(company(5))
    whole = index(engine, tables)
    engine.disconnect()
    questions = [
        Question(spans=SPANS, by=("channel", "touchpoint"), where={"channel": ("web", "app", "")}),
        Question(spans=SPANS, scheme="base", where={"channel": ("web", "app", "")}),
    ]
    check(whole, questions)


def test_strata_of_parts_are_those_of_the_whole():
    sample = Sample(6)
    questions = [
        Question(spans=(FEBRUARY, JANUARY), scheme="base", against=(1, -1)),
        Question(spans=(FEBRUARY, JANUARY), by=("channel",), scheme="base", against=(1, -1)),
    ]
    assert check(sample.index, questions)[0].strata.any()


def test_of_many_possible_groups_those_that_any_part_has_are_found(monkeypatch):
    monkeypatch.setattr(asking, "_DENSE", 3)
    (found,) = check(Sample(2).index, [Question(spans=(JANUARY, FEBRUARY), by=("wave", "channel"))])
    assert len(found.groups) == 6


def check(whole, questions):
    """The answers, having seen that they are the same from parts."""
    walked: list[tuple[int, int]] = []
    there, here = ask_all(elsewhere(whole, walked), questions), ask_all(whole, questions)
    assert pickle.dumps(there) == pickle.dumps(here)
    assert len(set(walked)) == len(parts_of(whole)) > 2
    rows = [arrays_of_part(whole.arrays(), *part)["value"] for part in parts_of(whole)]
    assert np.array_equal(np.concatenate(rows), whole.columns["value"])
    return here
