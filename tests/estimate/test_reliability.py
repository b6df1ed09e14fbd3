"""Reliability of scales, against definitions written out and data whose answer is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viaggio.estimate.errors import BadNumber, Collinear, Constant, NotConverged, TooFew
from viaggio.estimate.factor import fit_correlations, one_factor
from viaggio.estimate.reliability import kr20, reliability, sampling_adequacy, sphericity, split_half

seeds = st.integers(0, 10_000)
items = st.integers(2, 6)


def _answers(seed, k, n=60, common=1.0):
    chance = np.random.default_rng(seed)
    return np.round(4 + common * chance.normal(size=(n, 1)) + chance.normal(size=(n, k)), 2)


def _names(k):
    return [f"item {j}" for j in range(k)]


@given(seeds, items)
def test_alpha_is_at_most_one_and_lies_in_its_interval(seed, k):
    found = reliability(_answers(seed, k, common=seed % 5), _names(k))
    assert found.low < found.alpha < found.high < 1


@given(seeds, items)
def test_alpha_is_the_share_of_the_sum_that_its_parts_do_not_explain(seed, k):
    table = _answers(seed, k)
    parts = sum(np.var(column) for column in table.T)
    assert reliability(table, _names(k)).alpha == pytest.approx(
        k / (k - 1) * (1 - parts / np.var(table.sum(axis=1)))
    )


@given(seeds, items)
def test_alpha_keeps_under_a_shift_and_a_common_scale_and_standardised_alpha_under_any(seed, k):
    table = _answers(seed, k)
    plain = reliability(table, _names(k))
    assert reliability(table * 3 + 10, _names(k)).alpha == pytest.approx(plain.alpha)
    stretched = reliability(table * np.arange(1, k + 1), _names(k))
    assert stretched.standardised == pytest.approx(plain.standardised)
    assert stretched.lambda6 == pytest.approx(plain.lambda6)
    z = (table - table.mean(axis=0)) / table.std(axis=0)
    assert reliability(z, _names(k)).alpha == pytest.approx(plain.standardised)


def test_items_are_judged_against_the_sum_of_the_others():
    table = _answers(4, 5)
    found = reliability(table, _names(5))
    for j, item in enumerate(found.items):
        others = np.delete(table, j, axis=1)
        assert item.rest == pytest.approx(np.corrcoef(table[:, j], others.sum(axis=1))[0, 1])
        assert item.alpha_without == pytest.approx(reliability(others, _names(4)).alpha)
        assert (item.mean, item.deviation) == pytest.approx((table[:, j].mean(), table[:, j].std(ddof=1)))
    assert reliability(table[:, :2], _names(2)).items[0].alpha_without is None


def test_a_reversed_item_is_found_by_its_correlation_with_the_rest():
    table = _answers(5, 4)
    table[:, 2] = 8 - table[:, 2]
    found = reliability(table, _names(4))
    assert [item.rest < 0 for item in found.items] == [False, False, True, False]
    assert found.items[2].alpha_without > found.alpha


def test_guttman_and_average_correlation_are_those_of_regressions_and_pairs():
    table = _answers(6, 4)
    found = reliability(table, _names(4))
    correlation = np.corrcoef(table.T)
    left = 0.0
    for j in range(4):
        design = np.column_stack([np.ones(60), np.delete(table, j, axis=1)])
        rest = table[:, j] - design @ np.linalg.lstsq(design, table[:, j])[0]
        left += rest.var() / table[:, j].var()
    assert found.lambda6 == pytest.approx(1 - left / correlation.sum())
    assert found.average_r == pytest.approx(correlation[np.triu_indices(4, 1)].mean())


def test_feldts_interval_holds_the_true_alpha_of_parallel_items_in_19_of_20_samples():
    true, held = 4 * 0.5 / (1 + 3 * 0.5), 0
    for seed in range(300):
        found = reliability(_answers(seed, 4, n=40), _names(4))
        held += found.low <= true <= found.high
    assert 0.92 <= held / 300 <= 0.98


def test_kr20_is_alpha_of_yes_and_no():
    table = _answers(7, 5) > 4.5
    assert kr20(table) == pytest.approx(reliability(table, _names(5)).alpha)


def test_split_half_of_two_equal_halves_is_one():
    half = _answers(8, 2)
    assert split_half(half[:, [0, 0, 1, 1]]) == pytest.approx(1)
    r = np.corrcoef(half.T)[0, 1]
    assert split_half(half) == pytest.approx(2 * r / (1 + r))


def test_one_factor_gives_back_the_loadings_that_made_the_correlations():
    loading = np.array([0.9, 0.7, 0.5, 0.6, 0.3])
    correlation = np.outer(loading, loading)
    np.fill_diagonal(correlation, 1)
    found, residual = fit_correlations(correlation)
    assert found == pytest.approx(loading, abs=1e-8)
    assert residual == pytest.approx(1 - loading**2, abs=1e-8)


def test_three_items_are_fitted_exactly_by_the_triad_formula():
    table = _answers(9, 3, n=200)
    r = np.corrcoef(table.T)
    found = one_factor(table, _names(3))
    assert found.standardised[0] ** 2 == pytest.approx(r[0, 1] * r[0, 2] / r[1, 2])
    assert found.fit.freedom == 0
    assert found.fit.p is None
    assert found.fit.chi_square == pytest.approx(0, abs=1e-8)
    assert (found.fit.cfi, found.fit.tli, found.fit.rmsea) == (1, 1, 0)


def test_no_other_loadings_are_likelier():
    table = _answers(10, 5, n=150)
    found = one_factor(table, _names(5))
    seen = np.cov(table.T, bias=True)

    def lost(loadings, residuals):
        model = np.outer(loadings, loadings) + np.diag(residuals)
        return np.linalg.slogdet(model)[1] + np.trace(np.linalg.solve(model, seen))

    least = lost(found.loadings, found.residuals)
    chance = np.random.default_rng(0)
    for _ in range(200):
        nudge = chance.normal(size=(2, 5)) * 10 ** chance.uniform(-3, -1)
        assert lost(found.loadings + nudge[0], found.residuals + nudge[1]) > least
    assert found.fit.chi_square == pytest.approx(150 * (least - np.linalg.slogdet(seen)[1] - 5))


def test_omega_of_parallel_items_is_alpha_and_the_units_of_items_do_not_move_the_fit():
    table = _answers(11, 4, n=20_000)
    found, scaled = one_factor(table, _names(4)), one_factor(table * [1, 10, 0.1, 3], _names(4))
    assert found.omega == pytest.approx(reliability(table, _names(4)).alpha, abs=2e-3)
    assert found.composite == pytest.approx(0.8, abs=0.01)
    assert found.ave == pytest.approx(0.5, abs=0.02)
    assert scaled.standardised == pytest.approx(found.standardised)
    assert scaled.fit.chi_square == pytest.approx(found.fit.chi_square)
    assert found.proper


def test_two_factors_do_not_fit_one():
    chance = np.random.default_rng(12)
    two = np.repeat(chance.normal(size=(400, 2)), 3, axis=1) + 0.5 * chance.normal(size=(400, 6))
    fit = one_factor(two, _names(6)).fit
    assert fit.p < 1e-6
    assert fit.cfi < 0.8
    assert fit.rmsea > 0.2


def test_adequacy_and_sphericity_of_known_matrices():
    equal = np.full((4, 4), 0.5) + 0.5 * np.eye(4)
    partial = 0.5 / (1 + 2 * 0.5)  # partial correlation of two of four equally correlated items
    assert sampling_adequacy(equal) == pytest.approx(0.25 / (0.25 + partial**2))
    statistic, freedom, p = sphericity(np.eye(4), 100)
    assert (statistic, freedom, p) == (0, 6, 1)
    assert sphericity(equal, 100)[0] == pytest.approx(-np.log(0.5**3 * 2.5) * (99 - 13 / 6))


def test_scales_that_can_not_be_judged_are_named():
    table = _answers(13, 3)
    with pytest.raises(Constant, match="'item 1'"):
        reliability(table * [1, 0, 1], _names(3))
    with pytest.raises(Collinear, match="'item 2' is determined by 'item 0', 'item 1'"):
        reliability(table[:, [0, 1, 1]], _names(3))
    with pytest.raises(TooFew):
        reliability(table[:, :1], _names(1))
    with pytest.raises(TooFew, match="do not identify"):
        one_factor(table[:, :2], _names(2))
    with pytest.raises(BadNumber, match="2 names"):
        reliability(table, _names(2))
    with pytest.raises(BadNumber, match="0 and 1"):
        kr20(table)
    with pytest.raises(Constant):
        kr20(np.eye(3))
    with pytest.raises(Constant):
        split_half(np.ones((4, 2)))


def test_items_without_anything_in_common_have_no_factor_or_an_improper_one():
    chance = np.random.default_rng(14)
    for _ in range(10):
        try:
            found = one_factor(chance.normal(size=(30, 4)), _names(4))
        except NotConverged:
            continue
        assert np.isfinite(found.omega)
        assert found.proper == bool((found.residuals >= 0).all())
