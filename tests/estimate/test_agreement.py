"""Agreement of coders, against slow plain definitions and published examples."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from viaggio.estimate.agreement import Metric, Weighting, cohen, fleiss, intraclass, krippendorff
from viaggio.estimate.errors import BadNumber, Constant, TooFew

GAP = float("nan")
PUBLISHED = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, GAP, GAP, GAP],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, GAP, 3],
    [GAP, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, GAP],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, GAP],
]
"""Krippendorff (2011), Computing Krippendorff's alpha-reliability."""

tables = (
    st.integers(2, 4)
    .flatmap(
        lambda coders: st.lists(
            st.lists(st.sampled_from([1.0, 2.0, 3.0, 5.0, GAP]), min_size=coders, max_size=coders),
            min_size=2,
            max_size=8,
        )
    )
    .map(lambda units: np.array(units).T)
)


def _slow_alpha(table, metric):
    """Observed over expected disagreement, pair by pair."""
    units = [[v for v in unit if not np.isnan(v)] for unit in table.T]
    units = [unit for unit in units if len(unit) > 1]
    values = [v for unit in units for v in unit]

    def apart(a, b):
        if metric is Metric.NOMINAL:
            return float(a != b)
        if metric is Metric.INTERVAL:
            return (a - b) ** 2
        if metric is Metric.RATIO:
            return ((a - b) / (a + b)) ** 2
        low, high = min(a, b), max(a, b)
        between = sum(low <= v <= high for v in values)
        return (between - (values.count(a) + values.count(b)) / 2) ** 2 if a != b else 0.0

    observed = sum(sum(apart(a, b) for a, b in permutations(unit, 2)) / (len(unit) - 1) for unit in units)
    expected = sum(apart(a, b) for a, b in permutations(values, 2))
    return 1 - (observed / len(values)) / (expected / (len(values) * (len(values) - 1)))


@given(tables, st.sampled_from(list(Metric)))
def test_krippendorffs_alpha_is_its_definition(table, metric):
    pairable = table[:, np.isfinite(table).sum(axis=0) > 1]
    assume(len(np.unique(pairable[np.isfinite(pairable)])) > 1)
    found = krippendorff(table, metric)
    assert found == pytest.approx(_slow_alpha(table, metric))
    assert found <= 1 + 1e-12


@pytest.mark.parametrize(
    ("metric", "value"),
    [(Metric.NOMINAL, 0.743), (Metric.ORDINAL, 0.815), (Metric.INTERVAL, 0.849), (Metric.RATIO, 0.797)],
)
def test_krippendorffs_published_example(metric, value):
    assert krippendorff(PUBLISHED, metric) == pytest.approx(value, abs=5e-4)


@given(st.lists(st.integers(1, 4), min_size=3, max_size=12).filter(lambda v: len(set(v)) > 1))
def test_coders_who_always_agree_reach_one(codes):
    table = np.array([codes] * 3)
    assert [krippendorff(table, metric) for metric in Metric] == pytest.approx([1] * 4)
    assert fleiss(table).value == pytest.approx(1)
    assert [cohen(codes, codes, weighting).value for weighting in Weighting] == pytest.approx([1] * 3)


def test_coders_who_always_differ_are_below_chance():
    assert krippendorff([[1, 2, 1, 2], [2, 1, 2, 1]]) < 0
    assert cohen([1, 2, 1, 2], [2, 1, 2, 1]).value == pytest.approx(-1)


def test_the_order_of_coders_and_units_does_not_matter():
    chance = np.random.default_rng(1)
    table = np.array(PUBLISHED)
    mixed = table[np.ix_(chance.permutation(4), chance.permutation(12))]
    for metric in Metric:
        assert krippendorff(mixed, metric) == pytest.approx(krippendorff(table, metric))
    assert fleiss(mixed).value == pytest.approx(fleiss(table).value)


def test_cohens_kappa_of_a_worked_table():
    # 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: agreement .7, by chance .5
    first = np.repeat([1, 1, 0, 0], [20, 5, 10, 15])
    second = np.repeat([1, 0, 1, 0], [20, 5, 10, 15])
    assert cohen(first, second).value == pytest.approx(0.4)
    assert cohen(first, second).units == 50


def test_weighted_kappa_counts_steps_and_quadratic_weights_are_a_correlation_at_equal_margins():
    chance = np.random.default_rng(3)
    first = np.repeat([1, 2, 3, 4], 25)
    second = np.where(chance.random(100) < 0.6, first, chance.permutation(first))
    second = np.sort(second)[np.argsort(np.argsort(second + chance.random(100) * 0.1))]
    margins = np.bincount(second)[1:]
    found = cohen(first, second, Weighting.QUADRATIC).value
    scale = np.cov(first, second, bias=True)
    gap = first.mean() - second.mean()
    assert found == pytest.approx(2 * scale[0, 1] / (scale[0, 0] + scale[1, 1] + gap**2))
    assert margins.sum() == 100


def test_fleiss_published_example():
    # Fleiss (1971) as worked on in textbooks: 10 subjects, 14 raters, 5 categories
    counts = [
        [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
    ]  # fmt: skip
    table = np.array([np.repeat(np.arange(1, 6), row) for row in counts]).T
    assert fleiss(table).value == pytest.approx(0.210, abs=5e-4)
    assert fleiss(table).units == 10


def test_intraclass_correlations_of_shrout_and_fleiss():
    table = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]).T
    found = intraclass(table)
    values = [found.one, found.two, found.three, found.one_mean, found.two_mean, found.three_mean]
    assert [v.value for v in values] == pytest.approx([0.17, 0.29, 0.71, 0.44, 0.62, 0.91], abs=6e-3)
    assert all(v.low < v.value < v.high <= 1 for v in values)
    assert (found.units, found.coders) == (6, 4)


def test_a_strict_coder_counts_against_agreement_only_where_coders_are_a_sample():
    table = np.array([[1.0, 4, 2, 5, 3, 2], [1.2, 3.9, 2.3, 5.1, 2.8, 2.2]])
    strict = table + np.array([[0], [2]])
    assert intraclass(strict).three.value == pytest.approx(intraclass(table).three.value)
    assert intraclass(strict).two.value < intraclass(table).two.value


def test_judgements_that_say_nothing_are_refused():
    with pytest.raises(Constant, match="Every judgement is 3"):
        krippendorff([[3, 3], [3, 3]])
    with pytest.raises(Constant):
        cohen([1, 1], [1, 1])
    with pytest.raises(Constant):
        fleiss([[2, 2], [2, 2]])
    with pytest.raises(TooFew, match="two judgements"):
        krippendorff([[1, GAP], [GAP, 2]])
    with pytest.raises(TooFew, match="in common"):
        cohen([1, GAP], [GAP, 2])
    with pytest.raises(TooFew, match="judged by all"):
        fleiss([[1, GAP], [GAP, 2]])
    with pytest.raises(TooFew, match="Two coders"):
        krippendorff([[1, 2, 3]])
    with pytest.raises(TooFew, match="1 unit"):
        intraclass([[1], [2]])
    with pytest.raises(Constant):
        intraclass([[1, 2, 3], [2, 3, 4]])
    with pytest.raises(BadNumber, match="different numbers"):
        cohen([1, 2], [1, 2, 3])
