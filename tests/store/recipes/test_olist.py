"""Olist: expected counts and sums were taken with the csv module and pandas, not with recipes."""

import json
import shutil
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

SAO_PAULO = ZoneInfo("America/Sao_Paulo")


@pytest.fixture
def shop(take, samples):
    return take("olist", samples / "olist")


def late(taken, status: str = "delivered"):
    orders = {row["id"]: row for row in taken.rows("orders", status=status) if row["delivered_at"]}
    return {key: row["delivered_at"] > row["promised_at"] for key, row in orders.items()}


def mean_score(taken, *, when_late: bool) -> float:
    by_order = late(taken)
    scores = [row["value"] for row in taken.rows("answers") if by_order.get(row["order_id"]) is when_late]
    return sum(scores) / len(scores)


def test_sample_gives_all_its_rows(shop):
    assert shop.counts() == {
        "touchpoints": 6, "orders": 33, "order_lines": 33, "payments": 34, "answers": 35, "texts": 19,
        "customers": 31,
        "interactions": 33 + 31 + 19 + 14 + 35 + 35,  # placed, approved, shipped, delivered, asked, reviewed
    }  # fmt: skip
    assert shop.rejects == ()


def test_sample_keeps_every_cent(shop):
    assert sum(shop["order_lines"]["amount_cents"].to_pylist()) == 269_787
    assert sum(shop["order_lines"]["freight_cents"].to_pylist()) == 64_054
    assert sum(shop["payments"]["amount_cents"].to_pylist()) == 393_801
    assert sum(shop["orders"]["total_cents"].to_pylist()) == 393_801
    assert set(shop["payments"]["currency"].to_pylist()) == {"BRL"}


def test_sample_has_five_late_deliveries_and_two_on_the_very_day_are_on_time(shop):
    assert Counter(late(shop).values()) == {True: 5, False: 8}
    outcomes = Counter(row["outcome"] for row in shop.rows("interactions", touchpoint="delivery"))
    assert outcomes == {"late": 6, "delivered": 8}  # one late parcel's order was canceled


def test_sample_scores_five_late_reviews_with_six_points_in_all(shop):
    assert mean_score(shop, when_late=True) == 6 / 5
    assert mean_score(shop, when_late=False) == 38 / 9


def test_review_of_two_orders_is_one_answer_per_order(shop):
    shared = [key for key, count in Counter(shop["answers"]["response"].to_pylist()).items() if count > 1]
    assert len(shared) == 1
    twins = shop.rows("answers", response=shared[0])
    assert len({row["order_id"] for row in twins}) == len({row["id"] for row in twins}) == 2


def test_comment_keeps_its_newlines_and_comes_after_its_title(shop):
    bodies = [row["body"] for row in shop.rows("texts")]
    assert sum("\n" in body for body in bodies) >= 7
    titled = next(row for row in shop.rows("texts") if row["properties"])
    assert titled["body"].startswith(json.loads(titled["properties"])["title"])
    assert (titled["language"], titled["public"], titled["rating_max"]) == ("pt", True, 5.0)


def test_local_times_become_utc_and_the_promise_ends_with_its_day(shop):
    order = shop.rows("orders", id="a4591c265e18cb1dcee52889e2d8acc3")[0]
    assert order["ordered_at"] == datetime(2017, 7, 10, 0, 57, 5, tzinfo=UTC)
    assert order["promised_at"].astimezone(SAO_PAULO) == datetime(
        2017, 8, 1, 23, 59, 59, 999_999, tzinfo=SAO_PAULO
    )


def test_payment_in_the_second_of_the_order_comes_after_it(shop):
    placed = {row["episode"]: row["started_at"] for row in shop.rows("interactions", touchpoint="order")}
    paid = {row["episode"]: row["started_at"] for row in shop.rows("interactions", touchpoint="payment")}
    gaps = [paid[order] - placed[order] for order in paid]
    assert min(gaps) == timedelta(microseconds=1)


def test_order_keeps_the_columns_that_no_fact_column_takes(shop):
    order = shop.rows("orders", id="a4591c265e18cb1dcee52889e2d8acc3")[0]
    kept = json.loads(order["properties"])
    assert kept["customer_id"] == "503740e9ca751ccdda7ba28e9ab8f608"
    assert kept["order_approved_at"] == "2017-07-09 22:10:13"


def test_category_is_told_in_english_where_the_translation_knows_it(shop):
    named = {row["category"] for row in shop.rows("order_lines")}
    assert "furniture_decor" in named


def changed(tmp_path: Path, samples: Path, name: str, edit) -> Path:
    folder = shutil.copytree(samples / "olist", tmp_path / "olist")
    file = folder / f"olist_{name}_dataset.csv"
    file.write_text(edit(file.read_text()))
    return folder


