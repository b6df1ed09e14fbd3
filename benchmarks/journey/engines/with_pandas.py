"""The questions in pandas, from Parquet: sorted by customer for each question, then whole columns."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from questions import BITS, EVENTS, FIRST, GAP, GOAL, STEPS, TOP, WEEK, credits_of, unpacked

PACKAGES = ("pandas", "numpy", "pyarrow")


def _rows(folder: Path, *columns: str) -> pd.DataFrame:
    pa.set_cpu_count(1)
    rows = pd.read_parquet(folder / "log.parquet", columns=["user_id", *columns])
    if "ts" in columns:
        rows["ts"] = rows["ts"].astype("datetime64[us]").astype("int64")
    return rows


def _sorted(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.sort_values("user_id", kind="stable", ignore_index=True)


def _sessions(folder: Path) -> Any:
    rows = _sorted(_rows(folder, "ts", "channel"))
    user, time = rows["user_id"].to_numpy(), rows["ts"].to_numpy()
    fresh = np.ones(len(rows), bool)
    fresh[1:] = (user[1:] != user[:-1]) | (time[1:] - time[:-1] > GAP)
    starts = np.flatnonzero(fresh)
    ends = np.append(starts[1:], len(rows)) - 1
    visits = pd.DataFrame(
        {
            "channel": rows["channel"].iloc[starts].array,
            "n": ends - starts + 1,
            "single": ends == starts,
            "seconds": (time[ends] - time[starts]) / 1e6,
        }
    )
    found = visits.groupby("channel", observed=True).agg(
        sessions=("n", "size"), n=("n", "sum"), single=("single", "sum"), mean=("seconds", "mean")
    )
    return [list(row) for row in found.reset_index().itertuples(index=False)]


def _transitions(folder: Path) -> Any:
    rows = _sorted(_rows(folder, "ts", "event"))
    same = rows["user_id"].eq(rows["user_id"].shift(-1))
    pairs = pd.DataFrame(
        {"a": rows["event"], "b": rows["event"].shift(-1), "gap": rows["ts"].shift(-1) - rows["ts"]}
    )[same]
    found = pairs.groupby(["a", "b"], observed=True)["gap"].agg(["size", "mean"]).reset_index()
    return [[a, b, n, mean / 1e6] for a, b, n, mean in found.itertuples(index=False)]


def _funnel(folder: Path) -> Any:
    rows = _rows(folder, "ts", "event")
    rows = _sorted(rows[rows["event"].isin(STEPS)])
    user, time = rows["user_id"], rows["ts"]
    start, counts = time, []
    for number, step in enumerate(STEPS):
        at = rows["event"] == step
        if number:
            at &= (start > 0) & (time - start <= WEEK)
        start = start.where(at, 0).groupby(user).cummax()
        counts.append(int(user[start > 0].nunique()))
    return counts


def _paths(folder: Path) -> Any:
    rows = _sorted(_rows(folder, "event"))
    codes = (
        rows["event"].astype("str").astype(pd.CategoricalDtype(list(EVENTS))).cat.codes.astype("int64") + 1
    )
    place = rows.groupby("user_id").cumcount().to_numpy()
    early = place < FIRST
    words = pd.Series(codes.to_numpy()[early] << BITS * (FIRST - 1 - place[early]))
    users = rows["user_id"].to_numpy()[early]
    found = words.groupby(users).sum().value_counts().head(TOP)
    return [(unpacked(int(word)), int(n)) for word, n in found.items()]


def _attribution(folder: Path) -> Any:
    rows = _sorted(_rows(folder, "event", "channel"))
    user, won = rows["user_id"], rows["event"] == GOAL
    number = pd.Series(np.arange(len(rows)))
    final = number.where(won, -1).groupby(user).transform("max")
    before = user.eq(user.shift(1)) & ~won.shift(1, fill_value=False)
    follows = user.eq(user.shift(-1)) & ~won.shift(-1, fill_value=False)
    touches = pd.DataFrame(
        {
            "before": rows["channel"].shift(1).where(before),
            "channel": rows["channel"],
            "follows": rows["channel"].shift(-1).where(follows),
            "converts": number < final,
        }
    )[~won]
    names = ["before", "channel", "follows", "converts"]
    found = touches.groupby(names, observed=True, dropna=False).size().reset_index()
    return credits_of(
        tuple(None if pd.isna(value) else value for value in row) for row in found.itertuples(index=False)
    )


QUESTIONS: dict[str, Callable[[Path], Any]] = {
    "sessions": _sessions,
    "transitions": _transitions,
    "funnel": _funnel,
    "paths": _paths,
    "attribution": _attribution,
}
