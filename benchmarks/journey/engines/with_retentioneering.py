"""What Retentioneering can answer: the number of sessions, the matrix, a funnel without a window."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
from questions import STEPS
from retentioneering import Eventstream

PACKAGES = ("retentioneering", "pandas")


def _stream(folder: Path) -> Eventstream:
    rows = pd.read_parquet(folder / "log.parquet", columns=["user_id", "ts", "event"])
    rows = rows.rename(columns={"ts": "timestamp"})
    rows["event"] = rows["event"].astype("str")
    return Eventstream(rows, schema={"path_cols": ["user_id"]})


def _sessions(folder: Path) -> Any:
    rows = _stream(folder).split_sessions(timeout="30m").to_dataframe()
    return [int(rows["session_id"].nunique())]


def _transitions(folder: Path) -> Any:
    matrix = _stream(folder).transition_graph_data(edge_weight="count")
    known = [name for name in matrix.index if name not in {"path_start", "path_end"}]
    return [(a, b, int(matrix.loc[a, b])) for a in known for b in known if matrix.loc[a, b] > 0]


def _funnel_without_window(folder: Path) -> Any:
    return [int(step["unique_paths"]) for step in _stream(folder).funnel_data(steps=list(STEPS))["steps"]]


QUESTIONS: dict[str, Callable[[Path], Any]] = {
    "sessions": _sessions,
    "transitions": _transitions,
    "funnel": _funnel_without_window,
}
