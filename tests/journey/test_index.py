"""The index: stable buckets, order, columns that fit, arrays that nobody edits."""

import dataclasses
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viaggio.journey.index import (
    COLUMNS,
    EMPTY_BUCKET,
    Bucket,
    Codes,
    bucket_of,
    build_buckets,
    memory_journeys,
    offsets_of,
    sort_events,
)

whole = st.integers(-(2**63), 2**63 - 1)


def columns(rows: list[tuple[int, ...]]) -> dict[str, Any]:
    names = ("customer", "time", "touchpoint", "key")
    return dict(zip(names, np.array(rows, dtype=np.int64).reshape(-1, 4).T, strict=True))


def test_bucket_of_is_splitmix64() -> None:
    # The published generator seeded with 0 gives e220a8397b1dcdaf, with 1 gives 910a2dec89025cc1.
    assert bucket_of(np.array([0, 1]), 2**16).tolist() == [0xCDAF, 0x5CC1]


@given(st.lists(whole), st.sampled_from([1, 7, 64, 1024]))
def test_bucket_of_equals_whole_number_arithmetic(keys: list[int], buckets: int) -> None:
    def plain(key: int) -> int:
        mixed = (key + 0x9E3779B97F4A7C15) % 2**64
        mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 % 2**64
        mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB % 2**64
        return (mixed ^ mixed >> 31) % buckets

    assert bucket_of(np.array(keys, dtype=np.int64), buckets).tolist() == [plain(key) for key in keys]


def test_neighbouring_customers_spread_over_all_buckets() -> None:
    counts = np.bincount(bucket_of(np.arange(64_000), 64), minlength=64)
    assert (counts.min(), counts.max()) > (850, 850)
    assert counts.max() < 1150


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(-3, 3), st.integers(0, 3), st.integers(0, 9), st.integers(-9, 9)), max_size=30
    ),
    st.sampled_from([1, 7, 64]),
)
def test_buckets_hold_every_row_once_in_order(rows: list[tuple[int, ...]], buckets: int) -> None:
    built = build_buckets(columns(rows), buckets)
    assert len(built) == buckets
    held = []
    for number, bucket in enumerate(built):
        held += list(
            zip(
                *(getattr(bucket, n).tolist() for n in ("customer", "time", "touchpoint", "key")), strict=True
            )
        )
        frame = pd.DataFrame({name: getattr(bucket, name) for name in ("customer", "time", "key")})
        assert frame.sort_values(["customer", "time", "key"], kind="stable").index.is_monotonic_increasing
        assert bucket.customers.tolist() == sorted(set(frame["customer"]))
        assert np.diff(bucket.offsets).tolist() == frame.groupby("customer").size().tolist()
        assert set(bucket_of(bucket.customers, buckets).tolist()) <= {number}
    assert sorted(held) == sorted(rows)


def test_ties_in_time_go_by_key_whatever_the_order_of_arrival() -> None:
    rows = [(1, 5, 0, 9), (1, 5, 1, -9), (1, 4, 2, 100), (1, 5, 3, 0)]
    for turn in range(4):
        turned = rows[turn:] + rows[:turn]
        assert sort_events(columns(turned))["touchpoint"].tolist() == [2, 1, 3, 0]


def test_columns_left_out_hold_their_empty_value() -> None:
    bucket = build_buckets(columns([(1, 5, 2, 3)]), 1)[0]
    held = {name: getattr(bucket, name)[0] for name in COLUMNS}
    assert held == {
        "customer": 1, "time": 5, "touchpoint": 2, "channel": -1, "device": -1, "phase": -1, "moment": -1,
        "outcome": -1, "episode": 0, "value": 0, "cost": 0, "ended": 5, "key": 3, "node": 0, "account": 0,
    }  # fmt: skip
    assert {name: getattr(bucket, name).dtype.str.lstrip("|") for name in COLUMNS} == {
        name: column.dtype.replace("<i1", "i1") for name, column in COLUMNS.items()
    }


def test_columns_are_refused_when_they_do_not_fit() -> None:
    good = columns([(1, 5, 2, 3)])
    with pytest.raises(KeyError, match="colour"):
        build_buckets(good | {"colour": np.array([1])}, 1)
    with pytest.raises(ValueError, match="touchpoint"):
        build_buckets({name: good[name] for name in ("customer", "time")}, 1)
    with pytest.raises(ValueError, match="do not fit"):
        build_buckets(good | {"touchpoint": np.array([40_000])}, 1)
    with pytest.raises(ValueError, match="has 2 rows"):
        build_buckets(good | {"phase": np.array([1, 2])}, 1)


def test_arrays_of_a_bucket_can_not_be_written_and_are_not_copied() -> None:
    sorted_columns = sort_events(columns([(1, 5, 2, 3)]))
    bucket = Bucket(**sorted_columns, offsets=offsets_of(sorted_columns["customer"]))
    assert np.shares_memory(bucket.time, sorted_columns["time"])
    with pytest.raises(ValueError, match="read-only"):
        bucket.time[0] = 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        bucket.time = np.zeros(1)  # type: ignore[misc]  # that is the point


def test_an_empty_bucket_has_no_customers() -> None:
    assert (EMPTY_BUCKET.n_events, EMPTY_BUCKET.n_customers, EMPTY_BUCKET.customers.tolist()) == (0, 0, [])


def test_the_version_names_the_rows_and_codes() -> None:
    rows = [(1, 5, 0, 9), (2, 6, 1, 8)]
    codes = Codes(touchpoint=("a", "b"))
    version = memory_journeys(columns(rows), codes).version
    assert memory_journeys(columns(rows[::-1]), codes).version == version
    assert memory_journeys(columns(rows), Codes(touchpoint=("a", "c"))).version != version
    assert memory_journeys(columns([(1, 5, 0, 9), (2, 7, 1, 8)]), codes).version != version
