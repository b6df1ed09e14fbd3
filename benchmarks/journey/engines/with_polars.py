"""The questions in Polars, lazily from Parquet; `ordered_`: from a file sorted by customer."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
from questions import BITS, EVENTS, FIRST, GAP, GOAL, STEPS, TOP, WEEK, credits_of, unpacked

PACKAGES = ("polars",)


def _rows(folder: Path, *columns: str, only: pl.Expr | None = None, ordered: bool) -> pl.LazyFrame:
    """The columns, each customer's rows one after the other; sorted here where the file is in time order."""
    file = folder / ("ordered.parquet" if ordered else "log.parquet")
    rows = pl.scan_parquet(file).select("user_id", *columns)
    if only is not None:
        rows = rows.filter(only)
    return rows if ordered else rows.sort("user_id", maintain_order=True)


def _sessions(folder: Path, *, ordered: bool = False) -> Any:
    time = pl.col("ts").cast(pl.Int64)
    rows = _rows(folder, "ts", "channel", ordered=ordered).with_columns(time=time).with_row_index("row")
    rows = rows.with_columns(before=pl.col("time").shift(1), earlier=pl.col("user_id").shift(1))
    fresh = pl.col("earlier").ne_missing(pl.col("user_id")) | (pl.col("time") - pl.col("before") > GAP)
    starts = rows.filter(fresh).select("row", "time", "channel", "before").collect()
    last = rows.select(pl.len(), pl.col("time").last()).collect().row(0)
    visits = starts.select(
        "channel",
        n=pl.col("row").cast(pl.Int64).shift(-1, fill_value=last[0]) - pl.col("row").cast(pl.Int64),
        micros=pl.col("before").shift(-1, fill_value=last[1]) - pl.col("time"),
    )
    found = visits.group_by("channel").agg(
        pl.len(), pl.col("n").sum(), single=(pl.col("n") == 1).sum(), mean=pl.col("micros").mean() / 1e6
    )
    return found.with_columns(pl.col("channel").cast(pl.String)).rows()


def _transitions(folder: Path, *, ordered: bool = False) -> Any:
    rows = _rows(folder, "ts", "event", ordered=ordered)
    pairs = rows.select(
        a="event", b=pl.col("event").shift(-1), same=pl.col("user_id").shift(-1) == pl.col("user_id"),
        gap=pl.col("ts").cast(pl.Int64).shift(-1) - pl.col("ts").cast(pl.Int64),
    )  # fmt: skip
    found = pairs.filter("same").group_by("a", "b").agg(pl.len(), mean=pl.col("gap").mean() / 1e6).collect()
    return found.with_columns(pl.col("a", "b").cast(pl.String)).rows()


def _funnel(folder: Path, *, ordered: bool = False) -> Any:
    only = pl.col("event").cast(pl.String).is_in(STEPS)
    rows = _rows(folder, "ts", "event", only=only, ordered=ordered)
    rows = rows.with_columns(time=pl.col("ts").cast(pl.Int64), event=pl.col("event").cast(pl.String))
    for number, step in enumerate(STEPS):
        start = pl.col("time") if number == 0 else pl.col(f"s{number - 1}")
        at = pl.col("event") == step
        if number:
            at &= (start > 0) & (pl.col("time") - start <= WEEK)
        reached = pl.when(at).then(start).otherwise(0)
        rows = rows.with_columns(reached.cum_max().over("user_id").alias(f"s{number}"))
    each = rows.group_by("user_id").agg(pl.col(f"s{k}").last() > 0 for k in range(len(STEPS)))
    return list(each.select(pl.col(f"s{k}").sum() for k in range(len(STEPS))).collect().row(0))


def _paths(folder: Path, *, ordered: bool = False) -> Any:
    codes = {name: number + 1 for number, name in enumerate(EVENTS)}
    code = pl.col("event").cast(pl.String).replace_strict(codes, return_dtype=pl.Int64)
    rows = _rows(folder, "event", ordered=ordered).with_row_index("row")
    place = pl.col("row").cast(pl.Int64) - pl.col("row").cast(pl.Int64).first().over("user_id")
    early = rows.with_columns(place=place).filter(pl.col("place") < FIRST)
    word = (code * pl.lit(2**BITS, pl.Int64).pow(FIRST - 1 - pl.col("place"))).cast(pl.Int64)
    paths = early.select("user_id", word=word).group_by("user_id").agg(pl.col("word").sum())
    found = paths.group_by("word").len().sort("len", descending=True).head(TOP).collect()
    return [(unpacked(word), n) for word, n in found.rows()]


def _attribution(folder: Path, *, ordered: bool = False) -> Any:
    won = pl.col("event").cast(pl.String) == GOAL
    rows = _rows(folder, "event", "channel", ordered=ordered).with_row_index("row").with_columns(won=won)
    final = pl.when("won").then("row").max().over("user_id")
    before = (pl.col("user_id").shift(1) == pl.col("user_id")) & ~pl.col("won").shift(1)
    follows = (pl.col("user_id").shift(-1) == pl.col("user_id")) & ~pl.col("won").shift(-1)
    touches = rows.select(
        "channel", "won",
        before=pl.when(before).then(pl.col("channel").shift(1)),
        follows=pl.when(follows).then(pl.col("channel").shift(-1)),
        converts=(pl.col("row") < final).fill_null(value=False),
    )  # fmt: skip
    kept = touches.filter(~pl.col("won")).group_by("before", "channel", "follows", "converts").len().collect()
    return credits_of(kept.with_columns(pl.col("before", "channel", "follows").cast(pl.String)).rows())


_ASKED = {
    "sessions": _sessions,
    "transitions": _transitions,
    "funnel": _funnel,
    "paths": _paths,
    "attribution": _attribution,
}
QUESTIONS: dict[str, Callable[[Path], Any]] = {
    **_ASKED,
    **{f"ordered_{name}": partial(ask, ordered=True) for name, ask in _ASKED.items()},
}
