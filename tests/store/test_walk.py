"""Walking a fact table: each row once, whatever the size of a page."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from viaggio.kernel import UnknownColumn, UnknownTable, ViaggioError
from viaggio.store.contracts import FACTS, incoming_schema
from viaggio.store.engine import engine
from viaggio.store.fold import fold
from viaggio.store.intake import land_recipe
from viaggio.store.walk import page
from viaggio.store.workspace import Settings, create

if TYPE_CHECKING:
    from pathlib import Path

ROWS = 137


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """A workspace with answers that arrived in random order of time, in two pieces."""
    folder: Path = tmp_path_factory.mktemp("walk")
    workspace = create(folder / "workspace", Settings(name="W"))
    start = datetime(2026, 3, 1, 12, tzinfo=UTC)
    rows = [
        {"id": f"a{i}", "response": f"r{i}", "customer_number": f"c{i % 40}", "item": "q", "metric": "nps",
         "value": float(i % 11), "scale_min": 0.0, "scale_max": 10.0, "wave": f"2026-0{1 + i % 3}",
         "answered_at": start + timedelta(hours=(i * 71) % ROWS)}
        for i in range(ROWS)
    ]  # fmt: skip
    for number, part in enumerate((rows[::2], rows[1::2])):
        file = folder / f"answers-{number}.parquet"
        pq.write_table(pa.Table.from_pylist(part, schema=incoming_schema(FACTS["answers"])), file)
        land_recipe(workspace, {file.name: file}, "native", {"source": "pulse"}, by="test")
    fold(workspace)
    return engine(workspace)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(size=st.integers(1, ROWS + 3))
def test_a_walk_meets_each_row_once_at_any_size_of_page(walked, size):
    met, cursor = [], ""
    while True:
        found = page(walked, "answers", after=cursor, limit=size)
        met += [row["id"] for row in found.rows]
        if found.next is None:
            break
        cursor = found.next
    assert sorted(met) == sorted(f"a{i}" for i in range(ROWS))


def test_conditions_narrow_a_walk_and_keys_are_text(walked):
    rows = page(walked, "answers", where=["wave=2026-01,2026-02"]).rows
    assert {row["wave"] for row in rows} == {"2026-01", "2026-02"}
    assert len(rows) == sum(i % 3 < 2 for i in range(ROWS))
    assert all(isinstance(row["key"], str) and isinstance(row["customer"], str) for row in rows)


def test_what_is_not_there_is_refused(walked):
    with pytest.raises(UnknownTable):
        page(walked, "passwords")
    with pytest.raises(UnknownColumn):
        page(walked, "answers", where=["mood=good"])
    with pytest.raises(ViaggioError, match="cursor"):
        page(walked, "answers", after="x; DROP TABLE")
