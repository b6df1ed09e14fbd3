"""Fitted models of drivers, against statsmodels where it has them and against plain definitions where not."""

import numpy as np
import pytest

from viaggio.estimate.drivers.asymmetry import penalty_reward, performances
from viaggio.estimate.drivers.logit import area_under_curve, logit
from viaggio.estimate.drivers.ordinal import Link, ordinal
from viaggio.estimate.drivers.regression import breusch_pagan, regress
from viaggio.estimate.drivers.sandwich import (
    Clustered,
    Robust,
    clustered_errors,
    clustered_test,
    robust_errors,
)
from viaggio.estimate.errors import BadNumber, Collinear, Constant, EmptyCategory, NotConverged, TooFew

NAMES = ["ease", "care", "time"]


@pytest.fixture
def answers():
    """120 answers on 1 to 7 of 30 customers, four each, and an outcome that three drivers move."""
    chance = np.random.default_rng(12)
    who = np.repeat(np.arange(30), 4)
    own = chance.normal(size=(30, 1))[who]
    drivers = np.clip(np.round(4 + own + chance.normal(size=(120, 3)) * 1.2), 1, 7)
    outcome = drivers @ [0.5, 0.3, 0.2] + own[:, 0] + chance.normal(size=120) * (0.5 + drivers[:, 0] / 5)
    return outcome, drivers, who


def test_least_squares_is_that_of_statsmodels(answers):
    import statsmodels.api as sm
    from statsmodels.stats.diagnostic import het_breuschpagan
    from statsmodels.stats.outliers_influence import variance_inflation_factor

    outcome, drivers, _ = answers
    design = sm.add_constant(drivers)
    theirs, ours = sm.OLS(outcome, design).fit(), regress(outcome, drivers, NAMES)
    for mine, other in (
        (ours.coefficients, theirs.params),
        (ours.errors, theirs.bse),
        (ours.t, theirs.tvalues),
        (ours.p, theirs.pvalues),
        (ours.r2, theirs.rsquared),
        (ours.adjusted_r2, theirs.rsquared_adj),
        (ours.f, theirs.fvalue),
        (ours.sigma**2, theirs.scale),
        (ours.log_likelihood, theirs.llf),
        (ours.aic - 2, theirs.aic),  # statsmodels does not count the variance as a parameter
        (ours.vif, [variance_inflation_factor(design, j) for j in (1, 2, 3)]),
        (breusch_pagan(ours), het_breuschpagan(theirs.resid, design)[:2]),
    ):
        assert mine == pytest.approx(other, rel=1e-9)
    for kind in Robust:
        assert robust_errors(ours, kind) == pytest.approx(getattr(theirs, f"{kind}_se"), rel=1e-9)


def test_clustered_errors_are_those_of_statsmodels(answers):
    import statsmodels.api as sm

    outcome, drivers, who = answers
    model = sm.OLS(outcome, sm.add_constant(drivers))
    ours = regress(outcome, drivers, NAMES)
    plain = model.fit(cov_type="cluster", cov_kwds={"groups": who, "use_correction": False})
    corrected = model.fit(cov_type="cluster", cov_kwds={"groups": who})
    assert clustered_errors(ours, who, Clustered.CR0) == pytest.approx(plain.bse)
    assert clustered_errors(ours, who, Clustered.CR1S) == pytest.approx(corrected.bse)
    names = [f"customer {code}" for code in who]
    assert clustered_errors(ours, names, Clustered.CR1) == pytest.approx(plain.bse * (30 / 29) ** 0.5)


def test_cr2_and_its_degrees_of_freedom_are_those_of_the_written_out_matrices(answers):
    outcome, drivers, who = answers
    fit = regress(outcome, drivers, NAMES)
    x, bread, n = fit.design, fit.bread, fit.n
    hat = np.eye(n) - x @ bread @ x.T
    variance, columns = np.zeros((4, 4)), []
    for code in range(30):
        rows = who == code
        values, vectors = np.linalg.eigh(hat[np.ix_(rows, rows)])
        adjust = (vectors / values**0.5) @ vectors.T
        score = x[rows].T @ adjust @ fit.residuals[rows]
        variance += bread @ np.outer(score, score) @ bread
        columns.append(hat[:, rows] @ adjust @ x[rows] @ bread)
    found = clustered_test(fit, who)
    assert found.errors == pytest.approx(np.sqrt(np.diag(variance)))
    assert clustered_errors(fit, who) == pytest.approx(found.errors)
    for term in range(4):
        form = np.array([column[:, term] for column in columns])
        form = form @ form.T
        assert found.freedom[term] == pytest.approx(np.trace(form) ** 2 / (form**2).sum())
    assert found.clusters == 30


