"""The doors take frames of other libraries, and give the same figures."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import polars as pl

import viaggio as vg

START = datetime(2026, 3, 1, tzinfo=UTC)
ANSWERS = {
    "id": ["1", "2", "3", "4"],
    "customer": [1, 2, 3, 4],
    "metric": ["nps"] * 4,
    "value": [10.0, 9.0, 7.0, 2.0],
    "scale_min": [0.0] * 4,
    "scale_max": [10.0] * 4,
    "answered_at": [START + timedelta(days=d) for d in range(4)],
}
STEPS = {
    "customer": ["a", "a", "b"],
    "touchpoint": ["site", "shop", "site"],
    "started_at": [START, START + timedelta(hours=1), START],
}


def test_polars_and_pandas_give_the_nps_counted_by_hand():
    for frame in (pl.DataFrame(ANSWERS), pd.DataFrame(ANSWERS)):
        (reading,) = vg.measure.read("nps", answers=frame)
        assert (reading.value, reading.n) == (25.0, 4)  # two promoters, one detractor, of four


def test_polars_and_pandas_give_the_same_transitions():
    tables = [
        vg.journey.transitions(frame(STEPS)).table().to_pylist() for frame in (pl.DataFrame, pd.DataFrame)
    ]
    assert tables[0] == tables[1]
    assert any(row["origin"] == "site" and row["target"] == "shop" for row in tables[0])
