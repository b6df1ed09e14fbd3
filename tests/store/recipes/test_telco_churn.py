"""Telco churn: expected numbers were counted with the standard library's csv module, not with recipes."""

import gzip
from collections import Counter
from datetime import UTC, date, datetime

import pytest

from viaggio.store.recipes import BadOption
from viaggio.store.recipes.telco_churn import _months_before

LAST_MONTH = datetime(2018, 1, 1, tzinfo=UTC)


@pytest.fixture
def company(take, samples):
    return take("telco_churn", samples / "telco_churn")


def test_each_customer_has_one_contract_and_its_dated_facts(company):
    assert company.counts() == {
        "touchpoints": 5, "customers": 41, "contracts": 41,
        "interactions": 41 + 41 + 25 + 13 + 5,  # signed, billed, protected, supported, left
    }  # fmt: skip
    assert sum(company["contracts"]["monthly_cents"].to_pylist()) == 226_405


def test_churn_of_the_last_month_is_who_left_over_all(company):
    there = [row for row in company.rows("contracts") if row["started_at"] < LAST_MONTH]
    left = [row for row in there if row["ended_at"] and row["ended_at"] >= LAST_MONTH]
    assert (len(left), len(there)) == (5, 41)


def test_contract_starts_as_many_months_before_the_reference_as_the_customer_stayed(take, samples):
    got = take("telco_churn", samples / "telco_churn", reference_date="2020-04-01")
    first = got.rows("contracts", id="7590-VHVEG")[0]  # tenure 1
    assert first["started_at"] == datetime(2020, 2, 29, 12, tzinfo=UTC)
    assert first["ended_at"] is None


def test_services_are_upkeep_and_leaving_is_care(company):
    places = {(row["touchpoint"], row["phase"]) for row in company.rows("interactions")}
    assert places == {
        ("sign_up", "purchase"), ("bill", "purchase"), ("protection", "maintenance"),
        ("tech_support", "maintenance"), ("leaving", "care"),
    }  # fmt: skip


def test_months_back_end_with_the_month():
    assert _months_before(date(2018, 3, 31), 1) == date(2018, 2, 28)
    assert _months_before(date(2018, 12, 31), 1) == date(2018, 11, 30)
    assert _months_before(date(2018, 1, 15), 72) == date(2012, 1, 15)
    assert _months_before(date(2018, 1, 1), 13) == date(2016, 12, 1)


def test_tenure_below_zero_is_rejected(take, samples, tmp_path):
    text = gzip.decompress((samples / "telco_churn/Telco-Customer-Churn.csv.gz").read_bytes()).decode()
    (tmp_path / "WA_Fn-UseC_-Telco-Customer-Churn.csv").write_text(
        text.replace(",No,1,No,No phone", ",No,-1,No,No phone", 1)
    )
    got = take("telco_churn", tmp_path)
    assert [(r.line, r.code, r.column, r.value) for r in got.rejects] == [
        (2, "value.not_allowed", "tenure", "-1")
    ]
    assert Counter(got.counts()) == got.counts() | {"customers": 40, "contracts": 40}


def test_reference_that_is_no_date_is_refused(take, samples):
    with pytest.raises(BadOption, match="'January' is not a date"):
        take("telco_churn", samples / "telco_churn", reference_date="January")


@pytest.mark.shared
def test_whole_set_gives_the_published_churn(take, shared_data):
    got = take("telco_churn", shared_data / "telco_churn")
    contracts = got.rows("contracts")
    there = [row for row in contracts if row["started_at"] < LAST_MONTH]
    left = [row for row in there if row["ended_at"]]
    assert (len(there), len(left)) == (7_043, 1_869)
    assert round(100 * len(left) / len(there), 2) == 26.54
    assert got.rejects == ()
