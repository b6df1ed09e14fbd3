"""What is written can be landed: the contracts hold, references meet, the same seed gives the same bytes."""

import hashlib
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from viaggio.demo import SOURCES, generate
from viaggio.demo.arrow import schema
from viaggio.demo.company import TOUCHPOINTS
from viaggio.journey.model import FUNCTIONS, Phase
from viaggio.kernel import ViaggioError
from viaggio.store.contracts import FACTS, incoming_schema

END = date(2026, 11, 1)
LANDED = [name for name in FACTS if name not in {"identifiers", "weights"}]
"""What the sample company writes; identifiers are made by the fold, weights from the ledger."""


@pytest.mark.parametrize("name", list(FACTS))
def test_schema_is_that_of_the_landing(name):
    assert schema(FACTS[name]) == incoming_schema(FACTS[name])


@pytest.mark.parametrize("name", LANDED)
def test_every_table_keeps_its_contract(company, name):
    contract, files = FACTS[name], sorted(company.glob(f"*/{name}-*.parquet"))
    assert files
    for path in files:
        rows = pq.read_table(path)
        assert rows.schema == incoming_schema(contract), path
        for column in contract.columns:
            if column.needed:
                assert rows[column.name].null_count == 0, (path, column.name)
            if column.allowed:
                found = set(pc.unique(rows[column.name]).to_pylist()) - {None}
                assert found <= set(column.allowed), (path, column.name)


@pytest.mark.parametrize("name", LANDED)
def test_ids_are_unique_within_a_source(rows, name):
    table = rows(name, "id")
    pairs = pc.binary_join_element_wise(table["source"], table["id"], " ")
    assert pc.count_distinct(pairs).as_py() == table.num_rows


@pytest.mark.parametrize("name", [name for name in LANDED if FACTS[name].customer])
def test_every_row_names_a_customer_but_campaign_costs(rows, name):
    names = ("customer_number", "email", "phone", "visitor", "account_id")
    table = rows(name, "id", *names)
    nobody = pa.array(np.logical_and.reduce([pc.is_null(table[n]).to_numpy() for n in names]))
    left = table.filter(nobody)["id"].to_pylist()
    assert all(name == "costs" and row.startswith("CM") for row in left)


@pytest.mark.parametrize("name", [name for name in LANDED if FACTS[name].time and name != "employments"])
def test_nothing_happens_after_the_end(rows, name):
    until = pd.Timestamp(datetime(2026, 11, 1, tzinfo=ZoneInfo("Europe/Rome")).astimezone(UTC))
    columns = [column.name for column in FACTS[name].columns if column.kind == "time"]
    table = rows(name, *columns)
    for column in columns:
        if column != "promised_at":
            latest = pc.max(table[column]).as_py()
            assert latest is None or latest <= until, column


def test_all_phases_channels_functions_and_touchpoints_are_lived(rows):
    seen = rows("interactions", "phase", "channel", "touchpoint")
    assert set(seen["phase"].unique().to_pylist()) == set(Phase)
    assert len(seen["channel"].unique()) >= 8
    assert set(seen["touchpoint"].unique().to_pylist()) == {place.slug for place in TOUCHPOINTS}
    assert set(seen["source"].unique().to_pylist()) == set(SOURCES) - {"pulse", "hr"}
    assert set(rows("employments", "function")["function"].to_pylist()) == set(FUNCTIONS)


def test_interactions_take_place_where_the_catalogue_says(rows):
    seen = rows("interactions", "touchpoint", "phase", "moment", "channel").to_pandas().drop_duplicates()
    catalogue = {place.slug: place for place in TOUCHPOINTS}
    for _, row in seen.iterrows():
        place = catalogue[row["touchpoint"]]
        assert (row["phase"], row["moment"]) == (place.phase, place.moment)
        assert row["channel"] in place.channels, row["touchpoint"]


def test_lines_and_freight_add_up_to_the_order(rows):
    orders = rows("orders", "id", "total_cents", "freight_cents").to_pandas().set_index("id")
    lines = rows("order_lines", "order_id", "amount_cents", "freight_cents").to_pandas()
    sums = lines.groupby("order_id")[["amount_cents", "freight_cents"]].sum()
    assert set(sums.index) == set(orders.index)
    sums = sums.reindex(orders.index)
    assert (orders["freight_cents"] == sums["freight_cents"]).all()
    assert (orders["total_cents"] == sums["amount_cents"] + sums["freight_cents"]).all()


def test_payments_pay_whole_orders_and_none_that_was_cancelled(rows):
    orders = rows("orders", "id", "total_cents", "status").to_pandas().set_index("id")
    paid = rows("payments", "order_id", "amount_cents").to_pandas().set_index("order_id")["amount_cents"]
    assert paid.index.is_unique
    assert (orders.loc[paid.index, "total_cents"] == paid).all()
    assert not (orders.loc[paid.index, "status"] == "canceled").any()


def test_order_times_follow_each_other(rows):
    orders = rows("orders", "ordered_at", "shipped_at", "delivered_at", "channel", "status").to_pandas()
    sent = orders.dropna(subset=["shipped_at"])
    assert (sent["shipped_at"] >= sent["ordered_at"]).all()
    came = sent.dropna(subset=["delivered_at"])
    assert (came["delivered_at"] > came["shipped_at"]).all()
    assert (came["delivered_at"].dt.tz_convert("Europe/Rome").dt.day_of_week < 6).all()
    assert orders.loc[orders["status"] == "delivered", "delivered_at"].notna().all()


