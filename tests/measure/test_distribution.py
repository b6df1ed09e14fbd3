"""Shares of answers against statsmodels, and against a company whose accounts all say the same."""

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from viaggio.measure.distribution import shares


def test_each_value_is_counted_with_the_empty_ones_of_the_scale():
    found = shares([1, 2, 2, 5], [1, 2, 3, 4], [1, 2, 3, 4], steps=range(1, 6))
    assert [(one.value, one.n) for one in found] == [(1, 1), (2, 2), (3, 0), (4, 0), (5, 1)]
    assert sum(one.share.value for one in found) == pytest.approx(1)


def test_of_persons_who_answer_once_the_interval_is_wilsons():
    chance = np.random.default_rng(5)
    values = chance.integers(1, 6, 400)
    for one in shares(values, np.arange(400), np.arange(400)):
        low, high = proportion_confint(one.n, 400, method="wilson")
        assert (one.share.low, one.share.high) == (pytest.approx(low), pytest.approx(high))


def test_answers_that_only_repeat_their_account_make_nothing_surer():
    """Every account answers four times the same: the interval is about that of the accounts alone."""
    chance = np.random.default_rng(6)
    said = chance.integers(1, 4, 200)
    alone = shares(said, np.arange(200), np.arange(200))
    repeated = shares(np.repeat(said, 4), np.repeat(np.arange(200), 4), np.arange(800))
    for one, other in zip(alone, repeated, strict=True):
        assert other.n == 4 * one.n
        width, same = other.share.high - other.share.low, one.share.high - one.share.low
        assert width == pytest.approx(same, rel=0.03)


def test_persons_are_counted_once_each():
    (one,) = shares([3, 3, 3], [1, 1, 2], [7, 7, 8])
    assert (one.n, one.people) == (3, 2)
