"""Pay for noise: with the default, chance alone gives hardly any team nothing or the cap."""

import pytest
from incentives.teams import CLIFF, ONE_IN_TEN, SMOOTH, credibility, extremes, plan, teams

UNLUCKY = 10
"""A draw in which the whole company came out low, so that more teams lie near a cliff."""


@pytest.mark.parametrize("seed", [0, 1])
def test_by_the_raw_point_fifty_answers_pay_nothing_to_28_and_the_cap_to_32_of_100_teams(seed):
    """What the specification measured, within three standard errors of 600 teams."""
    none, cap = extremes(plan("point", CLIFF, credibility()), teams(50, seed))
    assert none == pytest.approx(0.28, abs=0.057)
    assert cap == pytest.approx(0.32, abs=0.057)


@pytest.mark.parametrize("seed", [0, UNLUCKY])
def test_by_the_default_at_most_one_team_in_a_hundred_gets_nothing_or_the_cap(seed):
    none, cap = extremes(plan("level", SMOOTH, credibility()), teams(50, seed))
    assert none <= 0.01
    assert cap <= 0.01


def test_a_cliff_keeps_to_it_on_average_of_draws_and_with_a_dead_band_in_an_unlucky_one():
    shrunk = [extremes(plan("level", CLIFF, credibility()), teams(50, seed)) for seed in (0, 1, UNLUCKY)]
    assert sum(none for none, _ in shrunk) / len(shrunk) <= 0.01
    assert all(cap <= 0.01 for _, cap in shrunk)
    assert shrunk[-1][0] > 0.01  # by itself the unlucky draw is over it
    banded = plan("level", CLIFF, credibility(), dead_band=ONE_IN_TEN)
    assert extremes(banded, teams(50, UNLUCKY)) == (0, 0)
