"""Differences and products of estimates have the intervals of the published formulas."""

from math import hypot, sqrt

import pytest
from scipy import stats

from viaggio.estimate import mean, share
from viaggio.estimate.contrast import Contrast, contrast, product
from viaggio.kernel import Estimate


def test_a_difference_of_shares_is_newcombes():
    """Newcombe 1998, table II, 56/70 against 48/80: 0.2000, from 0.0524 to 0.3339."""
    found = contrast(share(56, 70), share(48, 80))
    assert (found.value, found.low, found.high) == (
        pytest.approx(0.2), pytest.approx(0.0524, abs=5e-5), pytest.approx(0.3339, abs=5e-5)
    )  # fmt: skip


def test_a_difference_of_means_is_nearly_welchs():
    one, other = [float(i % 17) for i in range(400)], [float(i % 11) for i in range(300)]
    estimates = [mean(len(x), int(sum(x)), int(sum(v * v for v in x))) for x in (one, other)]
    found = contrast(*estimates)
    welch = stats.ttest_ind(one, other, equal_var=False).confidence_interval()
    assert (found.low, found.high) == (
        pytest.approx(welch.low, rel=0.01),
        pytest.approx(welch.high, rel=0.01),
    )


def test_a_product_spreads_as_goodman_says():
    a, b = Contrast(10.0, 10 - 1.959964, 10 + 1.959964), Contrast(3.0, 3 - 2 * 1.959964, 3 + 2 * 1.959964)
    variance = 10**2 * 2**2 + 3**2 * 1 + 1 * 2**2
    found = product(a, b)
    assert found.value == 30
    assert found.high - found.value == pytest.approx(1.959964 * sqrt(variance), rel=1e-5)
    assert hypot(10 * 2, 3, 2) == pytest.approx(sqrt(variance))


def test_without_a_value_there_is_no_difference_and_without_spread_no_interval():
    nothing, one = Estimate(value=None, n=0), Estimate(value=2.0, n=1)
    assert contrast(nothing, one) is None
    assert contrast(one, one) == Contrast(0.0, None, None)
    assert product(Contrast(1.0, None, None), Contrast(2.0, 1.0, 3.0)) == Contrast(2.0, None, None)