def test_with_one_row_per_cluster_cr2_is_hc2(answers):
    outcome, drivers, _ = answers
    fit = regress(outcome, drivers, NAMES)
    assert clustered_errors(fit, np.arange(120)) == pytest.approx(robust_errors(fit, Robust.HC2))


def test_clusters_belong_to_the_rows_given_even_when_some_miss_an_answer(answers):
    outcome, drivers, who = answers
    holed = drivers.copy()
    holed[[0, 50], 1] = np.nan
    kept = np.delete(np.arange(120), [0, 50])
    assert clustered_errors(regress(outcome, holed, NAMES), who) == pytest.approx(
        clustered_errors(regress(outcome[kept], drivers[kept], NAMES), who[kept])
    )


def test_logit_is_that_of_statsmodels(answers):
    import statsmodels.api as sm

    outcome, drivers, _ = answers
    yes = (outcome > np.median(outcome)).astype(float)
    ours = logit(yes, drivers, NAMES)
    model = sm.Logit(yes, sm.add_constant(drivers))
    theirs = model.fit(disp=0, tol=1e-12)
    assert ours.coefficients == pytest.approx(theirs.params, rel=1e-7)
    assert ours.errors == pytest.approx(theirs.bse, rel=1e-7)
    assert ours.robust_errors == pytest.approx(model.fit(disp=0, cov_type="HC0").bse, rel=1e-6)
    assert ours.effects == pytest.approx(theirs.get_margeff().margeff, rel=1e-7)
    assert ours.mcfadden == pytest.approx(theirs.prsquared)
    assert np.column_stack([ours.low, ours.high]) == pytest.approx(theirs.conf_int(), rel=1e-7)
    assert ours.fitted.mean() == pytest.approx(yes.mean())


def test_area_under_the_curve_is_the_share_of_pairs_in_order():
    yes = np.array([1, 0, 1, 1, 0, 0, 1])
    score = np.array([0.9, 0.2, 0.4, 0.4, 0.4, 0.1, 0.05])
    pairs = [(a > b) + (a == b) / 2 for a in score[yes == 1] for b in score[yes == 0]]
    assert area_under_curve(yes, score) == pytest.approx(np.mean(pairs))


@pytest.mark.parametrize("link", list(Link))
def test_ordinal_model_is_that_of_statsmodels(answers, link):
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    outcome, drivers, _ = answers
    band = np.digitize(outcome, np.quantile(outcome, [0.3, 0.6, 0.8]))
    ours = ordinal(band, drivers, NAMES, link=link)
    model = OrderedModel(band, drivers, distr=str(link))
    theirs = model.fit(method="bfgs", disp=0, gtol=1e-8, maxiter=500)
    assert ours.coefficients == pytest.approx(theirs.params[:3], rel=1e-4)
    assert ours.thresholds == pytest.approx(model.transform_threshold_params(theirs.params)[1:-1], rel=1e-4)
    assert ours.errors == pytest.approx(theirs.bse[:3], rel=1e-3)
    assert ours.log_likelihood == pytest.approx(theirs.llf, rel=1e-9)
    assert ours.log_likelihood >= theirs.llf - 1e-9
    assert ours.counts == tuple(np.bincount(band))


def test_an_ordinal_model_of_two_levels_is_the_logit(answers):
    outcome, drivers, _ = answers
    yes = (outcome > np.median(outcome)).astype(float)
    two, one = ordinal(yes, drivers, NAMES), logit(yes, drivers, NAMES)
    assert two.coefficients == pytest.approx(one.coefficients[1:])
    assert two.thresholds == pytest.approx(-one.coefficients[:1])
    assert [*two.threshold_errors, *two.errors] == pytest.approx(one.errors)


def test_ordinal_model_does_not_care_what_the_levels_are_called(answers):
    outcome, drivers, _ = answers
    band = np.digitize(outcome, np.quantile(outcome, [0.4, 0.7]))
    plain, renamed = ordinal(band, drivers, NAMES), ordinal(np.array([0, 5, 99])[band], drivers + 100, NAMES)
    assert renamed.levels == (0, 5, 99)
    assert renamed.coefficients == pytest.approx(plain.coefficients)
    assert renamed.thresholds == pytest.approx(plain.thresholds + 100 * plain.coefficients.sum())


