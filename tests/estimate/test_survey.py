"""Survey inference against other programs and textbook sums, in simulation, and at its limits."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from viaggio.estimate import survey
from viaggio.estimate.errors import (
    BadMargins,
    BadSample,
    EmptyCell,
    LonelyStratum,
    NotConverged,
)
from viaggio.estimate.survey import Design, Margin


@pytest.fixture
def chance():
    return np.random.default_rng(20261122)


def test_two_stages_follow_the_textbook_sum(chance):
    """Cochran 1977, 10.3: (1 - f1) s1^2 between units, and inside each unit counted by f1."""
    shops, drawn, clients = 20, 5, 30
    unit = np.repeat(np.arange(drawn), [4, 3, 6, 5, 4])
    y = chance.normal(10, 3, len(unit)) + unit
    size = np.bincount(unit)
    weights = shops / drawn * clients / size[unit]
    design = Design.of(
        weights=weights,
        units=[unit, np.arange(len(unit))],
        population=[np.full(len(unit), shops), np.full(len(unit), clients)],
    )
    totals = np.array([clients * y[unit == k].mean() for k in range(drawn)])
    inside = [clients**2 * (1 - n / clients) * y[unit == k].var(ddof=1) / n for k, n in enumerate(size)]
    expected = (
        shops**2 * (1 - drawn / shops) * totals.var(ddof=1) / drawn + shops / drawn * np.array(inside).sum()
    )
    assert survey.total(design, {"y": y}).errors[0] ** 2 == pytest.approx(expected)


def test_means_are_those_of_a_regression_with_sandwich_errors(chance):
    unit, y, x, w = _clustered(chance)
    found = survey.regress(Design.of(weights=w, units=unit), y, {"x": x}).estimates
    known = sm.WLS(y, sm.add_constant(x), weights=w).fit(
        cov_type="cluster", cov_kwds={"groups": unit, "use_correction": False}
    )
    units = len(set(unit.tolist()))
    assert found.values == pytest.approx(known.params)
    assert found.errors**2 == pytest.approx(known.bse**2 * units / (units - 1))


def test_logistic_curve_is_that_of_a_weighted_binomial_model(chance):
    unit, y, x, w = _clustered(chance)
    found = survey.regress(Design.of(weights=w, units=unit), y > 0, {"x": x}, "logit")
    known = sm.GLM(y > 0, sm.add_constant(x), family=sm.families.Binomial(), freq_weights=w).fit()
    assert found.estimates.values == pytest.approx(known.params, rel=1e-7)


def test_term_test_of_one_term_is_its_t_test(chance):
    unit, y, x, w = _clustered(chance)
    model = survey.regress(Design.of(weights=w, units=unit), y, {"x": x})
    test = survey.term_test(model, ["x"])
    t = model.estimates.contrast({"x": 1})
    assert test.statistic == pytest.approx(t.statistic**2)
    assert test.probability == pytest.approx(t.probability())


def _clustered(chance):
    unit = np.repeat(np.arange(25), 4)
    x = chance.normal(size=100)
    y = x + chance.normal(size=100) + chance.normal(size=25)[unit]
    return unit, y, x, chance.uniform(1, 4, 100)


def test_independence_in_a_simple_sample_is_pearsons_test(chance):
    rows, columns = chance.integers(0, 3, 400), chance.integers(0, 4, 400)
    design = Design.of(n=400)
    known = stats.chi2_contingency(survey.table(design, rows, columns).counts, correction=False)
    found = survey.independence(design, rows, columns, "rao_scott_chi2")
    assert found.statistic == pytest.approx(known.statistic)
    assert found.freedom == (known.dof,)
    assert found.probability == pytest.approx(known.pvalue, rel=0.05)  # design effects average near 1
    forms = {
        survey.independence(design, rows, columns, form).probability
        for form in ("rao_scott_f", "wald", "adjusted_wald")
    }
    assert max(forms) - min(forms) < 0.1


@pytest.mark.parametrize("method", ["logit", "likelihood", "arcsine", "beta", "plain"])
def test_share_intervals_surround_the_share(chance, method):
    holds = chance.random(200) < 0.85
    design = Design.of(weights=chance.uniform(1, 3, 200), strata=np.arange(200) % 4)
    share = survey.mean(design, {"share": holds}).values[0]
    low, high = survey.share_interval(design, holds, method)
    narrow = survey.share_interval(design, holds, method, level=0.5)
    assert 0 < low < narrow[0] < share < narrow[1] < high < 1


def test_likelihood_interval_of_a_simple_sample_is_where_the_likelihood_falls(chance):
    n, hits = 400, 60
    low, high = survey.share_interval(Design.of(n=n), np.arange(n) < hits, "likelihood")
    reach = stats.t.ppf(0.975, n - 1) ** 2
    for bound in (low, high):
        fallen = stats.binom.logpmf(hits, n, hits / n) - stats.binom.logpmf(hits, n, bound)
        assert 2 * fallen == pytest.approx(reach, rel=1e-2)  # dispersion and effect are 1 + 1/n


def test_overlapping_customers_lower_the_error_of_a_change(chance):
    customer = np.concatenate([np.arange(100), np.arange(50, 150)])
    wave = np.repeat(["before", "after"], 100)
    loyal = chance.normal(0, 30, 150)
    y = loyal[customer] + chance.normal(0, 10, 200)
    design = Design.of(n=200, units=customer)

    def score(of):
        return survey.mean(of, {"y": y})

    change = survey.by(design, wave, score).contrast({"after": 1, "before": -1})
    apart = survey.by(Design.of(n=200), wave, score).contrast({"after": 1, "before": -1})
    assert change.error < 0.85 * apart.error


def test_raking_inside_replicates_meets_the_margins_in_each(chance):
    n = 60
    region, age = chance.integers(0, 2, n), chance.integers(0, 2, n)
    margins = [Margin("region", region, {0: 500, 1: 700}), Margin("age", age, {0: 800, 1: 400})]
    design = Design.of(weights=np.full(n, 20.0), units=np.arange(n) % 15)
    raked = survey.jackknife(design).reweighted(lambda d: survey.rake(d, margins))
    assert raked.weights.shape == (n, 15)
    assert np.allclose(raked.weights[region == 0].sum(axis=0), 500)
    assert np.allclose(raked.weights[age == 1].sum(axis=0), 400)


def test_quantile_interval_covers_what_the_sample_reaches(chance):
    values = chance.exponential(10, 300)
    found = survey.quantile(Design.of(n=300), values, 0.9)
    assert found.low < found.value < found.high
    assert found.value == np.sort(values)[269]
    far = survey.quantile(Design.of(n=300), values, 0.999)
    assert far.high is None
    assert far.error is None


def test_response_even_over_groups_has_an_r_indicator_of_one():
    group = np.repeat(["a", "b"], 50)
    even = np.tile([1, 0], 50)
    uneven = np.repeat([1.0, 0.0], 50)
    uneven[[0, 99]] = [0, 1]
    terms = survey.categories("group", group)
    assert survey.propensity(even, terms).r_indicator == pytest.approx(1)
    assert survey.propensity(uneven, terms).r_indicator < 0.1
    weights = survey.class_adjusted(np.ones(100), even, group)
    assert (weights * even).sum() == pytest.approx(100)


@pytest.mark.parametrize("weighting", ["drawn", "post-stratified", "raked"])
def test_intervals_cover_what_they_say(weighting):
    """600 stratified samples with unequal weights from a population that is known."""
    chance = np.random.default_rng(7)
    size = np.array([4000, 1000])
    stratum = np.repeat([0, 1], size)
    region = (chance.random(5000) < 0.3 + 0.3 * stratum).astype(int)
    y = chance.choice([-100.0, 0.0, 100.0], 5000, p=[0.3, 0.3, 0.4]) + 30 * region
    truth = y.mean()
    margins = [
        Margin("region", region, dict(enumerate(np.bincount(region).tolist()))),
        Margin("stratum", stratum, dict(enumerate(size.tolist()))),
    ]
    held = 0
    for _ in range(600):
        rows = np.concatenate(
            [chance.choice(4000, 60, replace=False), 4000 + chance.choice(1000, 60, replace=False)]
        )
        design = Design.of(strata=stratum[rows], population=size[stratum[rows]])
        own = [Margin(m.name, np.asarray(m.labels)[rows], m.totals) for m in margins]
        if weighting == "post-stratified":
            design = survey.post_stratify(design, own[0])
        elif weighting == "raked":
            design = survey.rake(design, own)
        low, high = survey.mean(design, {"y": y[rows]}).interval()[0]
        held += low <= truth <= high
    assert 0.93 <= held / 600 <= 0.97


def test_a_stratum_of_one_is_refused_by_place_or_taken_as_told():
    values = {"y": [1.0, 2.0, 9.0]}
    alone = ["a", "a", "b"]
    with pytest.raises(LonelyStratum, match=r"stratum 2 in sorted order, row 3"):
        survey.mean(Design.of(n=3, strata=alone), values)
    certain = survey.mean(Design.of(n=3, strata=alone, lonely="certainty"), values)
    cautious = survey.mean(Design.of(n=3, strata=alone, lonely="adjust"), values)
    assert 0 < certain.errors[0] < cautious.errors[0]
    whole = Design.of(n=3, strata=alone, population=[4, 4, 1])
    assert survey.mean(whole, values).errors[0] > 0  # the one unit is the whole of its stratum


def test_margins_that_cannot_be_met_are_told():
    design = Design.of(n=4)
    halves = Margin("half", [0, 0, 1, 1], {0: 50, 1: 50})
    with pytest.raises(BadMargins, match="sums to 90"):
        survey.rake(design, [halves, Margin("age", [0, 1, 0, 1], {0: 40, 1: 50})])
    with pytest.raises(BadMargins, match="no population for 1"):
        survey.post_stratify(design, Margin("half", [0, 0, 1, 1], {0: 100}))
    with pytest.raises(EmptyCell, match="nobody in the sample stands for 2"):
        survey.post_stratify(design, Margin("half", [0, 0, 1, 1], {0: 50, 1: 30, 2: 20}))
    opposite = Margin("other", [0, 0, 1, 1], {0: 60, 1: 40})
    with pytest.raises(NotConverged, match="a total is off by"):
        survey.rake(design, [halves, opposite])


def test_calibration_that_cannot_be_is_told():
    design = Design.of(n=4)
    ones = np.ones(4)
    with pytest.raises(NotConverged, match="no weights within the bounds"):
        survey.calibrate(design, {"one": (ones, 40.0)}, bounds=(0.5, 2))
    with pytest.raises(BadMargins, match="needs finite bounds"):
        survey.calibrate(design, {"one": (ones, 4.0)}, distance="logit")
    with pytest.raises(BadMargins, match="both sides of 1"):
        survey.calibrate(design, {"one": (ones, 4.0)}, bounds=(1.2, 2))
    with pytest.raises(BadSample, match="known for every row"):
        survey.calibrate(design, {"one": ([1, 1, 1, np.nan], 4.0)})
    with pytest.raises(BadSample, match="can have this sum"):
        survey.trim(design, 0.5)


def test_bad_samples_are_told_by_place():
    with pytest.raises(BadSample, match="one finite number"):
        Design.of(weights=[1, -1, 2])
    with pytest.raises(BadSample, match="two strata"):
        Design.of(n=3, strata=["a", "b", "b"], units=[1, 1, 2])
    with pytest.raises(BadSample, match=r"more sampled units than its population \(stage 1, row 1\)"):
        Design.of(n=3, population=2)
    with pytest.raises(BadSample, match=r"missing values \(row 2\)"):
        survey.mean(Design.of(n=3), {"y": [1, np.nan, 2]})
    with pytest.raises(BadSample, match="domain is empty"):
        survey.mean(Design.of(n=3).within([False] * 3), {"y": [1, 2, 3]})
    with pytest.raises(BadSample, match="all answers are alike"):
        survey.share_interval(Design.of(n=3), [1, 1, 1])
    with pytest.raises(BadSample, match="determine each other"):
        survey.regress(Design.of(n=4), [1, 2, 3, 4], {"x": [1, 1, 1, 1]})
    with pytest.raises(NotConverged, match="logistic curve"):
        survey.regress(Design.of(n=4), [0, 0, 1, 1], {"x": [1, 2, 3, 4]}, "logit")
    with pytest.raises(BadSample, match="no estimate is called"):
        survey.mean(Design.of(n=2), {"y": [1, 2]}).contrast({"z": 1})
    with pytest.raises(EmptyCell, match="nobody of 'b' answered"):
        survey.class_adjusted([1, 1], [1, 0], ["a", "b"])


def test_missing_values_outside_the_domain_do_no_harm():
    answered = np.array([True, False, True, True])
    y = np.array([1.0, np.nan, 2.0, 6.0])
    found = survey.mean(Design.of(n=4).within(answered), {"y": y})
    assert found.values[0] == 3
    assert found.n == 3
