"""The ledger beside the answers: it sums to the units, fits the answers, and its rates are AAPOR's."""

import numpy as np
import pandas as pd
import pytest

from viaggio.demo.programmes import PROGRAMMES
from viaggio.pulse.fielding import ASKED, aapor, coverage, dispositions
from viaggio.pulse.model import Outcome
from viaggio.pulse.weighting import Ledger, wave_weights

NEVER = {"not_sampled", "resting", "no_consent", "no_address"}
ANSWERED = {"complete", "partial"}


@pytest.fixture(scope="module")
def ledger(rows):
    return rows("coverage").to_pandas()


@pytest.fixture(scope="module")
def answers(rows):
    return rows("answers", "response", "invitation", "pulse", "wave", "item", "value", "weight_base",
                "touchpoint", "customer_number", source="pulse").to_pandas()  # fmt: skip


def test_every_unit_that_could_have_been_asked_about_stands_in_it_once(ledger, truth):
    assert ledger["id"].is_unique
    eligible = ledger.groupby([ledger["touchpoint"].fillna("company"), "wave"]).size()
    told = truth["realised"]["pulse"]
    for place, found in told.items():
        by_month = [int(eligible.get((place, month), 0)) for month in truth["months"]]
        assert by_month == found["eligible"]
    assert len(ledger) == sum(sum(found["eligible"]) for found in told.values())


def test_the_outcomes_of_every_wave_sum_to_its_units_and_give_aapors_rates(ledger):
    for _, wave in ledger.groupby(["pulse", "wave"]):
        counts = wave["outcome"].value_counts().to_dict()
        assert coverage(counts, len(wave)).asked == (~wave["outcome"].isin(NEVER)).sum()
    counts = ledger["outcome"].value_counts()
    rates = aapor(dispositions(counts.to_dict()))
    asked = counts[[outcome for outcome in ASKED if outcome in counts]].sum()
    assert rates.rr1 == pytest.approx(counts["complete"] / asked)
    assert rates.rr2 == pytest.approx((counts["complete"] + counts["partial"]) / asked)
    assert rates.ref1 == pytest.approx((counts["refused"] + counts["opened"]) / asked)
    assert 0.17 < rates.rr1 < 0.26


def test_all_ways_of_ending_occur(ledger):
    assert set(ledger["outcome"]) == set(Outcome)


def test_answers_and_ledger_name_each_other(ledger, answers):
    told = ledger.dropna(subset=["response"]).set_index("response")
    given = answers.drop_duplicates("response").set_index("response")
    assert set(told.index) == set(given.index)
    told = told.loc[given.index]
    assert set(told["outcome"]) == ANSWERED
    for column in ("invitation", "pulse", "wave", "customer_number"):
        assert (told[column] == given[column]).all(), column
    assert told["touchpoint"].fillna("").eq(given["touchpoint"].fillna("")).all()
    assert np.allclose(1 / told["probability"], given["weight_base"])


def test_only_those_asked_have_an_invitation_and_only_those_drawn_from_a_probability(ledger):
    asked = ~ledger["outcome"].isin(NEVER)
    assert (ledger["invitation"].notna() == asked).all()
    assert (ledger["asked_by"].notna() == asked).all()
    assert ledger["invitation"].dropna().is_unique
    outside = ledger["outcome"].isin({"no_consent", "no_address"})
    assert (ledger["probability"].isna() == outside).all()
    assert ledger["probability"].dropna().between(0, 1, inclusive="right").all()


def test_asked_are_as_many_as_the_truth_says(ledger, truth):
    asked = ledger[~ledger["outcome"].isin(NEVER)]
    counts = asked["touchpoint"].fillna("company").value_counts()
    for place, found in truth["realised"]["pulse"].items():
        assert counts.get(place, 0) == sum(found["asked"])


def test_nobody_is_asked_again_after_refusing_or_when_mail_came_back(ledger):
    asked = ledger[~ledger["outcome"].isin(NEVER)].sort_values("eligible_at")
    last = asked.groupby("customer_number")["eligible_at"].max()
    gone = asked[asked["outcome"].isin({"refused", "bounced"})]
    assert len(gone) > 50
    assert (gone["eligible_at"] == gone["customer_number"].map(last)).all()
    later = ledger.merge(
        gone[["customer_number", "eligible_at"]], on="customer_number", suffixes=("", "_gone")
    )
    later = later[later["eligible_at"] > later["eligible_at_gone"]]
    assert len(later)
    assert set(later["outcome"]) <= {"no_consent", "no_address"}


