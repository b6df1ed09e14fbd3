"""Journeys from tables of any kind: names, types, zones of time, rows that can not be used."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import viaggio as vg
from viaggio.journey import BadColumn, Where
from viaggio.journey.intake import Taken, from_table
from viaggio.kernel import UnknownColumn, utc_micros

FRAME = pd.DataFrame(
    {
        "customer": ["ada", "bo", "ada", "bo", "bo"],
        "touchpoint": ["ad", "ad", "shop", "shop", "shop"],
        "started_at": pd.to_datetime(["2026-05-01", "2026-05-01", "2026-05-02", "2026-05-02", "2026-05-02"]),
        "phase": ["discovery", "discovery", "purchase", "purchase", "purchase"],
    }
)


def pairs(source: Any, **options: Any) -> list[tuple[Any, ...]]:
    table = vg.journey.transitions(source, **options).table()
    return [tuple(row.values())[:4] for row in table.to_pylist()]


class SpeaksArrow:
    """What any data frame library offers: Arrow's C stream."""

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return pa.table(FRAME).__arrow_c_stream__(requested_schema)


@pytest.mark.parametrize(
    "table",
    [
        FRAME,
        pa.table(FRAME),
        pa.table(FRAME).to_batches()[0],
        FRAME.to_dict("list"),
        SpeaksArrow(),
        FRAME.assign(touchpoint=FRAME["touchpoint"].astype("category")),
        pa.concat_tables([pa.table(FRAME.iloc[:2]), pa.table(FRAME.iloc[2:])]),
    ],
    ids=["pandas", "arrow", "batch", "lists", "stream", "category", "chunks"],
)
def test_any_table_gives_the_same_answer(table: Any) -> None:
    assert pairs(table) == [("ad", "shop", 2, 2), ("shop", "shop", 1, 1)]


def test_an_ibis_expression_is_run() -> None:
    assert pairs(ibis.memtable(pa.table(FRAME)).filter(ibis._.customer == "ada")) == [("ad", "shop", 1, 1)]


def test_columns_may_have_names_of_their_own() -> None:
    table = FRAME.rename(columns={"customer": "user_id", "started_at": "ts"})
    journeys = from_table(table, columns={"customer": "user_id", "started_at": "ts"})
    assert pairs(journeys) == pairs(FRAME)


def test_a_missing_column_is_named_with_the_nearest_one() -> None:
    with pytest.raises(
        UnknownColumn, match=r"column 'touchpoint' is not known.*Did you mean 'touchpoints'\?"
    ):
        vg.journey.transitions(FRAME.rename(columns={"touchpoint": "touchpoints"}))
    with pytest.raises(UnknownColumn, match="column 'phase' is not known"):
        vg.journey.phase_flow(FRAME.drop(columns="phase"))
    with pytest.raises(UnknownColumn, match=r"'fase' is not known"):
        from_table(FRAME, columns={"fase": "phase"})


def test_rows_without_customer_touchpoint_or_time_are_left_out_and_counted() -> None:
    table = pd.DataFrame(
        {
            "customer": ["ada", None, "ada", "ada", None],
            "touchpoint": ["ad", "ad", None, "shop", None],
            "started_at": pd.to_datetime(["2026-05-01", "2026-05-01", "2026-05-01", None, None]),
        }
    )
    journeys = from_table(table)
    assert journeys.taken == Taken(rows=5, taken=1, without_customer=2, without_touchpoint=1, without_time=1)
    assert journeys.n_events == 1


def test_an_empty_table_answers_with_typed_empty_tables() -> None:
    for question in (
        vg.journey.transitions,
        vg.journey.sessions,
        vg.journey.step_times,
        vg.journey.touchpoint_steps,
    ):
        empty, full = question(FRAME.head(0)).table(), question(FRAME).table()
        assert (empty.num_rows, empty.schema) == (0, full.schema)
    assert vg.journey.phase_flow(FRAME.head(0)).table()["interactions"].to_pylist() == [0, 0, 0, 0]


def test_times_without_a_zone_are_local_times_of_the_zone_given() -> None:
    local = datetime(2026, 7, 1, 12, 0)  # noqa: DTZ001 -- a time without a zone is what is tested
    table = {"customer": ["a"], "touchpoint": ["b"], "started_at": [local]}
    for zone in ("UTC", "Europe/Rome"):
        time = from_table(table, zone=zone, buckets=1).bucket(0).time[0]
        assert time == utc_micros(local.replace(tzinfo=ZoneInfo(zone)))


