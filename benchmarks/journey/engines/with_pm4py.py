"""The questions that PM4Py can answer (directly-follows graph, variants), in its own environment."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pm4py
from questions import FIRST, TOP

PACKAGES = ("pm4py", "pandas")


def _log(folder: Path) -> pd.DataFrame:
    rows = pd.read_parquet(folder / "log.parquet", columns=["user_id", "ts", "event"])
    rows["user_id"], rows["event"] = rows["user_id"].astype("str"), rows["event"].astype("str")
    return pm4py.format_dataframe(rows, case_id="user_id", activity_key="event", timestamp_key="ts")


def _transitions(folder: Path) -> Any:
    graph, _, _ = pm4py.discover_dfg(_log(folder))
    return [(a, b, int(n)) for (a, b), n in graph.items()]


def _paths(folder: Path) -> Any:
    rows = _log(folder)
    early = rows[rows.groupby("case:concept:name", sort=False).cumcount() < FIRST]
    found = sorted(((n, path) for path, n in pm4py.get_variants(early).items()), reverse=True)[:TOP]
    return [(" > ".join(path), int(n)) for n, path in found]


QUESTIONS: dict[str, Callable[[Path], Any]] = {"transitions": _transitions, "paths": _paths}
