"""Intervals and tests from counts: against other programs, published values and their own laws."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats
from statsmodels.stats.proportion import (
    confint_proportions_2indep,
    multinomial_proportions_confint,
    proportion_confint,
)

from viaggio.estimate import differences, imputation, recommendation, rules
from viaggio.estimate.differences import DifferenceMethod, difference_bounds
from viaggio.estimate.errors import BadCounts, TooFew
from viaggio.estimate.multinomial import JointMethod, joint_bounds
from viaggio.estimate.shares import ShareMethod, share_bounds

INSIDE = set(ShareMethod) - {ShareMethod.WALD, ShareMethod.AGRESTI_COULL}


@st.composite
def counts(draw, most=60):
    n = draw(st.integers(1, most))
    return draw(st.integers(0, n)), n


@pytest.mark.parametrize("method", sorted(ShareMethod))
@given(counts(), st.floats(0.5, 0.99))
def test_share_bounds_surround_the_share_and_mirror(method, seen, level):
    hits, n = seen
    low, high = share_bounds(hits, n, method, level)
    assert low - 1e-9 <= hits / n <= high + 1e-9
    if method in INSIDE:
        assert low >= 0
        assert high <= 1
    if method != ShareMethod.CLOGLOG:
        mirrored = share_bounds(n - hits, n, method, level)
        assert (1 - mirrored[1], 1 - mirrored[0]) == pytest.approx((low, high), abs=1e-6)


@pytest.mark.parametrize(
    ("method", "name"),
    [
        ("wald", "normal"),
        ("wilson", "wilson"),
        ("agresti_coull", "agresti_coull"),
        ("exact", "beta"),
        ("jeffreys", "jeffreys"),
    ],
)
@given(counts())
def test_share_bounds_are_those_of_statsmodels(method, name, seen):
    hits, n = seen
    known = proportion_confint(hits, n, method=name)
    low, high = share_bounds(hits, n, method)
    if method == "jeffreys" and hits in {0, n}:  # the end of the scale, as in R
        assert (low if hits == 0 else high) == hits / n
        low, high = (known[0], high) if hits == 0 else (low, known[1])
    clipped = (max(low, 0), min(high, 1)) if method in {"wald", "agresti_coull"} else (low, high)
    assert clipped == pytest.approx(known, abs=1e-9)


@given(counts().filter(lambda seen: 0 < seen[0] < seen[1]))
def test_highest_density_holds_its_probability_at_equal_heights_and_is_no_wider(seen):
    hits, n = seen
    low, high = share_bounds(hits, n, "jeffreys_hpd")
    posterior = stats.beta(hits + 0.5, n - hits + 0.5)
    assert posterior.cdf(high) - posterior.cdf(low) == pytest.approx(0.95, abs=1e-9)
    assert posterior.pdf(low) == pytest.approx(posterior.pdf(high), rel=1e-4, abs=1e-6)
    tails = share_bounds(hits, n, "jeffreys")
    assert high - low <= tails[1] - tails[0] + 1e-12


@given(counts().filter(lambda seen: 0 < seen[0] < seen[1]))
def test_likelihood_bounds_are_where_the_likelihood_falls_by_the_chi_square(seen):
    hits, n = seen
    for bound in share_bounds(hits, n, "likelihood"):
        fallen = stats.binom.logpmf(hits, n, hits / n) - stats.binom.logpmf(hits, n, bound)
        assert 2 * fallen == pytest.approx(stats.chi2.ppf(0.95, 1), rel=1e-6)


@pytest.mark.parametrize("seen", [(-1, 3), (4, 3), (0, 0)])
def test_counts_that_no_sample_has_are_refused(seen):
    with pytest.raises(BadCounts):
        share_bounds(*seen)
    with pytest.raises(BadCounts):
        difference_bounds(seen, (1, 2))


def test_differences_are_the_published_ones():
    """Newcombe 1998, example (a): 56 of 70 against 48 of 80; methods 5 (Mee) and 10 (hybrid Wilson)."""
    first, second = (56, 70), (48, 80)
    assert difference_bounds(first, second, "mee") == pytest.approx((0.0533, 0.3377), abs=5e-5)
    assert difference_bounds(first, second, "newcombe") == pytest.approx((0.0524, 0.3339), abs=5e-5)


@given(counts(), counts())
def test_newcombe_and_agresti_caffo_are_those_of_statsmodels(first, second):
    for method, name in (("newcombe", "newcomb"), ("agresti_caffo", "agresti-caffo"), ("wald", "wald")):
        known = confint_proportions_2indep(*first, *second, method=name, compare="diff")
        assert difference_bounds(first, second, method) == pytest.approx(known, abs=1e-9)


@pytest.mark.parametrize("method", sorted(DifferenceMethod))
@given(counts(), counts())
def test_differences_surround_what_was_seen_and_turn_their_sign(method, first, second):
    low, high = difference_bounds(first, second, method)
    seen = first[0] / first[1] - second[0] / second[1]
    if method != DifferenceMethod.AGRESTI_CAFFO:  # drawn towards 0
        assert low - 1e-9 <= seen <= high + 1e-9
    if method not in {DifferenceMethod.AGRESTI_CAFFO, DifferenceMethod.WALD}:
        assert low >= -1
        assert high <= 1
    turned = difference_bounds(second, first, method)
    assert (-turned[1], -turned[0]) == pytest.approx((low, high), abs=1e-7)


@given(
    counts().filter(lambda c: 0 < c[0] < c[1]),
    counts().filter(lambda c: 0 < c[0] < c[1]),
    st.floats(-0.9, 0.9),
)
def test_the_score_rests_on_the_likeliest_shares_of_that_difference(first, second, gap):
    (x, m), (y, n) = first, second

    def unlikely(p):
        return -stats.binom.logpmf(x, m, p) - stats.binom.logpmf(y, n, p - gap)

    least, most = max(0.0, gap) + 1e-12, min(1.0, 1 + gap) - 1e-12
    p = optimize.minimize_scalar(unlikely, bounds=(least, most), method="bounded", options={"xatol": 1e-12}).x
    variance = p * (1 - p) / m + (p - gap) * (1 - p + gap) / n
    expected = (x / m - y / n - gap) / math.sqrt(variance)
    assert differences.score_statistic(first, second, gap, corrected=False) == pytest.approx(
        expected, rel=1e-3
    )


@given(counts(), counts())
def test_score_bounds_are_the_edge_of_what_the_test_keeps(first, second):
    z = stats.norm.ppf(0.975)
    for bound in difference_bounds(first, second, "miettinen_nurminen"):
        if abs(bound) < 1:
            found = abs(differences.score_statistic(first, second, bound))
            assert found == pytest.approx(z, rel=1e-4) or abs(bound) > 1 - 1e-6


def test_equal_shares_of_nobody_have_no_chi_square():
    assert differences.chi_square((0, 20), (0, 25)) == differences.ShareTest(None, None)
    assert differences.fisher_exact((0, 20), (0, 25)) == 1


answers = st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60)).filter(any)


@given(answers)
def test_recommendation_score_is_the_mean_of_its_points(counts):
    points = np.repeat([-100.0, 0.0, 100.0], counts)
    found = recommendation.wald(counts)
    assert found.value == pytest.approx(points.mean())
    assert found.error == pytest.approx(points.std() / math.sqrt(len(points)), abs=1e-9)
    adjusted = recommendation.adjusted_wald(counts)
    assert abs(adjusted.value) <= abs(found.value) + 1e-9
    assert adjusted.error > 0


@given(answers, answers)
def test_a_difference_of_scores_turns_its_sign_with_the_samples(first, second):
    one = recommendation.adjusted_wald_difference(first, second)
    other = recommendation.adjusted_wald_difference(second, first)
    assert (one.value, one.low, one.high) == pytest.approx((-other.value, -other.high, -other.low))
    assert one.probability == pytest.approx(other.probability)
    apart = recommendation.wald(first).error ** 2 + recommendation.wald(second).error ** 2
    assert recommendation.wald_difference(first, second).error ** 2 == pytest.approx(apart, abs=1e-9)


def test_alike_answers_differ_from_zero_for_certain_only_when_they_are_not_zero():
    assert recommendation.wald((0, 0, 8)).probability == 0
    assert recommendation.wald((0, 8, 0)).probability == 1
    with pytest.raises(BadCounts):
        recommendation.adjusted_wald((0, 0, 0))


@given(answers)
def test_the_variance_under_the_score_seen_is_that_of_the_answers(counts):
    detractors, passives, promoters = counts
    seen = (promoters - detractors) / sum(counts)
    least = rules.score_variance(promoters, passives, detractors, seen)
    assert least == pytest.approx(recommendation.variance(counts) / 1e4, abs=1e-9)


several = st.lists(st.integers(1, 80), min_size=3, max_size=8)


@given(several)
def test_joint_bounds_are_those_of_statsmodels(counts):
    known = multinomial_proportions_confint(counts, 0.05, method="goodman")
    low, high = joint_bounds(counts, "goodman")
    assert np.column_stack([low, high]) == pytest.approx(known, abs=1e-9)


@given(several)
def test_joint_bounds_surround_the_shares_and_are_wider_than_single_ones(counts):
    single = joint_bounds(counts, JointMethod.WILSON)
    for method in (JointMethod.GOODMAN, JointMethod.QUESENBERRY_HURST):
        for low, high, lower, upper in zip(*single, *joint_bounds(counts, method), strict=True):
            assert lower <= low < high <= upper
    for share, low, high in zip(counts, *joint_bounds(counts), strict=True):
        assert low <= share / sum(counts) <= high


def test_sison_and_glaz_cover_jointly():
    chance = np.random.default_rng(3)
    shares_ = np.array([0.1, 0.2, 0.3, 0.4])
    held = 0
    for counts in chance.multinomial(120, shares_, 600):
        low, high = joint_bounds(counts.tolist())
        held += bool((np.array(low) <= shares_).all() and (shares_ <= np.array(high)).all())
    assert 0.92 <= held / 600 <= 0.985


def test_joint_bounds_need_two_categories():
    with pytest.raises(BadCounts):
        joint_bounds([5])


estimates = st.lists(st.floats(-50, 50), min_size=2, max_size=8)


@given(estimates, st.floats(0.1, 9), st.floats(5, 500))
def test_pooling_adds_the_spread_between_to_the_variance_within(values, variance, freedom):
    found = imputation.pool(values, [variance] * len(values), complete_freedom=freedom)
    assert found.value == pytest.approx(np.mean(values))
    assert found.variance == pytest.approx(variance + (1 + 1 / len(values)) * np.var(values, ddof=1))
    assert found.variance >= variance * (1 - 1e-12)
    assert found.completed_freedom <= min(freedom, found.freedom) + 1e-9
    assert 0 <= found.missing_information <= 1
    low, high = found.interval()
    assert low < found.value < high


def test_alike_estimates_have_nothing_missing():
    found = imputation.pool([3.0, 3.0], [1.0, 1.0])
    assert found.freedom == math.inf
    assert found.missing_information == 0
    assert found.interval() == pytest.approx((3 - 1.959964, 3 + 1.959964), abs=1e-6)
    with pytest.raises(TooFew):
        imputation.pool([3.0], [1.0])