def test_times_with_a_zone_are_taken_as_they_are() -> None:
    moment = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
    table = pa.table(
        {"customer": ["a"], "touchpoint": ["b"], "started_at": [moment.astimezone(ZoneInfo("Asia/Tokyo"))]}
    )
    assert from_table(table, zone="Europe/Rome", buckets=1).bucket(0).time[0] == utc_micros(moment)


def test_hours_that_occur_twice_or_never_are_counted() -> None:
    table = pd.DataFrame(
        {
            "customer": ["a", "a", "a"],
            "touchpoint": ["x", "y", "z"],
            "started_at": pd.to_datetime(["2026-03-29 02:30", "2026-10-25 02:30", "2026-10-25 12:00"]),
        }
    )
    journeys = from_table(table, zone="Europe/Rome", buckets=1)
    assert journeys.taken.ambiguous_times == 2
    moments = [datetime(2026, 3, 29, 1), datetime(2026, 10, 25, 0, 30), datetime(2026, 10, 25, 11)]  # noqa: DTZ001 -- UTC
    assert journeys.bucket(0).time.tolist() == [utc_micros(m.replace(tzinfo=UTC)) for m in moments]


def test_a_pause_over_the_change_of_clocks_has_its_true_length() -> None:
    table = pd.DataFrame(
        {
            "customer": ["a", "a"],
            "touchpoint": ["x", "y"],
            "started_at": pd.to_datetime(["2026-03-29 01:50", "2026-03-29 03:10"]),  # 20 minutes apart
        }
    )
    assert vg.journey.sessions(from_table(table, zone="Europe/Rome")).sessions == 1
    assert vg.journey.sessions(from_table(table, zone="UTC")).sessions == 2


def test_days_and_other_units_of_time_are_taken() -> None:
    noon = np.datetime64("2026-05-01T12:00:00")
    for moment, kind in (
        (date(2026, 5, 1), pa.date32()),
        (noon.astype("datetime64[ns]"), pa.timestamp("ns")),
        (noon, pa.timestamp("s")),
    ):
        table = pa.table({"customer": [1], "touchpoint": ["x"], "started_at": pa.array([moment], kind)})
        day = from_table(table, buckets=1).bucket(0).time[0] // 86_400_000_000
        assert day == (date(2026, 5, 1) - date(1970, 1, 1)).days


def test_times_as_text_are_refused_rather_than_guessed() -> None:
    with pytest.raises(BadColumn, match="does not guess"):
        from_table(FRAME.assign(started_at="1/2/2018 9:05"))


def test_customers_may_be_numbers_or_names() -> None:
    by_name = from_table(FRAME)
    assert pairs(by_name, where=Where(customers=by_name.keys_of(["ada", "zoe"]))) == [("ad", "shop", 1, 1)]
    numbers = from_table(FRAME.assign(customer=[10, 20, 10, 20, 20]))
    assert pairs(numbers, where=Where(customers=np.array([10]))) == [("ad", "shop", 1, 1)]
    gaps = from_table(FRAME.assign(customer=[10, None, 10, 20, 20]))
    assert (gaps.taken.without_customer, gaps.n_customers) == (1, 2)


def test_money_is_whole_cents() -> None:
    journeys = from_table(FRAME.assign(value_cents=[1, None, 3, 4, 5]), buckets=1)
    assert sorted(journeys.bucket(0).value.tolist()) == [0, 1, 3, 4, 5]
    with pytest.raises(BadColumn, match="fractions"):
        from_table(FRAME.assign(value_cents=0.5))


def test_ties_in_time_keep_the_order_of_the_rows_unless_there_is_a_key() -> None:
    same = FRAME.assign(started_at=pd.Timestamp("2026-05-01"), customer="ada", touchpoint=list("edcba"))
    assert [n.name for n in vg.journey.touchpoint_steps(same).nodes] == list("edcba")
    assert [n.name for n in vg.journey.touchpoint_steps(same.assign(key=[5, 4, 3, 2, 1])).nodes] == list(
        "abcde"
    )


def test_episodes_are_told_apart_and_none_is_none() -> None:
    table = {
        "customer": ["a", "a", "a", "a", "b"],
        "touchpoint": ["ask", "ask", "mend", "look", "ask"],
        "started_at": np.arange(5).astype("datetime64[us]"),
        "episode": ["t1", "t2", "t1", None, "t1"],
    }
    found = vg.journey.variants(table, per="episode")
    assert {path.text: path.journeys for path in found.paths} == {"ask > mend": 1, "ask": 2}
