"""On random tables, figures are those of a plain computation in pandas, and groups add up."""

from datetime import timedelta
from fractions import Fraction
from math import floor
from zoneinfo import ZoneInfo

import ibis
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.measure.company import at

import viaggio as vg
from viaggio.kernel import Flag, Period
from viaggio.measure.catalogue import Spans, in_span

START = at("2026-01-01")
PERIOD = "2026-01..2026-02"
FEW = settings(max_examples=15)

moments = st.integers(0, 80 * 24).map(lambda hours: START + timedelta(hours=hours))
customers = st.sampled_from(["a", "b", "c", "d", None])
channels = st.sampled_from(["web", "app", None])


def frames(**columns):
    """Tables of up to forty rows, as pandas."""
    rows = st.lists(st.tuples(*columns.values()), min_size=1, max_size=40)
    return rows.map(lambda found: pd.DataFrame(found, columns=list(columns)))


def inside(frame, column):
    return frame[(frame[column] >= START) & (frame[column] < at("2026-03-01"))]


answers = frames(
    customer=customers, metric=st.sampled_from(["nps", "csat"]), value=st.integers(-1, 11).map(float),
    channel=channels, answered_at=moments,
)  # fmt: skip
orders = frames(
    customer=customers, status=st.sampled_from([None, "delivered", "canceled"]), channel=channels,
    ordered_at=moments, total_cents=st.integers(0, 10**7), promised_at=st.none() | moments,
    delivered_at=st.none() | moments,
)  # fmt: skip
lines = frames(
    customer=st.sampled_from(["a", "b"]), order=st.integers(0, 8), category=st.sampled_from(["x", "y", None]),
    ordered_at=moments, amount_cents=st.integers(0, 10**6), quantity=st.sampled_from([1.0, 2.0, 3.0, 0.5]),
)  # fmt: skip


def _scaled(frame):
    scale = frame["metric"].map({"nps": (0.0, 10.0), "csat": (1.0, 5.0)})
    return frame.assign(scale_min=[low for low, _ in scale], scale_max=[high for _, high in scale])


@FEW
@given(answers)
def test_scores_are_those_of_pandas_and_groups_add_up(frame):
    frame = _scaled(frame)
    counted = inside(frame, "answered_at")
    counted = counted[counted["value"].between(counted["scale_min"], counted["scale_max"])]
    recommend = counted[counted["metric"] == "nps"]["value"]
    points = ((recommend >= 9).astype(int) - (recommend <= 6).astype(int)) * 100
    (total,) = vg.measure.read("nps", PERIOD, answers=frame)
    assert total.n == len(recommend)
    assert total.value == (pytest.approx(points.mean()) if len(recommend) else None)
    groups = vg.measure.read("nps", PERIOD, by="channel", answers=frame)
    assert sum(group.n for group in groups) == total.n
    if total.n:
        assert sum(g.n * g.value for g in groups if g.n) / total.n == pytest.approx(total.value)
    satisfied = counted[counted["metric"] == "csat"]["value"]
    (mean,) = vg.measure.read("csat_mean", PERIOD, answers=frame)
    assert mean.value == (pytest.approx(satisfied.mean()) if len(satisfied) else None)
    (top,) = vg.measure.read("csat_top", PERIOD, answers=frame)
    assert top.value == (pytest.approx((satisfied >= 4).mean()) if len(satisfied) else None)


@FEW
@given(orders)
def test_orders_and_deliveries_are_those_of_pandas_and_groups_add_up(frame):
    frame["promised_at"] = pd.to_datetime(frame["promised_at"], utc=True)
    frame["delivered_at"] = pd.to_datetime(frame["delivered_at"], utc=True)
    frame["currency"] = "EUR"
    placed = inside(frame, "ordered_at")
    (count,) = vg.measure.read("orders", PERIOD, orders=frame)
    assert (count.value or 0) == len(placed)
    standing = placed[placed["status"] != "canceled"]
    (revenue,) = vg.measure.read("revenue", PERIOD, orders=frame)
    assert (revenue.value or 0) == standing["total_cents"].sum()
    (each,) = vg.measure.read("average_order", PERIOD, orders=frame)
    assert each.value == (round(standing["total_cents"].sum() / len(standing)) if len(standing) else None)
    groups = vg.measure.read("revenue", PERIOD, by=("channel", "delivery"), orders=frame)
    assert sum(group.value or 0 for group in groups) == (revenue.value or 0)
    done = inside(
        frame[frame["status"] != "canceled"].dropna(subset=["promised_at", "delivered_at"]), "delivered_at"
    )
    (kept,) = vg.measure.read("on_time_delivery", PERIOD, orders=frame)
    assert kept.n == len(done)
    assert kept.value == (
        pytest.approx((done["delivered_at"] <= done["promised_at"]).mean()) if kept.n else None
    )
    buyers = standing.dropna(subset=["customer"])["customer"].unique()
    until = frame[(frame["status"] != "canceled") & (frame["ordered_at"] < at("2026-03-01"))]
    again = [(until["customer"] == buyer).sum() > 1 for buyer in buyers]
    (repeat,) = vg.measure.read("repeat_purchase", PERIOD, orders=frame)
    assert repeat.n == len(buyers)
    assert repeat.value == (pytest.approx(sum(again) / len(again)) if again else None)