def test_bad_cells_cost_their_row_only_and_are_named(take, samples, tmp_path):
    folder = changed(
        tmp_path, samples, "orders",
        lambda text: text.replace("2017-07-09 21:57:05", "09/07/2017 21h").replace(",invoiced,", ",lost,", 1),
    )  # fmt: skip
    got = take("olist", folder)
    first, second = (r for r in got.rejects if r.file == "olist_orders_dataset.csv")
    assert {(r.line, r.code, r.column, r.value) for r in (first, second)} == {
        (2, "value.not_a_time", "order_purchase_timestamp", "09/07/2017 21h"),
        (3, "value.not_allowed", "order_status", "lost"),
    }
    assert first.raw["customer_id"] == "503740e9ca751ccdda7ba28e9ab8f608"
    assert got["orders"].num_rows == 31
    assert got.read["orders"] == 33


def test_lines_payments_and_reviews_of_an_order_that_is_not_there_are_rejected(take, samples, tmp_path):
    gone = "a4591c265e18cb1dcee52889e2d8acc3"
    folder = changed(
        tmp_path, samples, "orders",
        lambda text: "".join(row for row in text.splitlines(keepends=True) if not row.startswith(gone)),
    )  # fmt: skip
    got = take("olist", folder)
    assert {(r.file.split("_")[2], r.code, r.column, r.value) for r in got.rejects} == {
        (kind, "row.no_partner", "order_id", gone) for kind in ("items", "payments", "reviews")
    }


def test_second_buyer_of_one_number_who_says_otherwise_is_rejected(take, samples, tmp_path):
    folder = changed(
        tmp_path, samples, "customers",
        lambda text: text + text.splitlines()[1].rsplit(",", 2)[0] + ",elsewhere,SP\n",
    )  # fmt: skip
    got = take("olist", folder)
    assert [(r.code, r.column, r.line) for r in got.rejects] == [("row.contradicts", "customer_id", 35)]
    assert got["customers"].num_rows == 31


def test_short_row_is_rejected_with_its_line(take, samples, tmp_path):
    folder = changed(tmp_path, samples, "order_payments", lambda text: text + "0009,1\n")
    assert [(r.code, r.line) for r in take("olist", folder).rejects] == [("row.too_few_cells", 36)]


def test_order_without_payments_costs_its_lines_and_freight(take, samples, tmp_path):
    order = "00c9f7d4b0e87781465e562dc109f6aa"
    got = take(
        "olist",
        changed(
            tmp_path,
            samples,
            "order_payments",
            lambda text: "".join(row for row in text.splitlines(keepends=True) if not row.startswith(order)),
        ),
    )
    lines = got.rows("order_lines", order_id=order)
    total = sum(row["amount_cents"] + row["freight_cents"] for row in lines)
    assert got.rows("orders", id=order)[0]["total_cents"] == total > 0


def test_address_of_the_latest_order_stands(take, samples, tmp_path):
    header = (samples / "olist/olist_orders_dataset.csv").read_text().splitlines()[0]
    later = "a,c1,created,2018-01-02 10:00:00,,,,2018-01-20 00:00:00"
    earlier = "b,c2,created,2018-01-01 10:00:00,,,,2018-01-20 00:00:00"
    orders = f"{header}\n{later}\n{earlier}\n"
    folder = shutil.copytree(samples / "olist", tmp_path / "olist")
    (folder / "olist_orders_dataset.csv").write_text(orders)
    (folder / "olist_customers_dataset.csv").write_text(
        "customer_id,customer_unique_id,customer_zip_code_prefix,customer_city,customer_state\n"
        "c1,p,1,new town,SP\nc2,p,2,old town,RJ\n"
    )
    people = take("olist", folder).rows("customers")
    assert [(row["id"], row["city"], row["region"]) for row in people] == [("p", "new town", "SP")]


@pytest.mark.shared
def test_whole_set_gives_the_numbers_counted_independently(take, shared_data):
    got = take("olist", shared_data / "olist_sample")
    counts = got.counts()
    assert (counts["orders"], counts["customers"], counts["order_lines"]) == (8_135, 8_016, 8_365)
    assert (counts["payments"], counts["answers"]) == (8_924, 8_225)
    assert len(got.rows("orders", status="delivered")) == 5_172
    assert Counter(late(got).values()) == {True: 342, False: 5_164 - 342}
    assert sum(got["order_lines"]["amount_cents"].to_pylist()) == 109_326_435
    assert sum(got["order_lines"]["freight_cents"].to_pylist()) == 17_228_839
    assert sum(got["payments"]["amount_cents"].to_pylist()) == 142_860_281
    assert Counter(got["answers"]["value"].to_pylist()) == {1: 2_638, 2: 382, 3: 667, 4: 1_184, 5: 3_354}
    sheets = Counter(got["answers"]["response"].to_pylist())
    assert len(sheets) == 8_191
    assert sum(count > 1 for count in sheets.values()) == 28
    assert round(mean_score(got, when_late=True), 3) == 2.174
    assert round(mean_score(got, when_late=False), 3) == 4.275
    assert got.rejects == ()
