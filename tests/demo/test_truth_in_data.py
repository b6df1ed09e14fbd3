"""What was planted can be found again: in the files where they show it, else in the simulated block."""

from datetime import date
from itertools import pairwise
from math import sqrt

import numpy as np
import pandas as pd
import pytest

from viaggio.demo.block import simulate
from viaggio.demo.clock import clock_until
from viaggio.demo.model import Parameters
from viaggio.demo.pulse import answer_log_odds
from viaggio.demo.world import experience, world_of
from viaggio.pulse.model import Pillar

COURIER = slice(13, None)  # months 14 to 24
BEFORE = slice(0, 13)


@pytest.fixture(scope="module")
def answers(rows, truth):
    columns = (
        "customer_number",
        "response",
        "wave",
        "item",
        "metric",
        "value",
        "touchpoint",
        "channel",
        "properties",
    )
    frame = rows("answers", *columns, source="pulse").to_pandas()
    frame["month"] = frame["wave"].map({name: at for at, name in enumerate(truth["months"])})
    frame["team"] = frame["properties"].str.extract(r'"team": "([^"]+)"')[0]
    return frame


def _difference(values: pd.Series, after: pd.Series) -> tuple[float, float]:
    """Mean after less mean before, and its standard error."""
    new, old = values[after], values[~after]
    return new.mean() - old.mean(), sqrt(new.var() / len(new) + old.var() / len(old))


