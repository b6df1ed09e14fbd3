"""A figure that slides month by month is seen to drift; one that stands still is not."""

from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.store.tiny import NOON

from viaggio.estimate.monitor import Verdict
from viaggio.kernel import Period
from viaggio.store.changes import NotAScore, Screen, changes
from viaggio.store.contracts import FACTS, incoming_schema
from viaggio.store.drifts import drifts
from viaggio.store.engine import Engine
from viaggio.store.fold import fold
from viaggio.store.landing import land
from viaggio.store.workspace import Settings, create

MONTHS = Period.parse("2024..2025").bins("month")
EACH = 60  # answers in a month


@pytest.fixture(scope="module")
def sliding(tmp_path_factory):
    """24 months: satisfaction slides from 4 by 0.03 each month, ease stands still; nobody answers twice."""
    chance = np.random.default_rng(3)
    rows = []
    for number, month in enumerate(MONTHS):
        for i in range(EACH):
            at = int(datetime(month.start.year, month.start.month, 3 + i % 20, tzinfo=UTC).timestamp() * 1e6)
            for metric, level in (("csat", 4.0 - 0.03 * number), ("ces", 4.0)):
                value = float(np.clip(round(chance.normal(level, 0.8)), 1, 5))
                rows.append(
                    {"id": f"{metric} {number} {i}", "response": f"{number} {i}", "item": metric,
                     "metric": metric, "value": value, "scale_min": 1.0, "scale_max": 5.0, "answered_at": at,
                     "customer_number": f"{number}-{i}"}
                )  # fmt: skip
    folder = tmp_path_factory.mktemp("drift")
    path = folder / "answers.parquet"
    pq.write_table(pa.Table.from_pylist(rows, schema=incoming_schema(FACTS["answers"])), path)
    ws = create(folder / "ws", Settings(name="Prova"))
    land(ws, kind="recipe", source="pulse", label="answers", files={"answers.parquet": path},
         recipe="native", landed_at=NOON, by="ada")  # fmt: skip
    fold(ws)
    return Engine(ws)


def test_what_slides_is_seen_and_what_stands_still_is_not(sliding):
    found = {one.metric: one for one in drifts(sliding, Screen(metrics=("csat_mean", "ces")), MONTHS)}
    assert found["csat_mean"].drift.verdict is Verdict.WORSENED
    assert found["ces"].drift.alarms == ()
    assert [r.n for r in found["ces"].readings] == [EACH] * 24


def test_no_single_month_shows_it(sliding):
    """That is what the drift is for: months one against the next, all tested together, tell nothing."""
    screen = Screen(metrics=("csat_mean",))
    steps = [changes(sliding, screen, now, before)[0] for before, now in pairwise(MONTHS)]
    assert sum(one.judged.p is not None and one.judged.p * len(steps) < 0.05 for one in steps) == 0


def test_only_scores_are_watched(sliding):
    with pytest.raises(NotAScore):
        drifts(sliding, Screen(metrics=("revenue",)), MONTHS)
