"""Weights of pillars: planted ones come back, intervals hold them, small bases do not pretend."""

import numpy as np
import pytest

from viaggio.estimate.drivers import Reason, covariance, importance, pillar_weights
from viaggio.estimate.errors import BadNumber
from viaggio.kernel import Flag

NAMES = ["personalisation", "expectations", "time_effort", "integrity", "resolution", "empathy"]
PLANTED = np.array([0.30, 0.20, 0.25, 0.10, 0.45, 0.15])
AMONG = np.full((6, 6), 0.35) + 0.65 * np.eye(6)


def _true_shares():
    """Shares in the population from which `_answers` are drawn."""
    whole = np.empty((7, 7))
    whole[1:, 1:] = AMONG
    whole[0, 1:] = whole[1:, 0] = AMONG @ PLANTED
    whole[0, 0] = PLANTED @ AMONG @ PLANTED + 1
    found = importance(whole, NAMES)
    return np.array(found.lmg) / found.r2, found.r2


def _answers(chance, customers, each):
    """Customers answer `each` times; their answers have one half of the variance in common."""
    root = np.linalg.cholesky(AMONG)
    who = np.repeat(np.arange(customers), each)
    own, wave = chance.normal(size=(customers, 7)), chance.normal(size=(customers * each, 7))
    mixed = (own[who] + wave) / 2**0.5
    pillars = mixed[:, :6] @ root.T
    return pillars @ PLANTED + mixed[:, 6], pillars, who


def test_planted_weights_lie_in_their_intervals_in_nine_of_ten_samples():
    shares, r2 = _true_shares()
    held = fits = 0
    for seed in range(60):
        chance = np.random.default_rng(seed)
        outcome, pillars, who = _answers(chance, 250, 2)
        found = pillar_weights(outcome, pillars, NAMES, who, chance=chance, replicates=200)
        held += sum(w.low <= share <= w.high for w, share in zip(found.weights, shares, strict=True))
        fits += found.r2.low <= r2 <= found.r2.high
    assert held / (60 * 6) >= 0.9
    assert fits / 60 >= 0.9


def test_weights_are_the_normalised_lmg_shares_and_add_up_to_one():
    chance = np.random.default_rng(11)
    outcome, pillars, who = _answers(chance, 300, 1)
    weights = chance.uniform(0.5, 3, len(who))
    found = pillar_weights(outcome, pillars, NAMES, who, chance=chance, weights=weights, replicates=20)
    whole = importance(covariance(np.column_stack([outcome, pillars]), weights), NAMES)
    assert [w.value for w in found.weights] == pytest.approx(np.array(whole.lmg) / whole.r2)
    assert sum(w.value for w in found.weights) == pytest.approx(1)
    assert found.r2.value == pytest.approx(whole.r2)
    assert all(w.low < w.value < w.high for w in found.weights)
    assert (found.n, found.customers, found.fallback) == (300, 300, None)
    assert found.base == pytest.approx(weights.sum() ** 2 / (weights**2).sum())


def test_the_same_chance_gives_the_same_interval_and_customers_may_have_any_name():
    outcome, pillars, who = _answers(np.random.default_rng(2), 200, 2)
    names = np.array([f"customer {code}" for code in who])
    found = [
        pillar_weights(outcome, pillars, NAMES, codes, chance=np.random.default_rng(5), replicates=120)
        for codes in (names, names)
    ]
    assert found[0] == found[1]


def test_a_customer_who_answers_often_widens_the_interval():
    outcome, pillars, _ = _answers(np.random.default_rng(3), 300, 1)
    repeated = np.repeat(np.arange(300), 4)
    alone = pillar_weights(
        outcome[repeated], pillars[repeated], NAMES, np.arange(1200), chance=np.random.default_rng(1)
    )
    together = pillar_weights(
        outcome[repeated], pillars[repeated], NAMES, repeated, chance=np.random.default_rng(1)
    )
    for narrow, wide in zip(alone.weights, together.weights, strict=True):
        assert narrow.value == pytest.approx(wide.value)
        # the same 300 answers, copied four times: the naive interval is half as wide as the honest one
        assert (wide.high - wide.low) / (narrow.high - narrow.low) == pytest.approx(2, rel=0.25)


def test_rows_that_miss_an_answer_are_left_out():
    outcome, pillars, who = _answers(np.random.default_rng(4), 200, 1)
    holed = pillars.copy()
    holed[:50, 2] = np.nan
    found = pillar_weights(outcome, holed, NAMES, who, chance=np.random.default_rng(0), replicates=20)
    kept = pillar_weights(
        outcome[50:], pillars[50:], NAMES, who[50:], chance=np.random.default_rng(0), replicates=20
    )
    assert found == kept
    assert found.n == 150


@pytest.mark.parametrize(
    ("spoil", "reason", "detail"),
    [
        (lambda y, x: (y[:80], x[:80]), Reason.SMALL_BASE, ""),
        (lambda y, x: (y, x * [1, 1, 0, 1, 1, 1]), Reason.CONSTANT, "'time_effort'"),
        (lambda y, x: (y, x[:, [0, 1, 2, 3, 4, 4]]), Reason.COLLINEAR, "'empathy'"),
        (lambda y, x: (y * 0, x), Reason.CONSTANT, "'outcome'"),
        (lambda y, x: (y[np.arange(200) * 7 % 200], x), Reason.NO_ASSOCIATION, ""),
        (lambda y, x: (y[:0], x[:0]), Reason.SMALL_BASE, ""),
    ],
)
def test_where_nothing_can_be_told_weights_are_equal_and_say_so(spoil, reason, detail):
    outcome, pillars = spoil(*_answers(np.random.default_rng(21), 200, 1)[:2])
    found = pillar_weights(outcome, pillars, NAMES, np.arange(len(outcome)), chance=np.random.default_rng(0))
    assert found.fallback is reason
    assert detail in found.detail
    assert found.needed == 90
    assert found.r2.value is None
    for weight in found.weights:
        assert weight.value == pytest.approx(1 / 6)
        assert (weight.low, weight.high) == (None, None)
        assert Flag.BELOW_MINIMUM in weight.flags


def test_few_heavy_customers_are_a_small_base_however_many_rows_there_are():
    outcome, pillars, who = _answers(np.random.default_rng(6), 400, 1)
    weights = np.where(who < 20, 1000.0, 1.0)
    found = pillar_weights(outcome, pillars, NAMES, who, chance=np.random.default_rng(0), weights=weights)
    assert found.fallback is Reason.SMALL_BASE
    assert 20 < found.base < 22


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(BadNumber, match="Shapes do not fit"):
        pillar_weights([1, 2], [[1], [2]], ["a", "b"], [1, 2], chance=np.random.default_rng(0))
    with pytest.raises(BadNumber, match="below 0"):
        pillar_weights([1.0], [[1.0]], ["a"], [1], chance=np.random.default_rng(0), weights=[-1])