def test_what_is_asked_about_is_in_the_facts_under_that_name(ledger, rows):
    names = set()
    seen = rows("interactions", "id", "episode")
    pairs = zip(seen["source"].to_pylist(), seen["id"].to_pylist(), strict=True)
    names |= {f"{source}:{key}" for source, key in pairs}
    names |= {f"helpdesk:{key}" for key in seen["episode"].to_pylist() if key}
    names |= {f"shop:{key}" for key in rows("orders", "id")["id"].to_pylist()}
    about = ledger[ledger["unit"] != "customer"]["about"]
    told_apart = about.str.contains("~")
    assert told_apart.mean() < 1e-4
    assert set(about[~told_apart]) <= names


# --- weights: what they mend, and what they can not ------------------------------------------------------


@pytest.fixture(scope="module")
def scores(ledger, answers, rows, truth):
    """NPS of every wave: of all who could have been asked, of the answers, and of the weighted answers."""
    customers = rows("customers", "customer_number", "segment", "region").to_pandas()
    who = customers.dropna(subset=["customer_number"]).drop_duplicates("customer_number")
    known = ledger.merge(who, on="customer_number", how="left")
    said = answers[answers["item"] == "recommend"].set_index("response")["value"]
    net = 100.0 * ((said >= 9).astype(float) - (said <= 6))
    told, months = truth["realised"]["pulse"], truth["months"]
    found = []
    for programme in PROGRAMMES:
        places = programme.touchpoints or ("company",)
        for code, wave in known[known["pulse"] == programme.slug].groupby("wave"):
            weights = wave_weights(_ledger(wave))
            month = months.index(code)
            units = np.array([told[place]["eligible"][month] for place in places if place in told], float)
            would = [told[place]["nps_of_all_eligible"][month] or 0.0 for place in places if place in told]
            heard = net[weights.response].to_numpy()
            found.append((programme.slug, code, units @ np.array(would) / units.sum(), heard.mean(),
                          np.average(heard, weights=weights.weight)))  # fmt: skip
    frame = pd.DataFrame(found, columns=["pulse", "wave", "all", "plain", "weighted"])
    frame["off"], frame["off_weighted"] = frame["plain"] - frame["all"], frame["weighted"] - frame["all"]
    return frame


def _ledger(wave):
    texts = {name: wave[name].fillna("").to_numpy(object) for name in
             ("stratum", "outcome", "response", "segment", "region", "channel")}  # fmt: skip
    margins = {name: texts[name] for name in ("segment", "region", "channel")}
    return Ledger(stratum=texts["stratum"], probability=wave["probability"].to_numpy(float),
                  outcome=texts["outcome"], response=texts["response"], margins=margins)  # fmt: skip


@pytest.mark.parametrize("pulse", ["choosing-and-buying", "after-repair"])
def test_weights_bring_a_pulse_that_asks_unevenly_nearer_to_what_all_would_say(scores, pulse):
    """Store visits are asked about thirty times as often as glances at the shop window, and liked better."""
    found = scores[scores["pulse"] == pulse]
    assert found["off"].mean() > 12
    assert found["off_weighted"].mean() < 0.8 * found["off"].mean()
    assert found["off_weighted"].abs().mean() < 0.8 * found["off"].abs().mean()
    assert (found["off_weighted"].abs() < found["off"].abs()).mean() > 0.6


@pytest.mark.parametrize("pulse", ["after-delivery", "after-invoice", "after-ticket", "relationship"])
def test_weights_can_not_mend_that_the_happier_answer_more_often(scores, pulse):
    """One rate for all; those who answer differ from the others in what they felt, and no margin tells."""
    found = scores[scores["pulse"] == pulse]
    assert found["off"].mean() > 3
    assert abs(found["off_weighted"].mean() - found["off"].mean()) < 4


def test_over_all_waves_the_weighted_figure_is_the_nearer_one(scores):
    assert scores["off_weighted"].abs().mean() < 0.9 * scores["off"].abs().mean()
