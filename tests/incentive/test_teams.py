"""Pay for noise: with the default, chance alone gives hardly any team nothing or the cap."""

import pytest
from incentives.teams import CLIFF, SMOOTH, credibility, extremes, plan, teams


@pytest.mark.parametrize("seed", [0, 1])
def test_by_the_raw_point_fifty_answers_pay_nothing_to_28_and_the_cap_to_32_of_100_teams(seed):
    """What the specification measured, within three standard errors of 600 teams."""
    none, cap = extremes(plan("point", CLIFF, credibility()), teams(50, seed))
    assert none == pytest.approx(0.28, abs=0.057)
    assert cap == pytest.approx(0.32, abs=0.057)


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("curve", [CLIFF, SMOOTH])
def test_by_the_default_at_most_one_team_in_a_hundred_gets_nothing_or_the_cap(seed, curve):
    none, cap = extremes(plan("level", curve, credibility()), teams(50, seed))
    assert none <= 0.01
    assert cap <= 0.01