@FEW
@given(lines)
def test_cross_sell_and_up_sell_are_those_of_a_plain_walk(frame):
    # One moment, customer and source per order.
    first = frame.groupby("order").agg(ordered_at=("ordered_at", "first"), customer=("customer", "first"))
    frame = frame.drop(columns=["ordered_at", "customer"]).join(first, on="order")
    frame["order_id"] = frame["order"].map(str)
    frame["currency"] = "EUR"
    cross, up = _walk(frame)
    (crossed,) = vg.measure.read("cross_sell", PERIOD, order_lines=frame)
    (upped,) = vg.measure.read("up_sell", PERIOD, order_lines=frame)
    assert (crossed.value or 0) == cross
    assert (upped.value or 0) == up


def _walk(frame):
    """Cross-sell and up-sell cents, order by order, as a person would work them out."""
    cross, up = 0, 0
    for _, history in frame.sort_values(["ordered_at", "order_id"]).groupby("customer"):
        seen, level = {}, {}
        begun = history["ordered_at"].min()
        for (moment, _), order in history.groupby(["ordered_at", "order_id"]):
            for category, part in order.dropna(subset=["category"]).groupby("category"):
                cents, pieces = int(part["amount_cents"].sum()), Fraction(part["quantity"].sum())
                new = seen.setdefault(category, moment) == moment
                if new and moment > begun and _in(moment):
                    cross += cents
                if category in level and _in(moment):
                    before, many = level[category]
                    up += max(0, floor(cents - before * pieces / many + Fraction(1, 2)))
                level[category] = cents, pieces
    return cross, up


def _in(moment):
    return START <= moment < at("2026-03-01")


@FEW
@given(orders, st.integers(10, 60))
def test_retention_by_orders_is_that_of_sets(frame, days):
    frame = frame.dropna(subset=["customer"])[["customer", "status", "ordered_at"]]
    period = Period.parse("2026-02")
    standing = frame[frame["status"] != "canceled"]
    back = timedelta(days=days)
    there = _active(standing, at("2026-02-01"), back)
    still = _active(standing, at("2026-03-01"), back)
    (kept,) = vg.measure.read("retention", period, inactive_days=days, orders=frame)
    (lost,) = vg.measure.read("churn", period, inactive_days=days, orders=frame)
    assert kept.n == lost.n == len(there)
    if there:
        assert kept.value == pytest.approx(len(there & still) / len(there))
        assert kept.value + lost.value == pytest.approx(1)


def _active(orders, moment, back):
    recent = orders[(orders["ordered_at"] < moment) & (orders["ordered_at"] >= moment - back)]
    return set(recent["customer"])


days = st.integers(0, 40).map(lambda day: (START + timedelta(days=day)).date())


@FEW
@given(
    st.lists(st.tuples(days, st.integers(1, 20)), min_size=1, max_size=6),
    st.lists(st.integers(-48, 45 * 24), min_size=1, max_size=40),
)
def test_a_row_is_in_every_span_that_holds_it_and_no_other(spans, hours):
    periods = tuple(Period(start, start + timedelta(days=length)) for start, length in spans)
    zone = ZoneInfo("Europe/Rome")
    times = [START + timedelta(hours=hour) for hour in hours]
    rows = pa.table({"id": list(range(len(times))), "when": pa.array(times, pa.timestamp("us", tz="UTC"))})
    engine = ibis.duckdb.connect()
    engine.con.register("rows", rows)
    bound = ibis.table(ibis.Schema.from_pyarrow(rows.schema), name="rows")
    query = engine.compile(in_span(bound, "when", Spans(periods, zone)).select("id", "span"))
    found = {(row["id"], row["span"]) for row in engine.con.sql(query).to_arrow_table().to_pylist()}
    engine.disconnect()
    assert found == {
        (i, s) for i, time in enumerate(times) for s, period in enumerate(periods)
        if time.astimezone(zone).date() in period
    }  # fmt: skip


@FEW
@given(answers, st.integers(2, 12))
def test_what_is_hidden_can_not_be_had_by_subtraction(frame, minimum):
    frame = _scaled(frame).assign(customer=[f"person {i}" for i in range(len(frame))])
    open_cells = vg.measure.read("nps", PERIOD, by="channel", answers=frame)
    cells = vg.measure.read("nps", PERIOD, by="channel", minimum_cell=minimum, answers=frame)
    gone = [was.n for was, now in zip(open_cells, cells, strict=True) if Flag.HIDDEN in now.flags]
    kept = [now.n for now in cells if Flag.HIDDEN not in now.flags and now.n]
    assert all(n >= minimum for n in kept)
    if gone and kept:
        assert len(gone) > 1
        assert sum(gone) >= minimum
