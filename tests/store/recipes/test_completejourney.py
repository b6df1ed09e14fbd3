"""The Complete Journey: expected numbers were counted with SQL on the files, not with recipes."""

import json
import shutil
from collections import Counter
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from viaggio.kernel import BadFile


@pytest.fixture
def shop(take, samples):
    return take("completejourney", samples / "completejourney")


@pytest.fixture
def folder(samples, tmp_path):
    return shutil.copytree(samples / "completejourney", tmp_path / "set")


def edited(folder, name: str, change):
    file = folder / f"{name}.parquet"
    pq.write_table(change(pq.read_table(file)), file)
    return folder


def test_sample_gives_all_its_rows(shop):
    assert shop.counts() == {
        "touchpoints": 3, "order_lines": 79, "orders": 27, "customers": 3,
        "interactions": 27 + 22 + 6,  # baskets, campaigns sent, coupons redeemed
    }  # fmt: skip
    assert shop.rejects == ()
    assert (shop.read["order_lines"], shop.read["customers"]) == (79 + 71, 1)  # lines and products


def test_sample_keeps_every_cent(shop):
    assert sum(shop["order_lines"]["amount_cents"].to_pylist()) == 20_395
    assert sum(shop["order_lines"]["discount_cents"].to_pylist()) == 4_971
    assert sum(shop["orders"]["total_cents"].to_pylist()) == 20_395
    paid_by_makers = [
        json.loads(text)["coupon_disc_cents"] for text in shop["orders"]["properties"].to_pylist()
    ]
    assert sum(paid_by_makers) == 1_099


def test_basket_is_the_sum_of_its_lines_at_its_moment_in_utc(shop):
    basket = shop.rows("orders", id="31198980681")[0]
    assert basket["total_cents"] == 6_209
    assert basket["ordered_at"] == datetime(2017, 1, 1, 16, 58, 48, tzinfo=UTC)
    assert json.loads(basket["properties"])["lines"] == 25
    assert len(shop.rows("order_lines", order_id="31198980681")) == 25


def test_campaign_starts_with_its_local_day_for_each_household_it_went_to(shop):
    sent = shop.rows("interactions", id="campaign 5-1029")[0]
    assert sent["started_at"] == datetime(2017, 4, 3, 4, tzinfo=UTC)  # summer time in New York
    about = json.loads(sent["properties"])
    assert about == {
        "campaign_id": 5, "until": "2017-05-07", "time_precision": "day", "campaign_type": "Type B",
    }  # fmt: skip
    assert sent["phase"] == "discovery"


def test_redeemed_coupon_says_for_how_many_products_it_is_good(shop):
    used = shop.rows("interactions", touchpoint="coupon_redeemed")
    assert {json.loads(row["properties"])["products"] for row in used} == {5}
    assert used[0]["started_at"] == datetime(2017, 1, 1, 5, tzinfo=UTC)


def test_product_gives_the_line_its_category_and_properties(shop):
    categories = Counter(row["category"] for row in shop.rows("order_lines"))
    assert categories["REFRGRATD JUICES/DRNKS"] == 10
    kept = json.loads(shop.rows("order_lines")[0]["properties"])
    assert {"retail_disc_cents", "manufacturer_id", "department", "brand"} <= kept.keys()


def test_household_without_demographics_is_a_customer_too(shop):
    known = {row["id"]: row["properties"] for row in shop.rows("customers")}
    assert sorted(value is None for value in known.values()) == [False, True, True]


def test_set_of_transactions_only_will_do(take, folder):
    for file in folder.iterdir():
        if file.name != "transactions.parquet":
            file.unlink()
    got = take("completejourney", folder)
    assert got.counts() == {
        "touchpoints": 3, "order_lines": 79, "orders": 27, "interactions": 27, "customers": 3
    }  # fmt: skip
    assert set(got["order_lines"]["category"].to_pylist()) == {None}


def test_parts_of_a_cent_and_empty_cells_are_rejected(take, folder):
    def spoil(table: pa.Table) -> pa.Table:
        sales = table["sales_value"].to_pylist()
        sales[3] = 0.505
        baskets = table["basket_id"].to_pylist()
        baskets[5] = None
        at = table.schema.get_field_index
        table = table.set_column(at("sales_value"), "sales_value", pa.array(sales))
        return table.set_column(at("basket_id"), "basket_id", pa.array(baskets, pa.int64()))

    got = take("completejourney", edited(folder, "transactions", spoil))
    assert [(r.line, r.code, r.column) for r in got.rejects] == [
        (4, "value.part_of_a_cent", "sales_value"),
        (6, "value.missing", "basket_id"),
    ]
    assert got["order_lines"].num_rows == 77


def test_basket_of_two_households_is_rejected_once(take, folder):
    def spoil(table: pa.Table) -> pa.Table:
        basket = pc.equal(table["basket_id"], 31198980681).to_pylist()
        households = table["household_id"].to_pylist()
        households[max(at for at, ours in enumerate(basket) if ours)] = 7
        at = table.schema.get_field_index("household_id")
        return table.set_column(at, "household_id", pa.array(households))

    got = take("completejourney", edited(folder, "transactions", spoil))
    assert [(r.code, r.column, r.value) for r in got.rejects] == [
        ("row.contradicts", "basket_id", "31198980681")
    ]
    assert got["orders"].num_rows == 27


def test_campaign_that_nobody_describes_is_rejected(take, folder):
    edited(folder, "campaign_descriptions", lambda table: table.filter(pc.not_equal(table["campaign_id"], 5)))
    got = take("completejourney", folder)
    assert {(r.file, r.code, r.column, r.value) for r in got.rejects} == {
        ("campaigns.parquet", "row.no_partner", "campaign_id", "5")
    }


def test_missing_column_is_refused_by_name(take, folder):
    edited(folder, "coupon_redemptions", lambda table: table.drop_columns("redemption_date"))
    with pytest.raises(BadFile, match=r"coupon_redemptions\.parquet: redemption_date") as refused:
        take("completejourney", folder)
    assert refused.value.code == "file.no_column"


@pytest.mark.shared
def test_whole_set_gives_the_numbers_counted_independently(take, shared_data):
    got = take("completejourney", shared_data / "completejourney")
    assert got["order_lines"].num_rows == 1_469_307
    assert got["orders"].num_rows == 155_848
    assert got["customers"].num_rows == 2_469
    assert pc.sum(got["order_lines"]["amount_cents"]).as_py() == 459_603_958
    assert pc.sum(got["orders"]["total_cents"]).as_py() == 459_603_958
    places = {
        row["values"]: row["counts"] for row in got["interactions"]["touchpoint"].value_counts().to_pylist()
    }
    assert places == {"basket": 155_848, "campaign_mailing": 6_589, "coupon_redeemed": 2_102}
    assert got.rejects == ()
