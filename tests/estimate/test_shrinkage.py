"""Shrunken figures against other packages and plain integrals, and the laws of shrinking."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.api import add_constant
from statsmodels.regression.mixed_linear_model import MixedLM
from statsmodels.stats.meta_analysis import combine_effects

from viaggio.estimate import shrinkage
from viaggio.estimate.errors import BadCounts, BadNumber, BadSample, Collinear, Constant, NotConverged, TooFew
from viaggio.estimate.shrinkage import Between, Fit, Heterogeneity

figures = st.lists(st.tuples(st.integers(-100, 100), st.integers(1, 400)), min_size=4, max_size=12).filter(
    lambda rows: len({y for y, _ in rows}) > 1
)


def teams(seed=1, units=12, deviation=1.0):
    chance = np.random.default_rng(seed)
    unit = np.repeat(np.arange(units), chance.integers(3, 30, units))
    x = chance.normal(size=len(unit))
    y = 7 + 0.5 * x + chance.normal(0, deviation, units)[unit] + chance.normal(0, 2, len(unit))
    return y, unit.tolist(), x


@pytest.mark.parametrize("fit", Fit)
def test_random_intercept_is_that_of_statsmodels(fit):
    y, unit, x = teams(deviation=2.0)
    known = MixedLM(y, add_constant(x), groups=unit).fit(reml=fit is Fit.REML, method="powell")
    found = shrinkage.random_intercept(y, unit, x, fit=fit)
    assert found.effects == pytest.approx(known.fe_params, rel=1e-5)
    same = np.equal.outer(unit, unit)
    inverse = np.linalg.inv(found.between * same + found.within * np.eye(len(y)))
    design = add_constant(x)
    assert found.errors == pytest.approx(np.sqrt(np.diag(np.linalg.inv(design.T @ inverse @ design))))
    assert found.between == pytest.approx(float(known.cov_re[0, 0]), rel=1e-3)
    assert found.within == pytest.approx(known.scale, rel=1e-4)
    assert found.log_likelihood == pytest.approx(known.llf, abs=1e-5)
    assert found.added == pytest.approx(
        [float(known.random_effects[name].iloc[0]) for name in found.units], rel=1e-3
    )


def test_equal_units_have_the_variances_of_the_analysis_of_variance():
    chance = np.random.default_rng(2)
    table = chance.normal(size=(8, 1)) * 3 + chance.normal(size=(8, 10))
    found = shrinkage.random_intercept(table.ravel(), np.repeat(np.arange(8), 10).tolist())
    within = table.var(axis=1, ddof=1).mean()
    assert found.within == pytest.approx(within)
    assert found.between == pytest.approx(table.mean(axis=1).var(ddof=1) - within / 10)
    assert found.effects[0] == pytest.approx(table.mean())


def test_units_that_do_not_differ_add_nothing():
    table = [[1.0, 2, 3, 4], [4, 3, 2, 1], [2, 1, 4, 3]]
    found = shrinkage.random_intercept(np.ravel(table), np.repeat(["a", "b", "c"], 4).tolist())
    assert (found.between, found.icc) == (0, 0)
    assert found.added == pytest.approx(np.zeros(3))


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 1_000), st.floats(-100, 100), st.floats(0.1, 10))
def test_random_intercept_lies_between_the_unit_and_the_whole_in_any_unit_of_measure(seed, shift, factor):
    y, unit, _ = teams(seed, units=6)
    found = shrinkage.random_intercept(y, unit)
    own = np.array([y[np.array(unit) == name].mean() for name in found.units])
    ratio = found.added / (own - found.effects[0])
    assert ((ratio >= -1e-9) & (ratio <= 1 + 1e-9)).all()
    moved = shrinkage.random_intercept(shift + factor * y, unit)
    assert moved.icc == pytest.approx(found.icc, abs=1e-6)
    assert moved.effects[0] == pytest.approx(shift + factor * found.effects[0], abs=1e-5)


def logit_rows(seed=3):
    chance = np.random.default_rng(seed)
    unit = np.repeat(np.arange(10), 15)
    x = chance.normal(size=150)
    odds = -0.3 + 0.6 * x + chance.normal(0, 0.8, 10)[unit]
    return (chance.random(150) < 1 / (1 + np.exp(-odds))).astype(float), unit.tolist(), x


def test_the_likelihood_of_the_mixed_logit_is_the_plain_integral():
    y, unit, x = logit_rows()
    found = shrinkage.random_intercept_logit(y, unit, x, nodes=15)
    fixed = found.effects[0] + found.effects[1] * x
    at = np.linspace(-8, 8, 4_001)
    total = 0.0
    for name in found.units:
        rows = np.array(unit) == name
        odds = fixed[rows][:, None] + found.deviation * at
        likelihood = np.exp((y[rows][:, None] * odds - np.logaddexp(0, odds)).sum(axis=0)) * stats.norm.pdf(
            at
        )
        total += np.log(likelihood.sum() * (at[1] - at[0]))
    assert found.log_likelihood == pytest.approx(total, abs=1e-6)


def test_no_other_parameters_near_the_mixed_logit_are_likelier():
    from viaggio.estimate.shrinkage.grouped import grouped
    from viaggio.estimate.shrinkage.random_intercept_logit import _deviance

    y, unit, x = logit_rows()
    found = shrinkage.random_intercept_logit(y, unit, x)
    rows, best = grouped(y, unit, x, "test"), np.array([found.deviation, *found.effects])
    least = _deviance(rows, best, 9)
    chance = np.random.default_rng(0)
    assert all(_deviance(rows, best + step, 9) > least for step in chance.normal(0, 0.01, size=(50, 3)))


def test_without_unit_differences_the_mixed_logit_is_the_plain_one():
    from statsmodels.api import Logit

    y, _, x = logit_rows()
    alike = np.resize(np.arange(30), 150).tolist()
    found = shrinkage.random_intercept_logit(y, alike, x)
    if found.deviation < 1e-4:
        plain = Logit(y, add_constant(x)).fit(disp=0)
        assert found.effects == pytest.approx(plain.params, rel=1e-4)
    assert found.log_likelihood >= Logit(y, add_constant(x)).fit(disp=0).llf - 1e-9


def test_mixed_logit_recovers_what_was_planted():
    chance = np.random.default_rng(8)
    unit = np.repeat(np.arange(200), 40)
    odds = -0.5 + chance.normal(0, 0.7, 200)[unit]
    y = (chance.random(8_000) < 1 / (1 + np.exp(-odds))).astype(float)
    found = shrinkage.random_intercept_logit(y, unit.tolist())
    assert found.deviation == pytest.approx(0.7, abs=0.12)
    assert found.effects[0] == pytest.approx(-0.5, abs=3 * found.errors[0])


def test_beta_binomial_has_scipys_likelihood_and_no_likelier_neighbour():
    hits, sizes = np.array([12, 3, 45, 1, 7, 88, 20]), np.array([20, 4, 90, 9, 12, 140, 55])
    found = shrinkage.beta_binomial(hits, sizes)

    def likelihood(a, b):
        return stats.betabinom.logpmf(hits, sizes, a, b).sum()

    assert found.log_likelihood == pytest.approx(likelihood(found.a, found.b))
    for a, b in ((1.01, 1), (0.99, 1), (1, 1.01), (1, 0.99), (1.01, 1.01), (0.99, 0.99)):
        assert likelihood(a * found.a, b * found.b) < found.log_likelihood
    posterior = stats.beta(hits + found.a, sizes - hits + found.b)
    assert found.low == pytest.approx(posterior.ppf(0.025))
    assert found.prob_above(0.5) == pytest.approx(posterior.sf(0.5))


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 60)), min_size=3, max_size=15))
def test_a_shrunken_share_lies_between_its_own_and_the_mean(rows):
    hits = [min(x, n) for x, n in rows]
    sizes = [n for _, n in rows]
    try:
        found = shrinkage.beta_binomial(hits, sizes)
    except NotConverged:
        return
    low, high = np.minimum(found.raw, found.mean), np.maximum(found.raw, found.mean)
    assert ((found.shrunk >= low - 1e-9) & (found.shrunk <= high + 1e-9)).all()
    assert ((found.low <= found.shrunk) & (found.shrunk <= found.high)).all()


def test_moments_recover_a_planted_prior():
    chance = np.random.default_rng(6)
    sizes = chance.integers(20, 200, 3_000)
    hits = chance.binomial(sizes, chance.beta(8, 4, 3_000))
    assert shrinkage.prior_moments(hits, sizes) == pytest.approx((8, 4), rel=0.1)
    found = shrinkage.beta_binomial(hits, sizes)
    assert (found.a, found.b) == pytest.approx((8, 4), rel=0.1)


def test_units_alike_have_no_prior():
    with pytest.raises(NotConverged, match="pooled"):
        shrinkage.beta_binomial([50, 50, 50, 50], [100, 100, 100, 100])
    with pytest.raises(NotConverged):
        shrinkage.prior_moments([50, 50, 50, 50], [100, 100, 100, 100])


def test_credibility_of_equal_weights_is_the_analysis_of_variance():
    table = np.array([[32, 35, 30, 38], [41, 44, 40, 47], [22, 30, 25, 21.0]])
    found = shrinkage.buhlmann(table)
    within = table.var(axis=1, ddof=1).mean()
    between = table.mean(axis=1).var(ddof=1) - within / 4
    assert (found.within, found.between) == pytest.approx((within, between))
    assert found.credibility == pytest.approx(np.full(3, 4 / (4 + within / between)))
    assert found.collective == pytest.approx(table.mean())


cells = st.integers(2, 6).flatmap(
    lambda k: st.lists(
        st.tuples(
            st.lists(st.integers(0, 100), min_size=k, max_size=k),
            st.lists(st.integers(1, 300), min_size=k, max_size=k),
        ),
        min_size=2,
        max_size=8,
    )
)


@given(cells, st.sampled_from(Between))
def test_a_premium_lies_between_the_units_own_mean_and_the_collective(rows, how):
    try:
        found = shrinkage.buhlmann_straub([r for r, _ in rows], [w for _, w in rows], between=how)
    except NotConverged:
        return
    low, high = np.minimum(found.own, found.collective), np.maximum(found.own, found.collective)
    assert ((found.shrunk >= low - 1e-9) & (found.shrunk <= high + 1e-9)).all()
    assert ((found.credibility >= 0) & (found.credibility <= 1)).all()


def test_a_period_without_weight_counts_as_a_gap():
    values, weights = [[32, 35, 30], [41, 44, 0], [22, 30, 25]], [[10, 12, 9], [6, 5, 0], [3, 2, 4]]
    other = [[32, 35, 30], [41, 44, 99], [22, 30, 25]]
    assert shrinkage.buhlmann_straub(values, weights).shrunk == pytest.approx(
        shrinkage.buhlmann_straub(other, weights).shrunk
    )


def test_known_variances_by_moments_are_those_of_statsmodels():
    y, v = np.array([31, 44, 18, 37, 52, 29.0]), np.array([20, 55, 31, 12, 140, 18.0])
    known = combine_effects(y, v, method_re="dl")
    found = shrinkage.known_variances(y, v, by=Heterogeneity.DL)
    assert found.between == pytest.approx(known.tau2)
    assert found.effects[0] == pytest.approx(known.mean_effect_re)
    assert found.errors[0] == pytest.approx(known.sd_eff_w_re)
    assert (found.q, shrinkage.pooled(y, v).value) == pytest.approx((known.q, known.mean_effect_fe))


def test_paule_and_mandel_set_the_weighted_squares_to_their_degrees_of_freedom():
    y, v = np.array([31, 44, 18, 37, 52, 29.0]), np.array([20, 55, 31, 12, 140, 18.0])
    found = shrinkage.known_variances(y, v, by=Heterogeneity.PM)
    assert ((y - found.effects[0]) ** 2 / (v + found.between)).sum() == pytest.approx(5)


@pytest.mark.parametrize("by", [Heterogeneity.REML, Heterogeneity.ML])
def test_known_variances_are_the_most_likely(by):
    y, v = np.array([31, 44, 18, 37, 52, 29.0]), np.array([20, 55, 31, 12, 140, 18.0])
    found = shrinkage.known_variances(y, v, by=by)

    def likelihood(between):
        weights = 1 / (v + between)
        mean = (weights * y).sum() / weights.sum()
        plain = stats.norm.logpdf(y, mean, np.sqrt(v + between)).sum()
        return plain - (np.log(weights.sum()) / 2 if by is Heterogeneity.REML else 0)

    grid = np.linspace(0, 6 * found.between, 601)
    assert likelihood(found.between) >= max(likelihood(between) for between in grid)


@settings(deadline=None)
@given(figures, st.sampled_from(Heterogeneity), st.integers(-50, 50))
def test_a_shrunken_figure_lies_between_its_own_and_the_mean_and_moves_with_both(rows, by, shift):
    y, v = np.array([row[0] for row in rows], dtype=float), np.array([row[1] for row in rows], dtype=float)
    found = shrinkage.known_variances(y, v, by=by)
    low, high = np.minimum(y, found.effects[0]), np.maximum(y, found.effects[0])
    assert ((found.shrunk >= low - 1e-9) & (found.shrunk <= high + 1e-9)).all()
    moved = shrinkage.known_variances(y + shift, v, by=by)
    assert moved.shrunk == pytest.approx(found.shrunk + shift, abs=1e-4)
    surest = int(np.argmin(v))
    assert found.own_weight[surest] == found.own_weight.max()


def test_the_best_raw_figure_of_few_answers_is_not_the_best_unit():
    y, n = [38, 25, 44, 31, 52], np.array([400, 60, 25, 150, 12])
    found = shrinkage.standing(y, 6200 / n, 55)
    assert found.reliability[4] == pytest.approx(55 / (55 + 6200 / 12))
    assert int(np.argmax(found.shrunk)) == 0
    ranks = shrinkage.expected_ranks(found.shrunk, found.deviations)
    assert int(np.argmin(ranks)) == 0
    assert ranks.sum() == pytest.approx(15)


@settings(deadline=None)
@given(figures, st.floats(0.1, 500))
def test_ranks_add_up_and_chances_stay_chances(rows, between):
    y, v = [row[0] for row in rows], [row[1] for row in rows]
    found = shrinkage.standing(y, v, between)
    ranks = shrinkage.expected_ranks(found.shrunk, found.deviations)
    assert ranks.sum() == pytest.approx(len(y) * (len(y) + 1) / 2)
    assert (np.argsort(-found.shrunk)[0] in np.flatnonzero(ranks < len(y))) or len(y) == 1
    above = shrinkage.prob_above(found.shrunk, found.deviations, 10)
    assert ((above >= 0) & (above <= 1)).all()


def test_a_unit_at_its_guard_band_beats_the_target_with_that_confidence():
    v = np.array([4.0, 25.0])
    needed = shrinkage.guard_band(v, 35, 0.9)
    assert shrinkage.prob_above(needed, np.sqrt(v), 35) == pytest.approx([0.9, 0.9])


def test_the_answers_needed_give_the_reliability():
    n = shrinkage.answers_needed(0.8, 6200, 55)
    assert 55 / (55 + 6200 / n) == pytest.approx(0.8)
    once = 55 / (55 + 6200 / 100)
    assert shrinkage.reliability_of_repeats(once, 3) == pytest.approx(55 / (55 + 6200 / 300))


def test_a_real_change_is_even_when_nothing_moved():
    assert shrinkage.prob_real_change([30], [4], [30], [9])[0] == 0.5
    assert shrinkage.rankability([1, 4, 100], 12) == pytest.approx(0.75)


def test_shrinking_pays_a_unit_closer_to_its_truth_than_the_raw_figure_does():
    chance = np.random.default_rng(14)
    truth = chance.normal(40, 8, 4_000)
    v = chance.uniform(20, 300, 4_000)
    raw = truth + chance.normal(size=4_000) * np.sqrt(v)
    found = shrinkage.known_variances(raw, v)
    assert found.between == pytest.approx(64, rel=0.2)
    assert ((found.shrunk - truth) ** 2).mean() < 0.6 * ((raw - truth) ** 2).mean()
    inside = np.abs(found.shrunk - truth) < 1.96 * found.shrunk_errors
    assert inside.mean() == pytest.approx(0.95, abs=0.015)


def test_what_can_not_be_shrunk_is_refused():
    y, unit, _ = teams()
    with pytest.raises(BadSample):
        shrinkage.random_intercept(y, unit[:-1])
    with pytest.raises(TooFew):
        shrinkage.random_intercept(y, ["one"] * len(y))
    with pytest.raises(Collinear):
        shrinkage.random_intercept(y, unit, np.ones(len(y)))
    with pytest.raises(Constant):
        shrinkage.random_intercept([1.0, 1, 2, 2], ["a", "a", "b", "b"])
    with pytest.raises(BadCounts):
        shrinkage.beta_binomial([5, 2, 1], [4, 9, 9])
    with pytest.raises(TooFew):
        shrinkage.beta_binomial([5, 2], [9, 9])
    with pytest.raises(TooFew):
        shrinkage.buhlmann([[1.0, 2.0]])
    with pytest.raises(BadSample):
        shrinkage.known_variances([1.0, 2, 3], [1.0, 0, 2])
    with pytest.raises(BadNumber):
        shrinkage.answers_needed(0.8, 6200, 0)
    with pytest.raises(BadNumber):
        shrinkage.guard_band([4.0], 35, 1.0)
