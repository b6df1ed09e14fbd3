"""Figures from tables in memory: kinds of tables, missing columns, time zones, periods."""

from datetime import date, datetime

import ibis
import pandas as pd
import pyarrow as pa
import pytest
from tests.measure.company import ANSWERS, COMPANY, LINES, ORDERS, PERIOD, at, table

import viaggio as vg
from viaggio.kernel import Flag, Period, Population, UnknownColumn, UnknownDimension, UnknownTable


def test_pandas_arrow_and_ibis_tables_give_the_same_reading():
    arrow = vg.measure.read("nps", PERIOD, answers=ANSWERS)
    assert vg.measure.read("nps", PERIOD, answers=ANSWERS.to_pandas()) == arrow
    assert vg.measure.read("nps", PERIOD, answers=ibis.memtable(ANSWERS)) == arrow


def test_dictionary_columns_are_read_as_text():
    coded = ANSWERS.set_column(
        ANSWERS.column_names.index("metric"), "metric", ANSWERS["metric"].dictionary_encode()
    )
    assert vg.measure.read("nps", PERIOD, answers=coded) == vg.measure.read("nps", PERIOD, answers=ANSWERS)


def test_a_needed_column_that_is_missing_is_named():
    with pytest.raises(UnknownColumn, match="'scale_min'"):
        vg.measure.read("nps", answers=ANSWERS.drop_columns(["scale_min"]))


def test_a_column_to_cut_by_that_is_missing_is_named():
    with pytest.raises(UnknownColumn, match="'segment'"):
        vg.measure.read("nps", by="segment", answers=ANSWERS)


def test_a_table_that_is_needed_is_named():
    with pytest.raises(UnknownTable, match="'answers'"):
        vg.measure.read("nps", orders=ORDERS)
    with pytest.raises(UnknownTable, match="Did you mean 'answers'"):
        vg.measure.read("nps", answer=ANSWERS)


def test_an_unknown_dimension_is_refused_and_one_the_metric_lacks_gives_no_value():
    with pytest.raises(UnknownDimension):
        vg.measure.read("nps", by="colour", answers=ANSWERS)
    (reading,) = vg.measure.read("nps", PERIOD, by="category", answers=ANSWERS)
    assert (reading.value, reading.flags) == (None, {Flag.NOT_APPLICABLE})


def test_without_a_period_all_the_data_count():
    (reading,) = vg.measure.read("orders", orders=ORDERS)
    assert (reading.value, reading.period) == (7, Period(date(2025, 12, 5), date(2026, 2, 26)))


def test_a_population_narrows_the_rows():
    web = Population.parse(["channel=web"])
    (reading,) = vg.measure.read("orders", PERIOD, where=web, orders=ORDERS)
    assert (reading.value, reading.population) == (3, web)


def test_rows_that_do_not_say_are_a_group_of_their_own():
    groups = vg.measure.read("orders", PERIOD, by="channel", orders=ORDERS)
    assert {r.by[0][1]: r.value for r in groups} == {"": 1, "app": 1, "web": 3}


def test_two_dimensions_cut_at_once():
    groups = vg.measure.read("orders", PERIOD, by=("channel", "delivery"), orders=ORDERS)
    assert {tuple(v for _, v in r.by): r.value for r in groups} == {
        ("", "none"): 1, ("app", "late"): 1, ("web", "none"): 2, ("web", "on_time"): 1,
    }  # fmt: skip


def test_reviews_are_cut_by_the_delivery_of_their_order():
    groups = vg.measure.read("review_score", PERIOD, by="delivery", answers=ANSWERS, orders=ORDERS)
    assert {r.by[0][1]: r.value for r in groups} == {"late": 1.0, "none": 4.0, "on_time": 5.0}


def test_lines_take_channel_and_delivery_from_their_order():
    tables = {"order_lines": LINES, "orders": ORDERS}
    by_channel = vg.measure.read("line_value", PERIOD, by="channel", **tables)
    assert {r.by[0][1]: r.value for r in by_channel} == {"app": 9000, "web": 28000}
    by_delivery = vg.measure.read("revenue", PERIOD, by="delivery", **tables)
    assert {r.by[0][1]: r.value for r in by_delivery} == {"late": 9000, "none": 15000, "on_time": 10000}


def test_lines_without_orders_are_revenue_too():
    (reading,) = vg.measure.read("revenue", PERIOD, order_lines=LINES)
    assert reading.value == 37000


def test_days_are_local_days():
    night = table("answered_at", "metric", "value", "scale_min", "scale_max",
                  rows=[(at("2026-08-31 22:30"), "nps", 10.0, 0.0, 10.0)])  # fmt: skip
    (rome,) = vg.measure.read("nps", "2026-09", zone="Europe/Rome", answers=night)
    (london,) = vg.measure.read("nps", "2026-09", zone="Europe/London", answers=night)
    assert (rome.n, london.n) == (1, 0)


def test_times_without_a_zone_are_local_times():
    naive = pa.table({"ordered_at": [datetime(2026, 9, 1), datetime(2026, 8, 31, 23, 59)]})  # noqa: DTZ001 -- that is the case
    (reading,) = vg.measure.read("orders", "2026-09", zone="Europe/Rome", orders=naive)
    assert reading.value == 1


def test_days_are_taken_as_local_midnights():
    days = pd.DataFrame({"ordered_at": [date(2026, 9, 1), date(2026, 9, 30), date(2026, 10, 1)]})
    (reading,) = vg.measure.read("orders", "2026-09", zone="America/New_York", orders=days)
    assert reading.value == 2


def test_a_customer_number_stands_in_for_the_customer():
    named = ORDERS.rename_columns({"customer": "customer_number"})
    assert vg.measure.read("repeat_purchase", PERIOD, orders=named) == vg.measure.read(
        "repeat_purchase", PERIOD, orders=ORDERS
    )


def test_cancelling_an_order_takes_its_revenue_and_leaves_the_order():
    status = pa.array(["canceled"] * ORDERS.num_rows)
    none = ORDERS.set_column(ORDERS.column_names.index("status"), "status", status)
    tables = {**COMPANY, "orders": none}
    assert vg.measure.read("revenue", PERIOD, **tables)[0].value is None
    assert vg.measure.read("orders", PERIOD, **tables)[0].value == 5
    assert vg.measure.read("line_value", PERIOD, **tables)[0].value == 37000
