"""Values as long and as large as life has them stay exact."""

from datetime import UTC, datetime
from statistics import mean

import pyarrow as pa

from viaggio import measure


def test_long_visits_have_a_mean_and_an_interval():
    seconds = [3_600.0, 5_400.5, 86_399.999999, 12.25]
    visits = pa.table(
        {
            "id": [str(i) for i in range(4)],
            "customer": [1, 2, 3, 4],
            "channel": ["web"] * 4,
            "started_at": [datetime(2026, 3, day, tzinfo=UTC) for day in (1, 2, 3, 4)],
            "seconds": seconds,
            "pages": [100_000, 1, 2, 3],
        }
    )
    (reading,) = measure.read("time_on_site", visits=visits)
    assert reading.value is not None
    assert abs(reading.value - mean(seconds)) < 1e-6
    assert reading.low is not None
    (pages,) = measure.read("pages_per_visit", visits=visits)
    assert pages.value is not None
    assert abs(pages.value - mean([100_000, 1, 2, 3])) < 1e-9
