"""What holds for every split of explained variance."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viaggio.estimate.drivers.asymmetry import partial_correlations
from viaggio.estimate.drivers.importance import (
    coefficients_by_size,
    covariance,
    importance,
    normalised,
    relative_weights,
)
from viaggio.estimate.errors import BadNumber, Collinear, Constant, TooFew

seeds = st.integers(0, 10_000)
counts = st.integers(1, 5)


def _matrix(seed, p):
    """A covariance matrix of an outcome and p correlated drivers, on scales that differ a thousandfold."""
    chance = np.random.default_rng(seed)
    rows = chance.normal(size=(40, p + 1)) @ chance.normal(size=(p + 1, p + 1))
    return np.cov(rows * chance.uniform(0.01, 10, p + 1), rowvar=False).reshape(p + 1, p + 1)


def _names(p):
    return [f"driver {j}" for j in range(p)]


def _r2(matrix, chosen):
    """R2 by solving the normal equations of one subset."""
    if not chosen:
        return 0.0
    inner = [j + 1 for j in chosen]
    loads = matrix[0, inner]
    return float(loads @ np.linalg.solve(matrix[np.ix_(inner, inner)], loads) / matrix[0, 0])


@given(seeds, counts)
def test_lmg_is_the_mean_gain_over_all_orders(seed, p):
    matrix = _matrix(seed, p)
    gains = np.zeros(p)
    orders = list(permutations(range(p)))
    for order in orders:
        for place, j in enumerate(order):
            gains[j] += _r2(matrix, order[: place + 1]) - _r2(matrix, order[:place])
    assert importance(matrix, _names(p)).lmg == pytest.approx(gains / len(orders), abs=1e-9)


@given(seeds, counts)
def test_splits_add_up_to_r2_and_two_of_them_are_never_negative(seed, p):
    matrix = _matrix(seed, p)
    found = importance(matrix, _names(p))
    assert found.r2 == pytest.approx(_r2(matrix, range(p)), abs=1e-9)
    for parts in (found.lmg, found.genizi, found.car, found.pratt):
        assert sum(parts) == pytest.approx(found.r2, abs=1e-9)
    assert min(*found.lmg, *found.genizi, 0) > -1e-12


@given(seeds, counts)
def test_last_and_first_are_the_ends_of_all_orders(seed, p):
    matrix = _matrix(seed, p)
    found = importance(matrix, _names(p))
    everything = set(range(p))
    for j in range(p):
        assert found.first[j] == pytest.approx(_r2(matrix, [j]), abs=1e-9)
        assert found.last[j] == pytest.approx(found.r2 - _r2(matrix, sorted(everything - {j})), abs=1e-9)


@given(seeds, st.integers(2, 5))
def test_shares_follow_their_driver_when_columns_are_reordered_or_rescaled(seed, p):
    matrix = _matrix(seed, p)
    chance = np.random.default_rng(seed + 1)
    order = chance.permutation(p)
    scale = np.concatenate([[7.0], chance.choice([-1, 1], p) * chance.uniform(0.1, 9, p)])
    turned = (matrix * np.outer(scale, scale))[np.ix_([0, *(order + 1)], [0, *(order + 1)])]
    plain, moved = importance(matrix, _names(p)), importance(turned, _names(p))
    for method in ("lmg", "last", "first", "genizi", "car", "pratt", "beta_squared"):
        assert getattr(moved, method) == pytest.approx(np.array(getattr(plain, method))[order], abs=1e-8)


def test_uncorrelated_drivers_get_their_squared_correlation_from_every_method():
    matrix = np.array([[1.0, 0.5, -0.4], [0.5, 1.0, 0.0], [-0.4, 0.0, 1.0]])
    found = importance(matrix, ["a", "b"])
    for method in ("lmg", "last", "first", "genizi", "car", "pratt", "beta_squared"):
        assert getattr(found, method) == pytest.approx((0.25, 0.16))
    assert found.standardised == pytest.approx((0.5, -0.4))


def test_a_weight_counts_like_so_many_rows():
    chance = np.random.default_rng(3)
    rows, weights = chance.normal(size=(30, 4)), chance.integers(1, 5, 30)
    repeated = np.repeat(rows, weights, axis=0)
    names = _names(3)
    assert importance(covariance(rows, weights), names).lmg == pytest.approx(
        importance(covariance(repeated), names).lmg
    )
    assert covariance(rows) == pytest.approx(np.cov(rows, rowvar=False))
    assert covariance(rows, np.full(30, 2.5)) == pytest.approx(np.cov(rows, rowvar=False))


def test_coefficients_of_the_largest_and_the_smallest_models_are_those_of_least_squares():
    chance = np.random.default_rng(8)
    rows = chance.normal(size=(50, 4)) @ chance.normal(size=(4, 4))
    found = coefficients_by_size(covariance(rows), _names(3))
    centred = rows - rows.mean(axis=0)
    assert found[:, 2] == pytest.approx(np.linalg.lstsq(centred[:, 1:], centred[:, 0])[0])
    for j in range(3):
        assert found[j, 0] == pytest.approx(np.polyfit(rows[:, j + 1], rows[:, 0], 1)[0])


def test_many_drivers_still_have_relative_weights():
    chance = np.random.default_rng(5)
    correlation = np.corrcoef(chance.normal(size=(400, 31)) + chance.normal(size=(400, 1)), rowvar=False)
    parts = relative_weights(correlation[1:, 1:], correlation[1:, 0])
    assert parts.sum() == pytest.approx(_r2(correlation, range(30)))
    with pytest.raises(BadNumber, match="30 drivers"):
        importance(correlation, _names(30))


def test_partial_correlation_is_that_of_the_residuals():
    chance = np.random.default_rng(9)
    rows = chance.normal(size=(60, 4)) @ chance.normal(size=(4, 4))
    others = np.column_stack([np.ones(60), rows[:, 2:]])
    left = rows[:, :2] - others @ np.linalg.lstsq(others, rows[:, :2])[0]
    assert partial_correlations(covariance(rows))[0, 1] == pytest.approx(np.corrcoef(left.T)[0, 1])


def test_collinear_and_constant_columns_are_named():
    chance = np.random.default_rng(1)
    rows = chance.normal(size=(50, 4))
    rows[:, 3] = rows[:, 1] - 2 * rows[:, 2]
    with pytest.raises(Collinear, match="'time' is determined by 'ease', 'care'"):
        importance(covariance(rows), ["ease", "care", "time"])
    rows[:, 2] = 4.0
    with pytest.raises(Constant, match="'care' is the same in every row"):
        importance(covariance(rows), ["ease", "care", "time"])


def test_matrices_and_weights_that_do_not_fit_are_refused():
    with pytest.raises(BadNumber, match=r"shape \(3, 3\) for 3 drivers"):
        importance(np.eye(3), ["a", "b", "c"])
    with pytest.raises(BadNumber, match="missing"):
        importance(np.full((2, 2), np.nan), ["a"])
    with pytest.raises(BadNumber, match="one number per row"):
        covariance(np.eye(3), [1, 2])
    with pytest.raises(TooFew):
        covariance(np.eye(3), [1, 0, 0])
    with pytest.raises(BadNumber, match="add up to 0"):
        normalised([0.0, 0.0])
