"""Correlations behind ordered answers, against known areas and planted correlations."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multivariate_normal

from viaggio.estimate.errors import EmptyCategory, TooFew
from viaggio.estimate.polychoric import both_below, cuts, polychoric, polychoric_matrix, polyserial

STEPS = np.array([-1.2, -0.3, 0.4, 1.1])


def _pair(correlation, n=4000, seed=0):
    chance = np.random.default_rng(seed)
    first = chance.normal(size=n)
    return first, correlation * first + (1 - correlation**2) ** 0.5 * chance.normal(size=n)


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(-0.98, 0.98))
def test_the_area_below_both_is_that_of_the_bivariate_normal(h, k, correlation):
    known = multivariate_normal([0, 0], [[1, correlation], [correlation, 1]]).cdf([h, k])
    assert float(both_below(np.array(h), np.array(k), correlation)) == pytest.approx(known, abs=1e-7)


def test_the_area_below_both_means_is_sheppards():
    for correlation in (-0.9, -0.3, 0, 0.5, 0.99):
        known = 0.25 + np.arcsin(correlation) / (2 * np.pi)
        assert float(both_below(np.array(0.0), np.array(0.0), correlation)) == pytest.approx(known, abs=1e-12)


def test_a_fourfold_table_cut_at_the_medians_has_a_closed_answer():
    # shares a on the diagonal, 1/2 - a off it: r = sin(2 pi (a - 1/4))
    first = np.repeat([0, 0, 1, 1], [40, 10, 10, 40])
    second = np.repeat([0, 1, 0, 1], [40, 10, 10, 40])
    found = polychoric(first, second)
    assert found.correlation == pytest.approx(np.sin(2 * np.pi * (0.4 - 0.25)), abs=1e-7)
    assert polychoric(first, second, joint=True).correlation == pytest.approx(found.correlation, abs=1e-7)


@pytest.mark.parametrize("joint", [False, True])
def test_planted_correlations_and_cuts_come_back(joint):
    for planted in (-0.7, 0.0, 0.5, 0.9):
        first, second = _pair(planted, seed=int(planted * 10) + 20)
        found = polychoric(np.digitize(first, STEPS), np.digitize(second, STEPS), joint=joint)
        assert abs(found.correlation - planted) < 3.5 * found.error
        assert found.row_cuts == pytest.approx(STEPS, abs=0.1)


def test_the_standard_error_is_the_spread_over_samples():
    found = [
        polychoric(*(np.digitize(v, STEPS) for v in _pair(0.5, n=300, seed=seed)), joint=True)
        for seed in range(60)
    ]
    spread = np.std([f.correlation for f in found], ddof=1)
    assert np.mean([f.error for f in found]) == pytest.approx(spread, rel=0.25)


def test_answers_in_few_steps_correlate_less_than_what_lies_behind():
    first, second = _pair(0.6)
    coarse = np.digitize(first, [0.8]), np.digitize(second, [-0.5])
    assert np.corrcoef(coarse)[0, 1] < 0.45
    assert polychoric(*coarse).correlation == pytest.approx(0.6, abs=0.07)


def test_turning_a_scale_round_turns_the_sign_and_names_of_levels_do_not_matter():
    first, second = (np.digitize(v, STEPS) for v in _pair(0.5, n=500))
    plain = polychoric(first, second)
    assert polychoric(first, -10 * second).correlation == pytest.approx(-plain.correlation, abs=1e-6)
    assert polychoric(second, first).correlation == pytest.approx(plain.correlation, abs=1e-6)
    assert plain.table.sum() == 500
    assert plain.rows == (0, 1, 2, 3, 4)


def test_no_parameters_are_likelier_than_the_joint_ones():
    first, second = (np.digitize(v, STEPS[1:3]) for v in _pair(0.4, n=400))
    found = polychoric(first, second, joint=True)

    def likelihood(correlation, rows, columns):
        edges = [np.concatenate([[-9], at, [9]]) for at in (rows, columns)]
        known = multivariate_normal([0, 0], [[1, correlation], [correlation, 1]])
        corner = np.array([[known.cdf([h, k]) for k in edges[1]] for h in edges[0]])
        return (found.table * np.log(np.diff(np.diff(corner, axis=0), axis=1))).sum()

    best = likelihood(found.correlation, found.row_cuts, found.column_cuts)
    chance = np.random.default_rng(2)
    for _ in range(40):
        a, b, c = chance.normal(size=5)[[0, 1, 3]] * 0.02
        rows, columns = found.row_cuts + np.array([b, c]), found.column_cuts + np.array([c, a])
        assert likelihood(found.correlation + a, rows, columns) < best


def test_matrix_has_the_pairs():
    first, second = (np.digitize(v, STEPS) for v in _pair(0.5, n=500))
    table = np.column_stack([first, second, np.roll(first, 3)])
    found = polychoric_matrix(table)
    assert found[0, 1] == found[1, 0] == polychoric(second, first).correlation
    assert np.diag(found) == pytest.approx([1, 1, 1])


def test_polyserial_gives_back_the_planted_correlation_and_ignores_units():
    first, second = _pair(0.55)
    found = polyserial(first, np.digitize(second, STEPS))
    assert abs(found.correlation - 0.55) < 3.5 * found.variance**0.5
    assert found.cuts == pytest.approx(STEPS, abs=0.1)
    moved = polyserial(1000 - 7 * first, np.digitize(second, STEPS))
    assert moved.correlation == pytest.approx(-found.correlation, abs=1e-6)


def test_cuts_hold_the_shares_below():
    assert cuts([1, 1]) == pytest.approx([0])
    assert cuts([25, 50, 25]) == pytest.approx([-0.6744897501960817, 0.6744897501960817])


def test_items_with_one_level_are_refused():
    with pytest.raises(EmptyCategory, match="first item has 1 level"):
        polychoric([1, 1, 1], [1, 2, 1])
    with pytest.raises(EmptyCategory, match="first item has 0 level"):
        polychoric([1, 2, np.nan], [np.nan, np.nan, 1])
    with pytest.raises(EmptyCategory):
        polyserial([1.0, 2.0, 3.0], [4, 4, 4])
    with pytest.raises(TooFew):
        polyserial([1.0, 1.0, 1.0], [4, 4, 5])