def _fitted(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Logistic regression by Newton's method: coefficients and standard errors, the constant first."""
    design = np.column_stack([np.ones(len(y)), x])
    beta = np.zeros(design.shape[1])
    for _ in range(25):
        p = 1 / (1 + np.exp(-design @ beta))
        information = design.T @ (design * (p * (1 - p))[:, None])
        beta += np.linalg.solve(information, design.T @ (y - p))
    return beta, np.sqrt(np.diag(np.linalg.inv(information)))


@pytest.mark.parametrize("pillar", ["expectations", "time_effort", "resolution", "integrity"])
def test_courier_change_hurts_the_delivery_by_the_planted_size(answers, truth, pillar):
    found = answers[(answers["touchpoint"] == "delivery") & (answers["item"] == pillar)]
    change, error = _difference(found["value"], found["month"] >= 13)
    expected = np.array(truth["expected_answer"]["delivery"][pillar])
    planted = expected[COURIER].mean() - expected[BEFORE].mean()
    assert planted < -0.2
    assert abs(change - planted) < 3 * error
    assert abs(planted) > 3 * error


def test_touchpoints_without_a_story_do_not_move(answers):
    quiet = ("test_ride", "store_purchase", "workshop_repair", "technician_visit", "quote", "advice")
    scores = []
    for touchpoint in quiet:
        for pillar in Pillar:
            found = answers[(answers["touchpoint"] == touchpoint) & (answers["item"] == pillar)]
            change, error = _difference(found["value"], found["month"] >= 13)
            scores.append(change / error)
    assert np.abs(scores).max() < 4
    assert (np.abs(scores) > 1.96).mean() < 0.2


def test_late_share_jumps_with_the_courier(rows, truth):
    orders = rows("orders", "promised_at", "delivered_at").to_pandas().dropna()
    late = orders["delivered_at"] > orders["promised_at"]
    month = orders["promised_at"].dt.tz_convert("Europe/Rome").dt.strftime("%Y-%m")
    after = month >= truth["months"][13]
    for share, where in ((0.06, ~after), (0.18, after)):
        error = sqrt(share * (1 - share) / where.sum())
        assert abs(late[where].mean() - share) < 3 * error
    told = truth["realised"]["late_share"]
    assert late[month == truth["months"][20]].mean() == pytest.approx(told[20], abs=1e-6)


def test_late_deliveries_are_scored_lower(rows):
    orders = rows("orders", "id", "promised_at", "delivered_at").to_pandas().dropna()
    late = orders["delivered_at"] > orders["promised_at"]
    answers = rows("answers", "order_id", "item", "value", "touchpoint", source="pulse").to_pandas()
    asked = answers[(answers["touchpoint"] == "delivery") & (answers["item"] == "expectations")]
    by_order = asked.set_index("order_id")["value"]
    hurt = by_order[by_order.index.isin(orders.loc[late, "id"])]
    fine = by_order[by_order.index.isin(orders.loc[~late, "id"])]
    assert fine.mean() - hurt.mean() > 1.0


def test_invoices_are_wrong_in_the_wave_and_make_people_call(rows, truth):
    seen = rows("interactions", "touchpoint", "outcome", "started_at", "properties").to_pandas()
    month = seen["started_at"].dt.tz_convert("Europe/Rome").dt.strftime("%Y-%m")
    wave = month.isin(truth["months"][8:11])
    invoices = seen["touchpoint"] == "invoice"
    wrong = seen["outcome"] == "error"
    for share, where in ((0.09, invoices & wave), (0.008, invoices & ~wave)):
        assert abs(wrong[where].mean() - share) < 3 * sqrt(share * (1 - share) / where.sum())
    calls = seen["properties"].str.contains('"cause": "billing"', na=False)
    assert (calls & wave).sum() / 3 > 5 * (calls & ~wave).sum() / 21


def test_billing_wave_lowers_integrity_and_passes(answers, truth):
    found = answers[(answers["touchpoint"] == "invoice") & (answers["item"] == "integrity")]
    wave = found["month"].between(8, 10)
    change, error = _difference(found["value"], wave)
    expected = np.array(truth["expected_answer"]["invoice"]["integrity"])
    planted = expected[8:11].mean() - np.delete(expected, [8, 9, 10]).mean()
    assert abs(change - planted) < 3 * error
    later = found[found["month"] >= 11]["value"].mean() - found[found["month"] < 8]["value"].mean()
    assert abs(later) < 0.25


def test_app_release_eases_effort_in_the_app_only(answers, truth):
    garage = answers[(answers["touchpoint"] == "app_garage") & (answers["item"] == "time_effort")]
    change, error = _difference(garage["value"], garage["month"] >= 16)
    assert truth["channel_shift"]["app"]["time_effort"][16] == 0.6
    assert abs(change - 0.58) < 3 * error  # 0.6 before rounding and the end of the scale
    web = answers[(answers["channel"] == "web") & (answers["item"] == "time_effort")]
    change, error = _difference(web["value"], web["month"] >= 16)
    assert abs(change) < 3 * error


def test_recommendation_falls_for_the_delivery_and_rises_for_the_app(answers):
    said = answers[answers["item"] == "recommend"]
    net = 100.0 * ((said["value"] >= 9).astype(float) - (said["value"] <= 6))
    delivery, app = said["touchpoint"] == "delivery", said["touchpoint"] == "app_garage"
    early = said["month"] < 13
    assert 30 < net[early].mean() < 50
    assert net[delivery & ~early].mean() < net[delivery & early].mean() - 12
    change, error = _difference(said["value"][app], said["month"][app] >= 16)
    # 0.3 * 0.6 + 0.15 * 0.25 + (0.42 + 0.44) * 0.15 = 0.35, a sixth of it lost at the end of the scale
    assert abs(change - 0.29) < 3 * error
    assert change > 0


def test_pillar_weights_are_recovered_by_plain_regression(answers, truth):
    honest = answers[(answers["team"] != "care-coral") & answers["touchpoint"].notna()]
    wide = honest.pivot_table(index="response", columns="item", values="value")[
        ["recommend", *Pillar]
    ].dropna()
    design = np.column_stack([np.ones(len(wide)), wide[list(Pillar)].to_numpy()])
    slopes = np.linalg.lstsq(design, wide["recommend"].to_numpy())[0][1:]
    planted = np.array([truth["parameters"]["recommend"]["weights"][pillar] for pillar in Pillar])
    assert np.abs(slopes / slopes.sum() - planted / planted.sum()).max() < 0.03


def test_begging_team_asks_the_happy_and_scores_too_well(answers, truth):
    teams = truth["realised"]["teams"]
    hard = {
        name: t["after"]["asked_hard"] / t["after"]["asked_easy"]
        for name, t in teams.items()
        if "care" in name
    }
    others = [share for name, share in hard.items() if name != "care-coral"]
    assert hard["care-coral"] < 0.6 * min(others)
    care = answers[answers["team"].isin([name for name in teams if "care" in name])]
    said = care[(care["item"] == "recommend") & (care["month"] >= 12)]
    scores = said.groupby("team")["value"].agg(["mean", lambda v: (v == 10).mean()])
    assert scores["mean"].drop("care-coral").max() + 0.5 < scores.loc["care-coral", "mean"]
    control = care[(care["item"] == "asked_for_score") & (care["month"] >= 12)]
    told = control.groupby("team")["value"].mean()
    assert told["care-coral"] > 0.1
    assert told.drop("care-coral").max() < 0.08
    early = (
        care[(care["item"] == "recommend") & (care["month"] < 12)]
        .groupby("team")["value"]
        .agg(["mean", "sem"])
    )
    rest = early["mean"].drop("care-coral").mean()
    assert abs(early.loc["care-coral", "mean"] - rest) < 3.5 * early.loc["care-coral", "sem"]


def test_only_begged_customers_write_of_the_plea(rows, truth):
    comments = rows("texts", "response", "body", source="pulse").to_pandas()
    plea = comments["body"].str.contains(
        "di mettere 10|metto 10|massimo dei voti|di dare 10|give a 10|only a 10|for the top score", case=False
    )
    assert plea.sum() >= 3
    answers = rows("answers", "response", "properties", "wave", source="pulse").to_pandas()
    begged = answers[answers["response"].isin(comments.loc[plea, "response"])]
    assert begged["properties"].str.contains("care-coral").all()
    assert begged["wave"].min() >= truth["months"][12]


def test_rate_of_response_is_usual_and_answers_flatter(truth):
    pulse = truth["realised"]["pulse"]
    asked, answered = (sum(sum(p[name]) for p in pulse.values()) for name in ("asked", "answered"))
    assert 0.18 < answered / asked < 0.25
    company = pulse["company"]
    for of_answers, of_all in zip(company["nps_of_answers"], company["nps_if_all_answered"], strict=True):
        assert of_answers is None or of_answers > of_all + 3


def test_comments_are_in_two_languages_and_seldom_the_same(rows, company):
    texts = rows("texts", "language", "body", "kind")
    english = np.mean(np.array(texts["language"].to_pylist()) == "en")
    assert 0.2 < english < 0.3
    comments = rows("texts", "body", source="pulse")["body"].to_pylist()
    assert len(set(comments)) > 0.45 * len(comments)
    assert not any(mark in body for body in comments for mark in "|()")
    assert min(len(body) for body in comments) > 8


def test_bad_reviews_are_angry_and_good_ones_are_not(company):
    labels = pd.read_parquet(company / "truth-texts.parquet")
    bodies = pd.concat([pd.read_parquet(company / name / "texts-0000.parquet").assign(source=name)
                        for name in ("pulse", "reviews")])  # fmt: skip
    joined = labels.merge(bodies[["source", "id", "body", "rating", "rating_max"]], on=["source", "id"])
    assert len(joined) == len(bodies)
    share = joined["rating"] / joined["rating_max"]
    means = share.groupby(joined["sentiment"]).mean()
    assert means["negative"] < 0.6
    assert means["positive"] > 0.7
    angry = joined["body"].str.contains("delus|pessim|Mai più|disappoint|Never again", case=False)
    assert angry[joined["sentiment"] == "negative"].mean() > 0.1
    assert angry[joined["sentiment"] == "positive"].mean() < 0.02


def test_business_follows_season_week_and_hour(rows):
    seen = rows("interactions", "started_at", "touchpoint").to_pandas()
    local = seen["started_at"].dt.tz_convert("Europe/Rome")
    by_month = local.dt.month.value_counts()
    assert by_month[5] > 1.4 * by_month[1]
    rides = local[seen["touchpoint"] == "test_ride"]
    assert rides.dt.hour.between(9, 19).all()
    assert (rides.dt.day_of_week == 5).mean() > 0.2
    assert (rides.dt.day_of_week == 6).sum() == 0


def test_shop_visits_thin_out_from_look_to_payment(rows):
    seen = rows("interactions", "touchpoint", "episode", source="shop").to_pandas().dropna()
    visits = seen.groupby("touchpoint")["episode"].nunique()
    steps = [visits[name] for name in ("product_page", "cart", "checkout", "payment")]
    assert all(further < 0.8 * earlier for earlier, further in pairwise(steps))
    assert steps[-1] > 0


@pytest.fixture(scope="module")
def block():
    world = world_of(5, clock_until(date(2026, 11, 1)), Parameters())
    return world, simulate(world, 3, 40_000)


def test_mood_moves_churn_by_the_planted_log_odds(block):
    world, simulated = block
    book = simulated.book
    plans = book.rows["contracts"].columns()
    bounds = np.append(world.clock.month_bounds, world.clock.until)
    mood, gone = [], []
    for month in range(24):
        running = (plans["started"] < bounds[month]) & (
            (plans["ended"] < 0) | (plans["ended"] >= bounds[month])
        )
        mood.append(book.moods[month][plans["person"][running]])
        gone.append((plans["ended"][running] >= 0) & (plans["ended"][running] < bounds[month + 1]))
    beta, error = _fitted(np.concatenate(mood), np.concatenate(gone).astype(float))
    effects = world.parameters.effects
    assert abs(beta[1] - effects.churn_log_odds) < 3 * error[1]
    assert abs(1 / (1 + np.exp(-beta[0])) - effects.churn_a_month) < 0.003


def test_happy_customers_send_others_by_the_planted_rate(block):
    world, simulated = block
    book, effects = simulated.book, world.parameters.effects
    sent = book.rows["referrals"].columns()
    month = world.clock.month_of(sent["at"])
    mood = np.array(book.moods)[month, sent["person"]]
    everybody = np.concatenate(
        [book.moods[m][book.registered <= world.clock.month_bounds[m]] for m in range(24)]
    )
    tilted = np.exp(effects.referral_log * everybody)
    assert mood.mean() == pytest.approx((tilted * everybody).sum() / tilted.sum(), abs=0.03)
    assert mood.mean() > everybody.mean() + 0.05


def test_unsolved_contacts_bring_more_contacts(rows):
    seen = rows(
        "interactions", "touchpoint", "episode", "outcome", "started_at", source="helpdesk"
    ).to_pandas()
    seen = seen.sort_values(["episode", "started_at"])
    more = seen.duplicated("episode", keep="last")
    assert not more[seen["outcome"] == "resolved"].any()
    share = more[seen["outcome"] == "unresolved"].mean()
    assert 0.7 < share < 0.79  # 0.78, less the contacts after the end
    assert 0.2 < (seen["outcome"] == "unresolved").mean() < 0.35


def test_whether_people_answer_depends_on_their_experience(block):
    world, _ = block
    rng = np.random.default_rng(1)
    n = 200_000
    x = rng.normal(5.4, 1.0, (n, 6)) + rng.normal(0, 0.6, (n, 1))
    b2b, app, english = (rng.random(n) < 0.3 for _ in range(3))
    odds = answer_log_odds(x, b2b=b2b, app=app, english=english, world=world)
    does = (rng.random(n) < 1 / (1 + np.exp(-odds))).astype(float)
    beta, error = _fitted(np.column_stack([experience(x, world), b2b, app, english]), does)
    asking = world.parameters.asking
    planted = np.array([asking.intercept, asking.experience, asking.b2b, asking.app, asking.english])
    assert (np.abs(beta - planted) < 3.5 * error).all()


def test_answers_are_given_by_the_happier_of_those_asked(block):
    _, simulated = block
    felt, n = simulated.tally.experience, simulated.tally.n
    answered = felt[..., 1].sum() / n[..., 1].sum()
    silent = felt[..., 0].sum() / n[..., 0].sum()
    assert answered > silent + 0.1


def test_nobody_is_asked_twice_within_the_rest(block):
    world, simulated = block
    given = simulated.answers[0].asked
    order = np.lexsort((given.at, given.person))
    same = np.diff(given.person[order]) == 0
    gaps = np.diff(np.take(given.at, order))[same]
    assert gaps.min() >= world.parameters.asking.rest_days * 86_400_000_000


def test_block_does_not_depend_on_the_blocks_before_it():
    world = world_of(9, clock_until(date(2026, 11, 1)), Parameters())
    simulate(world, 0, 300)
    second = simulate(world, 1, 300).book.rows["interactions"].columns()
    alone = simulate(world, 1, 300).book.rows["interactions"].columns()
    assert all((second[name] == alone[name]).all() for name in second)
