"""Sample sizes and power, against textbook figures, statsmodels and simulated tests."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viaggio.estimate import planning, power
from viaggio.estimate.errors import BadNumber

strata = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 5000), min_size=1)
shares = st.floats(0.02, 0.98)


def test_the_survey_of_a_thousand():
    # 385 answers for 5 points at 95 %, 1,068 for 3, as every handbook has it
    assert planning.plan(planning.size_for_share(0.5, 0.05)).completes == 385
    assert planning.plan(planning.size_for_share(0.5, 0.03)).completes == 1068
    # Cochran (1977): a population of 2,000 needs fewer
    assert planning.plan(planning.size_for_share(0.5, 0.05), population=2000).completes == 323


@given(st.floats(1, 1e5), st.floats(1, 4), st.integers(1, 10**7), st.floats(0.01, 1))
def test_a_plan_never_asks_for_more_than_there_are_and_invites_enough(simple, effect, population, rate):
    made = planning.plan(simple, design_effect=effect, population=population, response_rate=rate)
    assert made.with_population <= population * (1 + 1e-9)
    assert made.with_population <= made.with_design + 1e-9
    assert made.with_population * (1 - 1e-9) <= made.completes < made.with_population + 1 + 1e-9
    assert made.completes <= made.invitations * rate + 1e-6
    assert (made.invitations - 1) * rate < made.completes + 1e-6


@given(st.floats(0.01, 3), st.floats(0.5, 50), st.floats(0.5, 0.999))
def test_the_margin_of_a_size_is_the_margin_it_was_made_for(deviation, ratio, level):
    margin = deviation / ratio
    size = planning.size_for_mean(deviation, margin, level=level)
    assert planning.margin_of_mean(deviation, size, level=level) == pytest.approx(margin)
    made = planning.plan(size, design_effect=1.4, population=9000)
    if 1 < made.with_population < 9000:
        kept = planning.margin_of_mean(
            deviation, made.with_population, design_effect=1.4, population=9000, level=level
        )
        assert kept == pytest.approx(margin, rel=0.02 + 2 / made.with_population)


def test_nps_needs_four_times_the_answers_of_a_share_at_worst():
    assert planning.size_for_nps(5) == pytest.approx(4 * planning.size_for_share(0.5, 0.05))
    answers = np.repeat([100, 0, -100], [42, 36, 22])
    assert planning.nps_variance(0.42, 0.22) == pytest.approx(answers.var())
    assert planning.size_for_nps(5, promoters=0.5, detractors=0.5) == pytest.approx(planning.size_for_nps(5))


@given(strata, st.floats(1, 5000))
def test_allocations_add_up_and_equal_spread_is_proportional(sizes, total):
    even = dict.fromkeys(sizes, 3.0)
    proportional = planning.allocate(total, sizes)
    assert sum(proportional.values()) == pytest.approx(total)
    assert planning.allocate(total, sizes, deviations=even) == pytest.approx(proportional)
    assert planning.allocate(total, sizes, deviations=even, costs=even) == pytest.approx(proportional)


def test_no_allocation_beats_neymans():
    sizes, deviations = {"a": 9000, "b": 2500, "c": 500}, {"a": 70, "b": 82, "c": 90}
    best = planning.allocate(900, sizes, deviations=deviations)

    def error(answers):
        whole = sum(sizes.values())
        return (
            sum(
                (sizes[s] / whole) ** 2 * (1 - answers[s] / sizes[s]) * deviations[s] ** 2 / answers[s]
                for s in sizes
            )
            ** 0.5
        )

    assert planning.neyman_error(900, sizes, deviations) == pytest.approx(error(best))
    for give, take in (("a", "b"), ("b", "a"), ("c", "a"), ("b", "c")):
        moved = best | {give: best[give] - 5, take: best[take] + 5}
        assert error(moved) > error(best)


def test_dearer_answers_are_asked_less():
    sizes, deviations = {"a": 100, "b": 100}, {"a": 1, "b": 1}
    found = planning.allocate(60, sizes, deviations=deviations, costs={"a": 1, "b": 4})
    assert found == pytest.approx({"a": 40, "b": 20})


def test_asking_the_same_customers_again_saves_answers_when_they_correlate():
    aim = {"power": 0.8, "alpha": 0.05}
    apart = planning.size_per_wave(6000, 6000, 6, **aim)
    again = planning.size_per_wave(6000, 6000, 6, overlap=1, correlation=0.5, **aim)
    assert again == pytest.approx(apart / 2)
    assert apart == pytest.approx(power.two_means(6, 6000**0.5, **aim), abs=1.5)


def test_rest_bounds_the_invitations_of_a_month():
    assert planning.contacts(12_000, 90).most == 4000
    assert planning.contacts(700, 7, per_days=7).most == 700
    assert planning.cluster_design_effect(1, 0.3) == 1
    assert planning.cluster_design_effect(8, 0.04) == pytest.approx(1.28)


@given(shares, shares.filter(lambda p: p), st.floats(0.5, 0.95))
def test_a_size_reaches_the_power_it_was_asked_for(first, second, aimed):
    if abs(first - second) < 0.02:
        return
    size = power.two_shares_arcsine(first, second, power=aimed)
    assert power.power_of_two_shares(first, second, (size, size)) == pytest.approx(aimed, abs=1e-8)
    assert power.one_share(first, second, power=aimed) == pytest.approx(size / 2)


def test_sizes_are_those_of_statsmodels():
    from statsmodels.stats.power import NormalIndPower, TTestPower
    from statsmodels.stats.proportion import proportion_effectsize

    effect = proportion_effectsize(0.4, 0.45)
    assert power.effect_of_shares(0.4, 0.45) == pytest.approx(effect)
    theirs = NormalIndPower().solve_power(abs(effect), alpha=0.05, power=0.8)
    assert power.two_shares_arcsine(0.4, 0.45) == pytest.approx(theirs, rel=1e-6)
    # the wrong tail, which statsmodels counts and we do not, weighs nothing here
    pairs = TTestPower().solve_power(0.3 / 1.6, alpha=0.05, power=0.8)
    assert power.paired_means(0.3, 1.6) == pytest.approx(pairs, rel=1e-5)


def test_simulated_tests_find_the_difference_as_often_as_promised():
    chance = np.random.default_rng(5)
    size = round(power.two_shares(0.3, 0.4))
    a, b = chance.binomial(size, 0.3, 20_000) / size, chance.binomial(size, 0.4, 20_000) / size
    pooled = (a + b) / 2
    found = np.abs(a - b) > 1.959964 * np.sqrt(2 * pooled * (1 - pooled) / size)
    assert found.mean() == pytest.approx(0.8, abs=0.02)
    n = round(power.two_means(1, 2))
    x, y = chance.normal(size=(2, 20_000, n)) * 2
    t = (x.mean(axis=1) + 1 - y.mean(axis=1)) / np.sqrt((x.var(axis=1, ddof=1) + y.var(axis=1, ddof=1)) / n)
    assert (t > 1.98).mean() == pytest.approx(0.8, abs=0.02)


def test_what_is_detectable_takes_just_the_size_it_was_asked_for():
    assert power.two_shares(0.4, power.detectable_share(0.4, 800)) == pytest.approx(800)
    assert power.two_means(power.detectable_difference(2.1, 350), 2.1) == pytest.approx(350)


def test_plans_that_make_no_sense_are_refused():
    for wrong in (
        lambda: planning.size_for_share(1, 0.05),
        lambda: planning.size_for_mean(1, 0),
        lambda: planning.size_for_mean(1, 0.1, level=1),
        lambda: planning.plan(100, response_rate=0),
        lambda: planning.plan(100, response_rate=18),
        lambda: planning.nps_variance(0.7, 0.4),
        lambda: planning.allocate(10, {"a": 1}, deviations={"b": 1}),
        lambda: planning.size_per_wave(1, 1, 0),
        lambda: power.two_shares(0.4, 0.4),
        lambda: power.two_shares(0.4, 1.4),
        lambda: power.two_shares(0.4, 0.5, power=1),
        lambda: power.two_shares_arcsine(0.4, 0.4),
        lambda: power.detectable_share(0.9, 4),
        lambda: power.detectable_difference(2, 1),
        lambda: power.two_means(1, 0),
        lambda: power.two_means(1, 1, alpha=0),
    ):
        with pytest.raises(BadNumber) as caught:
            wrong()
        assert caught.value.place in {"planning", "power"}