def test_answers_comments_and_referrals_point_at_rows_that_exist(rows):
    orders = set(rows("orders", "id")["id"].to_pylist())
    for name in ("answers", "texts"):
        assert set(rows(name, "order_id")["order_id"].to_pylist()) - {None} <= orders
    numbers = set(rows("customers", "customer_number")["customer_number"].to_pylist())
    assert set(rows("referrals", "referred_number")["referred_number"].to_pylist()) <= numbers
    assert set(rows("answers", "customer_number", source="pulse")["customer_number"].to_pylist()) <= numbers
    comments = set(rows("texts", "response", source="pulse")["response"].to_pylist())
    assert comments <= set(rows("answers", "response", source="pulse")["response"].to_pylist())


@pytest.fixture(scope="module")
def pages(rows):
    columns = "visitor", "email", "episode", "channel", "outcome", "started_at", "ended_at"
    seen = rows("interactions", *columns, source="shop")
    digital = seen.filter(pc.is_in(seen["channel"], pa.array(["web", "app"]))).to_pandas()
    digital["reached"] = digital["outcome"].isin(["converted", "booked"])
    return digital.sort_values(["visitor", "started_at"], ignore_index=True)


def test_visits_are_the_sessions_of_the_pages(rows, pages):
    visits = (
        rows("visits", "id", "visitor", "started_at", "seconds", "pages", "bounced", "converted")
        .to_pandas()
        .set_index("id")
    )
    by_episode = pages.groupby("episode").agg(
        visitor=("visitor", "first"),
        start=("started_at", "min"),
        end=("ended_at", "max"),
        n=("visitor", "size"),
        reached=("reached", "any"),
    )
    visits = visits.loc[by_episode.index]
    assert (visits["visitor"] == by_episode["visitor"]).all()
    assert (visits["started_at"] == by_episode["start"]).all()
    whole = by_episode["n"] == visits["pages"]
    assert (~whole).sum() <= 3  # visits cut by the end of the data
    seconds = (by_episode["end"] - by_episode["start"]).dt.total_seconds()
    assert np.allclose(
        seconds[whole & by_episode["end"].notna()], visits["seconds"][whole & by_episode["end"].notna()]
    )
    assert (visits["bounced"] == (visits["pages"] == 1)).all()
    assert (visits["converted"] == by_episode["reached"])[whole].all()


def test_half_an_hour_parts_the_visits_of_a_person(pages):
    person = pages["visitor"].map(
        pages.dropna(subset=["email"]).groupby("visitor")["email"].first().str.lower()
    )
    by_person = pages.assign(person=person.fillna(pages["visitor"])).sort_values(["person", "started_at"])
    gap = by_person.groupby("person")["started_at"].diff() > pd.Timedelta(minutes=30)
    first = by_person["person"] != by_person["person"].shift()
    assert (gap | first).sum() == by_person["episode"].nunique()
    new = by_person["episode"] != by_person["episode"].shift()
    assert ((gap | first) == new).all()


def test_exact_identity_finds_as_many_customers_as_there_are(rows, truth):
    nodes: dict[tuple[str, str], int] = {}
    parent: list[int] = []

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    kinds = ("customer_number", "email", "phone", "visitor")
    for name in [name for name in LANDED if FACTS[name].customer]:
        table = rows(name, *kinds).select(kinds).to_pandas().drop_duplicates()
        for values in table.itertuples(index=False):
            found = []
            for kind, value in zip(kinds, values, strict=True):
                if isinstance(value, str):
                    key = (kind, value.lower().replace(" ", ""))
                    if key not in nodes:
                        nodes[key] = len(parent)
                        parent.append(nodes[key])
                    found.append(root(nodes[key]))
            for other in found[1:]:
                parent[other] = found[0]
    persons = len({root(at) for at in range(len(parent))})
    accounts = len(set(rows("customers", "account_id")["account_id"].to_pylist()) - {None})
    assert persons + accounts == truth["realised"]["customers_once_identified"]
    assert accounts == truth["realised"]["accounts"]


def test_rows_are_as_many_as_the_truth_says(rows, truth):
    for name, n in truth["realised"]["rows"].items():
        assert rows(name, "id").num_rows == n


def test_scale_is_met_within_a_twentieth(truth):
    assert truth["realised"]["rows"]["interactions"] == pytest.approx(truth["scale"], rel=0.05)


def test_stays_of_an_employee_follow_each_other(rows):
    stays = rows("employments").to_pandas().sort_values(["employee", "started_on"])
    before = stays.groupby("employee")["ended_on"].shift()
    again = before.notna()
    assert again.sum() >= 5
    assert (stays.loc[again, "started_on"] > before[again]).all()
    assert (stays["working_time"] < 1).mean() > 0.1
    moved = stays.groupby("employee")["unit"].nunique()
    assert (moved > 1).sum() >= 3
    assert stays["hired_on"].nunique() > 50


def _bytes(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path):
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        generate(tmp_path / name, scale=20_000, seed=seed, end=END)
    first = _bytes(tmp_path / "a")
    assert first == _bytes(tmp_path / "b")
    other = _bytes(tmp_path / "c")
    assert first["shop/orders-0000.parquet"] != other["shop/orders-0000.parquet"]


def test_thousand_interactions_already_fill_every_table(tmp_path):
    told = []
    made = generate(
        tmp_path, scale=1_000, seed=1, end=date(2026, 11, 22), on_progress=lambda *at: told.append(at)
    )
    counts = Counter(path.name.rpartition("-")[0] for path in tmp_path.glob("*/*.parquet"))
    assert set(counts) >= set(LANDED) - {"referrals"}
    assert told[-1] == (1_000, 1_000)
    assert made.months[0] == "2024-12"
    assert made.months[-1] == "2026-11"


def test_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(ViaggioError, match="not empty"):
        generate(tmp_path, scale=1_000, seed=1, end=END)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
