"""A published log: the figures of its source, through the door for tables; and the log of the benchmarks."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import viaggio as vg


@pytest.mark.shared
def test_the_receipt_log_has_its_published_size_and_order(shared_data: Path) -> None:
    log = pd.read_csv(shared_data / "log_receipt" / "receipt.csv.gz")
    log["started_at"] = pd.to_datetime(log["time:timestamp"], format="ISO8601", utc=True)
    journeys = vg.journey.from_table(
        log, columns={"customer": "case:concept:name", "touchpoint": "concept:name"}, buckets=7
    )
    moved = vg.journey.transitions(journeys)
    # 1,434 cases, 8,577 events, 27 activities: the log's page at 4TU.ResearchData.
    assert (moved.customers, moved.interactions, len(moved.places)) == (1434, 8577, 27)
    assert sum(move.moves for move in moved.moves) == 8577 - 1434
    ordered = log.sort_values(["case:concept:name", "started_at"], kind="stable")
    cases = ordered.groupby("case:concept:name")
    pairs = pd.DataFrame({"a": ordered["concept:name"], "b": cases["concept:name"].shift(-1)}).dropna()
    assert {(m.origin, m.target): m.moves for m in moved.moves} == pairs.value_counts().to_dict()
    whole = cases["started_at"].agg(lambda times: times.max() - times.min()).sum().total_seconds()
    assert sum(m.time.mean_seconds * m.moves for m in moved.moves if m.time.mean_seconds) == pytest.approx(
        whole
    )


@pytest.mark.shared
def test_the_benchmarks_ask_about_the_log_that_the_first_measurements_were_made_on(
    shared_data: Path, tmp_path: Path
) -> None:
    """Byte for byte, so that figures of both can be held against each other."""
    ours, theirs = tmp_path / "ours.parquet", tmp_path / "theirs.parquet"
    here = Path(__file__).parents[2] / "benchmarks" / "journey" / "generate.py"
    subprocess.run([sys.executable, here, "20000", ours, "--seed", "7"], check=True)
    subprocess.run(
        [sys.executable, shared_data.parent / "bench" / "journey_log.py", "20000", theirs], check=True
    )
    assert ours.read_bytes() == theirs.read_bytes()
