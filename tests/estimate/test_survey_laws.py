"""What holds for every drawn sample."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from viaggio.estimate import survey
from viaggio.estimate.survey import Design, Margin

numbers = st.floats(-100, 100, allow_nan=False).map(lambda value: round(value, 3))
weight = st.floats(0.5, 50).map(lambda value: round(value, 3))


@st.composite
def samples(draw, strata=3):
    """Columns of a sample whose strata all hold two rows or more."""
    stratum = [h for h in range(draw(st.integers(1, strata))) for _ in range(draw(st.integers(2, 9)))]
    n = len(stratum)
    order = draw(st.permutations(range(n)))
    return {
        "stratum": np.array(stratum)[order],
        "y": np.array(draw(st.lists(numbers, min_size=n, max_size=n))),
        "x": np.array(draw(st.lists(st.integers(1, 9), min_size=n, max_size=n)), dtype=float),
        "w": np.array(draw(st.lists(weight, min_size=n, max_size=n))),
        "group": np.array(draw(st.lists(st.sampled_from("abc"), min_size=n, max_size=n))),
    }


def _design(sample, **more):
    return Design.of(weights=sample["w"], strata=sample["stratum"], **more)


def _close(found, expected, scale=1.0):
    assert np.allclose(found, expected, rtol=1e-8, atol=1e-8 * scale), (found, expected)


@given(samples(strata=1))
def test_one_stratum_is_a_simple_random_sample(sample):
    y = sample["y"]
    found = survey.mean(Design.of(n=len(y), strata=sample["stratum"]), {"y": y})
    _close(found.values, y.mean())
    _close(found.errors**2, y.var(ddof=1) / len(y))


@given(samples())
def test_variance_of_a_total_is_the_textbook_sum_over_strata(sample):
    found = survey.total(_design(sample), {"y": sample["y"]})
    parts = [sample["w"][sample["stratum"] == h] * sample["y"][sample["stratum"] == h] for h in range(3)]
    _close(found.covariance[0, 0], sum(len(p) * p.var(ddof=1) for p in parts if len(p)), 1e4)


@given(samples(), st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(sample, chance):
    order = list(range(len(sample["y"])))
    chance.shuffle(order)
    turned = {name: column[order] for name, column in sample.items()}
    one, other = (survey.ratio(_design(s), s["y"], s["x"]) for s in (sample, turned))
    _close(one.values, other.values)
    _close(one.covariance, other.covariance)


@given(samples(), st.integers(2, 4))
def test_a_row_split_inside_its_unit_changes_nothing(sample, parts):
    rows = np.repeat(np.arange(len(sample["y"])), parts)
    split = Design.of(weights=sample["w"][rows] / parts, strata=sample["stratum"][rows], units=rows)
    one = survey.mean(_design(sample), {"y": sample["y"], "x": sample["x"]})
    other = survey.mean(split, {"y": sample["y"][rows], "x": sample["x"][rows]})
    _close(one.values, other.values)
    _close(one.covariance, other.covariance)
    assert one.freedom == other.freedom


@given(samples(), st.floats(0.01, 100))
def test_scaling_all_weights_changes_no_mean_and_no_error(sample, factor):
    scaled = sample | {"w": sample["w"] * factor}
    one, other = (survey.mean(_design(s), {"y": s["y"]}) for s in (sample, scaled))
    _close(one.values, other.values)
    _close(one.covariance, other.covariance)


@given(samples())
def test_domains_add_up_to_the_whole(sample):
    design = _design(sample)
    whole = survey.total(design, {"y": sample["y"]})
    parts = survey.by(design, sample["group"], lambda d: survey.total(d, {"y": sample["y"]}))
    summed = parts.contrast(dict.fromkeys(parts.names, 1.0))
    scale = 1 + abs(whole.covariance[0, 0])
    _close(summed.value, whole.values[0], scale)
    _close(summed.error**2, whole.covariance[0, 0], scale)


@given(samples())
def test_a_census_has_no_error_and_a_larger_population_a_larger_one(sample):
    sizes = np.bincount(sample["stratum"])[sample["stratum"]]
    errors = [
        survey.total(_design(sample, population=sizes * factor), {"y": sample["y"]}).errors[0]
        for factor in (1, 2, 10)
    ]
    free = survey.total(_design(sample), {"y": sample["y"]}).errors[0]
    assert errors[0] == 0
    assert errors[0] <= errors[1] <= errors[2] <= free + 1e-9
    _close(errors[1], free * math.sqrt(1 / 2), 1e3)


@given(samples())
def test_the_jackknife_of_a_total_is_its_linearised_variance(sample):
    design = _design(sample)
    known = survey.total(design, {"y": sample["y"]})
    replicated = survey.jackknife(design).estimate(lambda w: w @ sample["y"])
    _close(replicated.value, known.values[0], 1e3)
    _close(replicated.error, known.errors[0], 1e3)
    assert survey.jackknife(design).freedom == design.freedom


def _margins(sample, seed):
    """Population margins that some weights meet: those of the sample itself, reweighted."""
    chance = np.random.default_rng(seed)
    other = sample["w"] * chance.uniform(0.5, 2, len(sample["w"]))
    found = []
    for name in ("group", "stratum"):
        labels = sample[name].tolist()
        totals = {label: float(other[sample[name] == label].sum()) for label in sorted(set(labels))}
        found.append(Margin(name, labels, totals))
    return found


def _margin_sums(design, margin):
    labels = np.array(margin.labels)
    return {label: float(design.weights[labels == label].sum()) for label in margin.totals}


@settings(max_examples=50)
@given(samples(), st.integers(0, 99))
def test_raking_meets_its_margins_and_keeps_what_meets_them(sample, seed):
    margins = _margins(sample, seed)
    raked = survey.rake(_design(sample), margins, tolerance=1e-13, most=20_000)
    for margin in margins:
        assert _margin_sums(raked, margin) == pytest.approx(margin.totals, rel=1e-7)
    again = survey.rake(raked, margins)
    _close(again.weights, raked.weights)


@settings(max_examples=50)
@given(samples(), st.integers(0, 99))
def test_post_stratified_counts_are_known_without_error(sample, seed):
    margin = _margins(sample, seed)[0]
    design = survey.post_stratify(_design(sample), margin)
    groups = {label: sample["group"] == label for label in margin.totals}
    found = survey.total(design, groups)
    assert dict(zip(found.names, found.values, strict=True)) == pytest.approx(margin.totals)
    assert np.abs(found.errors).max() < 1e-6 * design.weights.sum()


def _possible(sample, totals, bounds):
    """Whether any weights well within the bounds have these totals: a linear programme knows."""
    low, high = (sample["w"] * bound for bound in (bounds[0] * 1.01, bounds[1] / 1.01))
    columns = np.array([column for column, _ in totals.values()])
    wanted = [total for _, total in totals.values()]
    within = np.stack([low, high], axis=1)
    return linprog(np.zeros(len(low)), A_eq=columns, b_eq=wanted, bounds=within).success


@settings(max_examples=50)
@given(samples(), st.sampled_from(["linear", "raking", "logit"]), st.floats(0.9, 1.1))
def test_calibration_meets_totals_which_then_have_no_error(sample, distance, factor):
    n = len(sample["y"])
    assume(np.ptp(sample["x"]) > 0)
    size, amount = sample["w"].sum(), sample["w"] @ sample["x"]
    mean = amount / size
    assume(sample["x"].min() < mean * factor * 0.99)
    assume(sample["x"].max() > mean * factor * 1.01)
    totals = {"one": (np.ones(n), size), "x": (sample["x"], amount * factor)}
    bounds = (0.01, 50.0) if distance == "logit" else (-np.inf, np.inf)
    assume(distance != "logit" or _possible(sample, totals, bounds))
    design = survey.calibrate(_design(sample), totals, distance=distance, bounds=bounds)
    found = survey.total(design, {"one": np.ones(n), "x": sample["x"]})
    _close(found.values, [size, amount * factor])
    assert (found.errors <= 1e-6 * np.abs(found.values)).all()
    if distance != "linear":
        assert (design.weights > 0).all()


@settings(max_examples=50)
@given(samples())
def test_calibration_to_what_the_sample_has_changes_no_weight(sample):
    design = _design(sample)
    totals = {"one": (np.ones(len(sample["w"])), sample["w"].sum())}
    _close(survey.calibrate(design, totals, distance="raking").weights, sample["w"])


@given(samples(), st.floats(1.05, 3))
def test_trimming_keeps_the_sum_and_the_bound(sample, factor):
    upper = factor * sample["w"].mean()
    trimmed = survey.trim(_design(sample), upper)
    assert trimmed.weights.max() <= upper * (1 + 1e-12)
    _close(trimmed.weights.sum(), sample["w"].sum())


@given(samples())
def test_effective_sample_is_at_most_the_sample(sample):
    n = len(sample["w"])
    assert 1 <= survey.effective_n(sample["w"]) <= n * (1 + 1e-12)
    assert survey.effective_n(np.full(n, 3.0)) == pytest.approx(n)
    product = survey.effective_n(sample["w"]) * survey.weighting_effect(sample["w"])
    assert product == pytest.approx(n)


@given(samples(), st.floats(0, 1), st.floats(0, 1))
def test_quantiles_are_values_and_rise_with_the_share(sample, one, other):
    low, high = sorted([one, other])
    found = [survey.weighted_quantile(sample["y"], sample["w"], share) for share in (low, high)]
    assert set(found) <= set(sample["y"].tolist())
    assert found[0] <= found[1]


@given(samples(strata=1))
def test_design_effect_of_a_simple_sample_is_one(sample):
    assume(np.ptp(sample["y"]) > 1e-3)
    found = survey.design_effect(Design.of(n=len(sample["y"])), {"y": sample["y"]}, replacement=True)
    _close(found, 1.0)


@given(samples())
def test_the_difference_test_is_the_contrast_of_the_two_domains(sample):
    member = sample["group"] == "a"
    assume(0 < member.sum() < len(member))
    design = _design(sample)
    test = survey.difference(design, sample["y"], member)
    parts = survey.by(design, member, lambda d: survey.mean(d, {"y": sample["y"]}))
    contrast = parts.contrast({"True": 1, "False": -1})
    _close([test.value, test.error], [contrast.value, contrast.error], 10)
