"""Change points against a search over all partitions, against other packages, and under no change."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from viaggio.estimate import changes
from viaggio.estimate.changes.hansen import sup_f_p_value
from viaggio.estimate.errors import BadNumber, Constant, TooFew

series = st.lists(st.floats(-10, 10).map(lambda x: round(x, 3)), min_size=6, max_size=12).filter(
    lambda values: len(set(values)) == len(values)
)


def all_partitions(n, shortest):
    for count in range(n // shortest):
        for dates in combinations(range(1, n), count):
            edges = (0, *dates, n)
            if all(b - a >= shortest for a, b in pairwise(edges)):
                yield dates


def stretches(values, dates):
    return [np.array(values[a:b]) for a, b in pairwise((0, *dates, len(values)))]


def squares(values, dates):
    return sum(((part - part.mean()) ** 2).sum() for part in stretches(values, dates))


@settings(deadline=None)
@given(series, st.floats(0.1, 20), st.integers(1, 3))
def test_mean_changes_are_the_best_of_all_partitions(values, penalty, shortest):
    found = changes.mean_changes(values, sigma=2, penalty=penalty, shortest=shortest)
    cost = {
        dates: squares(values, dates) / 4 + penalty * len(dates)
        for dates in all_partitions(len(values), shortest)
    }
    assert cost[found.dates] == pytest.approx(min(cost.values()), abs=1e-9)


@settings(deadline=None)
@given(series)
def test_mean_and_variance_changes_are_the_best_of_all_partitions(values):
    def likelihood(dates):
        parts = stretches(values, dates)
        fits = [
            -2 * stats.norm.logpdf(part, part.mean(), part.std()).sum() + np.log(len(part)) for part in parts
        ]
        return sum(fits) + 3 * np.log(len(values)) * len(dates)

    found = changes.mean_and_variance_changes(values)
    best = min(likelihood(dates) for dates in all_partitions(len(values), 2))
    assert likelihood(found.dates) == pytest.approx(best, abs=1e-6)


@settings(deadline=None)
@given(series)
def test_breaks_are_the_best_of_all_partitions_for_every_number(values):
    found = changes.breaks(values, least=2)
    for count, dates in enumerate(found.by_count):
        best = min(squares(values, some) for some in all_partitions(len(values), 2) if len(some) == count)
        assert squares(values, dates) == pytest.approx(best, abs=1e-8)
        assert found.squares[count] == pytest.approx(best, abs=1e-8)


@settings(deadline=None)
@given(series, st.floats(-1e3, 1e3).map(round), st.sampled_from([-8.0, 0.5, 4.0]))
def test_dates_do_not_move_with_origin_and_unit(values, shift, factor):
    moved = [shift + factor * value for value in values]
    assert changes.breaks(moved, least=2).squares == pytest.approx(
        factor**2 * changes.breaks(values, least=2).squares, rel=1e-6, abs=1e-6
    )
    still = changes.worst_split(values)
    assert changes.worst_split(moved).statistic == pytest.approx(still.statistic, rel=1e-4)
    assert changes.residual_cusum(moved).p == pytest.approx(changes.residual_cusum(values).p, rel=1e-4)


def test_a_planted_step_is_found_by_every_method():
    chance = np.random.default_rng(3)
    values = np.concatenate([chance.normal(30, 3, 40), chance.normal(36, 3, 40)])
    assert changes.breaks(values).dates == (pytest.approx(40, abs=2),)
    assert changes.mean_changes(values, sigma=3, penalty=2 * np.log(80)).dates == (pytest.approx(40, abs=2),)
    assert changes.mean_and_variance_changes(values, shortest=5).dates == (pytest.approx(40, abs=2),)
    assert changes.worst_split(values).after == pytest.approx(40, abs=2)
    assert changes.worst_split(values).p < 1e-6
    assert changes.residual_cusum(values).p < 1e-4


def test_a_change_of_spread_alone_is_found_where_it_is_looked_for():
    chance = np.random.default_rng(4)
    values = np.concatenate([chance.normal(30, 1, 60), chance.normal(30, 6, 60)])
    found = changes.mean_and_variance_changes(values, shortest=5)
    assert found.dates == (pytest.approx(60, abs=4),)
    assert found.variances[1] > 9 * found.variances[0]


def test_a_break_at_a_known_date_is_a_t_test_squared():
    values = [3.0, 4.0, 3.5, 4.2, 6.0, 5.5, 6.1, 5.8, 6.3]
    known = stats.ttest_ind(values[:4], values[4:])
    found = changes.break_after(values, 4)
    assert (found.statistic, found.p) == (pytest.approx(known.statistic**2), pytest.approx(known.pvalue))


def test_cusum_test_is_that_of_statsmodels():
    from statsmodels.stats.diagnostic import breaks_cusumolsresid

    residuals = np.random.default_rng(9).normal(size=50)
    residuals -= residuals.mean()
    known, p, _ = breaks_cusumolsresid(residuals, ddof=1)
    found = changes.residual_cusum(residuals + 7)
    assert (found.statistic, found.p) == (pytest.approx(known), pytest.approx(p))


def test_critical_value_of_sup_f_is_the_published_one():
    """Andrews 1993 (corrected 2003), table 1: 8.68 at 5 % for one parameter and a trimming of 0.15."""
    assert sup_f_p_value(8.68, (0.85 / 0.15) ** 2, 1_000) == pytest.approx(0.05, abs=0.002)


def test_sup_f_over_a_single_date_is_the_f_test():
    assert sup_f_p_value(4.2, 1, 30) == pytest.approx(stats.f.sf(4.2, 1, 28))


@given(st.floats(0.1, 40), st.floats(1.05, 1e4))
def test_the_p_value_of_sup_f_lies_above_that_of_one_date_and_grows_with_the_dates(statistic, ratio):
    p = sup_f_p_value(statistic, ratio, 100)
    assert stats.chi2.sf(statistic, 1) - 0.02 <= p <= 1
    assert sup_f_p_value(statistic, 2 * ratio, 100) >= p - 0.02


def test_under_no_change_the_tests_call_about_as_often_as_they_say():
    chance = np.random.default_rng(21)
    worlds = chance.normal(size=(1_000, 60))
    for test in (changes.worst_split, changes.residual_cusum, lambda world: changes.break_after(world, 25)):
        calls = np.mean([test(world).p < 0.05 for world in worlds])
        assert 0.01 < calls < 0.075


def test_what_holds_no_change_is_refused():
    with pytest.raises(Constant):
        changes.breaks([3.0] * 20)
    with pytest.raises(Constant):
        changes.worst_split([3.0] * 20)
    with pytest.raises(TooFew):
        changes.breaks([1.0, 2.0, 3.0, 2.0], least=3)
    with pytest.raises(TooFew):
        changes.mean_changes([1.0, 2.0, 3.0], sigma=1, penalty=3)
    with pytest.raises(BadNumber):
        changes.mean_changes([1.0, 2.0, 3.0, 4.0], sigma=0, penalty=3)
    with pytest.raises(BadNumber):
        changes.break_after([1.0, 2.0, 3.0, 4.0], 4)


def test_equal_neighbours_have_no_endless_likelihood():
    found = changes.mean_and_variance_changes([1.0, 5.0, 2.0, 7.0, 7.0, 3.0, 8.0, 1.0])
    assert all(np.isfinite(found.variances))
