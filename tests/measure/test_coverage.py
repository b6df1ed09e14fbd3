"""On simulated answers, clustered by account, intervals cover and a screen without change stays quiet.

The full runs are in `benchmarks/false_alarms.py`; here are fewer samples, with the bounds that chance leaves.
"""

import false_alarms
import pytest

SAMPLES = 2_000
PERIODS = 400


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("n", [30, 100])
def test_intervals_hold_the_true_value_as_often_as_they_say(n, weighted):
    found = false_alarms.coverage(SAMPLES, n, seed=7, weighted=weighted)
    assert set(found) == set(false_alarms.COVERED)
    for slug, share in found.items():
        assert 0.93 <= share <= 0.975, slug  # 0.945 to 0.96 and three standard errors of 2,000 samples


def test_periods_without_change_are_seldom_said_to_have_improved():
    found = false_alarms.false_alarms(PERIODS, seed=3)
    assert found["improved"] <= 0.05 + 0.01
    assert found["worsened"] <= 0.05 + 0.01
    assert 0.04 <= found["alone"] <= 0.06  # the single test has its size: the rate is held by the adjustment
