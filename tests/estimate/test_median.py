"""The interval of a median: its ranks against scipy's, and how often it holds the truth."""

import numpy as np
import pytest
from scipy import stats

from viaggio.estimate.median import median_ranks


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
@pytest.mark.parametrize("n", [*range(1, 12), 25, 59, 60, 137, 999, 1_000])
def test_the_ranks_are_those_of_scipy(n: int, level: float) -> None:
    ours = median_ranks(n, level)
    values = np.arange(1, n + 1, dtype=float)
    low, high = stats.quantile_test(values, p=0.5).confidence_interval(level)
    theirs = None if np.isnan(low) else (low, high)
    assert ours == theirs


@pytest.mark.parametrize("n", [1_001, 1_234, 10_000, 50_000, 1_000_000, 10**9])
def test_ranks_of_many_values_are_hardly_further_out_than_needed(n: int) -> None:
    ranks = median_ranks(n)
    assert ranks is not None
    exact = int(stats.binom.ppf(0.025, n, 0.5))
    assert exact - 2 <= ranks[0] <= exact
    assert ranks[1] == n + 1 - ranks[0]


@pytest.mark.parametrize("n", [6, 17, 100, 2_500])
def test_the_chance_to_hold_the_median_is_the_level_and_not_needlessly_more(n: int) -> None:
    ranks = median_ranks(n)
    assert ranks is not None
    held = 1 - 2 * float(stats.binom.cdf(ranks[0] - 1, n, 0.5))
    closer = 1 - 2 * float(stats.binom.cdf(ranks[0], n, 0.5))
    assert closer < 0.95 <= held