def test_a_must_be_driver_has_a_penalty_and_a_delighter_a_reward():
    chance = np.random.default_rng(7)
    drivers = chance.integers(1, 8, (800, 2)).astype(float)
    outcome = -2.0 * (drivers[:, 0] <= 3) + 1.5 * (drivers[:, 1] >= 6) + chance.normal(size=800) * 0.3
    must, delight = penalty_reward(outcome, drivers, ["must", "delight"], low=3, high=6).contrasts
    assert (must.penalty, must.reward) == pytest.approx((-2, 0), abs=0.1)
    assert (delight.penalty, delight.reward) == pytest.approx((0, 1.5), abs=0.1)
    assert must.lows == (drivers[:, 0] <= 3).sum()
    assert not must.few


def test_a_tail_in_which_nobody_answered_has_no_effect_and_is_no_zero():
    chance = np.random.default_rng(7)
    drivers = np.column_stack([chance.integers(4, 8, 90), chance.integers(1, 8, 90)]).astype(float)
    found = penalty_reward(chance.normal(size=90), drivers, ["kind", "quick"], low=2, high=6)
    assert (found.contrasts[0].penalty, found.contrasts[0].lows) == (None, 0)
    assert found.contrasts[0].reward is not None
    assert found.contrasts[0].few


def test_performance_is_the_plain_mean_and_correlations(answers):
    outcome, drivers, _ = answers
    found = performances(outcome, drivers, NAMES)
    others = np.column_stack([np.ones(120), drivers[:, 1:]])
    left = [v - others @ np.linalg.lstsq(others, v)[0] for v in (outcome, drivers[:, 0])]
    assert found[0].partial == pytest.approx(np.corrcoef(left)[0, 1])
    signs = np.sign(np.subtract.outer(outcome, outcome) * np.subtract.outer(drivers[:, 2], drivers[:, 2]))
    untied = (np.subtract.outer(drivers[:, 2], drivers[:, 2]) != 0).sum()
    assert found[2].kendall == pytest.approx(signs.sum() / (untied * 120 * 119) ** 0.5)
    assert found[1].mean == drivers[:, 1].mean()


def test_what_no_model_can_be_fitted_to_is_named(answers):
    outcome, drivers, who = answers
    same = drivers.copy()
    same[:, 2] = 5
    tied = drivers.copy()
    tied[:, 2] = 8 - drivers[:, 0]
    yes = (drivers[:, 0] > 4).astype(float)

    def fit_logit(outcome, drivers, names):
        return logit((outcome > 3).astype(float), drivers, names)

    def fit_ordinal(outcome, drivers, names):
        return ordinal(np.digitize(outcome, [2, 4]), drivers, names)

    for fit in (regress, fit_logit, fit_ordinal):
        with pytest.raises(Constant, match="'time'"):
            fit(outcome, same, NAMES)
        with pytest.raises(Collinear, match="'time' is determined by 'ease', 'care'"):
            fit(outcome, tied, NAMES)
        with pytest.raises((TooFew, EmptyCategory)):
            fit(outcome[:3], drivers[:3], NAMES)
        with pytest.raises(BadNumber, match="3 names"):
            fit(outcome, drivers[:, :2], NAMES)
    with pytest.raises(NotConverged, match="without fault"):
        logit(yes, drivers, NAMES)
    with pytest.raises(NotConverged):
        ordinal(yes, drivers, NAMES)
    with pytest.raises(EmptyCategory):
        logit(np.ones(120), drivers, NAMES)
    with pytest.raises(EmptyCategory):
        ordinal(np.ones(120), drivers, NAMES)
    with pytest.raises(BadNumber, match="other than 0 and 1"):
        logit(outcome, drivers, NAMES)
    with pytest.raises(Constant, match="outcome"):
        regress(np.ones(120), drivers, NAMES)
    with pytest.raises(TooFew, match="1 cluster"):
        clustered_errors(regress(outcome, drivers, NAMES), np.ones(120))
    with pytest.raises(BadNumber):
        clustered_errors(regress(outcome, drivers, NAMES), who[:5])
    with pytest.raises(BadNumber, match="not below"):
        penalty_reward(outcome, drivers, NAMES, low=5, high=5)
