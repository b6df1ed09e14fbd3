"""Every question of the score pages on the answer index, against DuckDB SQL on the same answers.

    python benchmarks/scores.py 5000000

Makes so many answers, writes the index as a fold does and maps it, and asks each question three times warm.
Each line: milliseconds (the median) of the walk that gives every score with its standard errors, and of
DuckDB SQL on the sorted columns in memory that gives counts and sums alone, checked to be the same.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from viaggio.measure.scores import rows_of
from viaggio.pulse.index import BASE, CODED, Answers, build, of_arrays
from viaggio.pulse.kernels.question import Question, ask
from viaggio.store.index.columnar import map_arrays, write_arrays

KINDS = (0, 1, 2, 4, 5, 6, 7, 8, 9)
FIRST_DAY, DAYS = 20_000, 720
TOUCHPOINTS, WAVES, CHANNELS = 24, 24, 8
SCALES = [(0.0, 10.0), (1.0, 5.0)]
TIMES = 3


def make(answers: int, seed: int) -> Answers:
    """Answers of customers, a fifth of them of firms, over two years: nine to a response."""
    chance = np.random.default_rng(seed)
    many, each = answers // len(KINDS), len(KINDS)
    customer = chance.integers(1, many // 3 + 2, many)
    day = FIRST_DAY + chance.integers(0, DAYS, many)
    touchpoint = chance.integers(0, TOUCHPOINTS, many)
    codes_of = {
        "phase": touchpoint % 4, "touchpoint": touchpoint, "channel": chance.integers(0, CHANNELS, many),
        "segment": customer % 2, "region": customer % 20, "function": touchpoint % 9,
        "wave": (day - FIRST_DAY) * WAVES // DAYS,
    }  # fmt: skip
    whole = {
        "psu": np.where(customer % 5 == 0, 10**9 + customer // 25, customer), "customer": customer,
        "day": day.astype(np.int32), "time": day * 86_400_000_000, **codes_of,
    }  # fmt: skip
    columns = {name: np.repeat(column, each) for name, column in whole.items()}
    kind = np.tile(np.array(KINDS, np.int8), many)
    leaning = chance.normal(size=many * each) + np.repeat(chance.normal(size=many), each)
    none = np.full(many * each, -1, np.int32)
    columns = {
        **dict.fromkeys(CODED, none), **columns, "kind": kind, "item": kind,
        "scale": np.where(kind == 0, 0, 1).astype(np.int16), "key": np.arange(many * each),
        "value": np.where(kind == 0, np.clip(np.round(8 + 2 * leaning), 0, 10),
                          np.clip(np.round(4 + leaning), 1, 5)),
    }  # fmt: skip
    codes = {name: [f"{name} {i:03d}" for i in range(int(columns[name].max()) + 1)] for name in CODED}
    weight = np.repeat(chance.choice([1.0, 2.0, 3.0], many), each)
    return build(columns, np.repeat(np.arange(many), each), {BASE: weight}, codes, SCALES)


ALL = ((FIRST_DAY, FIRST_DAY + DAYS),)
LAST = FIRST_DAY + DAYS
QUESTIONS = {
    "all scores": Question(spans=ALL),
    "by touchpoint": Question(spans=ALL, by=("touchpoint",)),
    "by wave and touchpoint": Question(spans=ALL, by=("wave", "touchpoint")),
    "by wave and touchpoint, weighted": Question(spans=ALL, by=("wave", "touchpoint"), scheme=BASE),
    "by region and channel": Question(spans=ALL, by=("region", "channel")),
    "two of eight channels, by wave": Question(
        spans=ALL, by=("wave",), where={"channel": ("channel 001", "channel 005")}
    ),
    "trend of 24 months": Question(
        spans=tuple((FIRST_DAY + 30 * i, FIRST_DAY + 30 * i + 30) for i in range(24))
    ),
    "this month and the last, by touchpoint": Question(
        spans=((LAST - 30, LAST), (LAST - 60, LAST - 30)), by=("touchpoint",), against=(1, -1)
    ),
}

PILLARS = """select wave, touchpoint, kind, count(*) as n, sum(score) as y from (
    select wave, touchpoint, kind, response, avg(100 * (value - 1) / 4) as score
    from answers where kind >= 4 group by all) group by all"""
SCORES = """select wave, touchpoint, kind, count(*) as n,
    sum(case when kind = 0 then (value >= 9)::int - (value <= 6)::int
             when kind = 1 then (value >= 4)::int else value end) as y
from answers where kind < 4 group by all"""


def compared(answers: Answers) -> float:
    """Seconds that DuckDB takes for counts and sums by wave and touchpoint; asserts that they are ours."""
    columns = answers.columns
    response = np.repeat(np.arange(len(answers.response_starts) - 1), np.diff(answers.response_starts))
    names = ("wave", "touchpoint", "kind", "value")
    table = pa.table({"response": response, **{name: columns[name] for name in names}})
    connection = duckdb.connect()
    connection.register("held", table)
    connection.execute("create table answers as from held")
    taken, rows = [], []
    for _ in range(TIMES):
        begun = time.perf_counter()
        rows = connection.sql(f"{SCORES} union all {PILLARS}").fetchall()
        taken.append(time.perf_counter() - begun)
    theirs = {(wave, place, kind): (n, float(y)) for wave, place, kind, n, y in rows}
    question = QUESTIONS["by wave and touchpoint"]
    found = rows_of(ask(answers, question), question.by, answers.scales)
    figures = {0: "nps", 1: "csat_top", 2: "ces"} | {4 + i: name for i, name in enumerate(
        ("pillar_personalisation", "pillar_expectations", "pillar_time_effort", "pillar_integrity",
         "pillar_resolution", "pillar_empathy"))}  # fmt: skip
    checked = 0
    for kind, figure in figures.items():
        for row in found[figure]:
            wave, place = (answers.codes[name].index(row[name]) for name in question.by)
            n, y = theirs[wave, place, kind]
            assert row["n"] == n, (figure, row)
            assert abs(row["y"] - y) <= 1e-9 * max(abs(y), 1), (figure, row["y"], y)
            checked += 1
    assert checked == len(theirs)
    return statistics.median(taken)


def timed(work: Callable[[], Any]) -> float:
    """The median of some seconds."""
    work()
    taken = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def main() -> None:
    """Make the answers, ask, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("answers", nargs="?", type=lambda text: int(float(text)), default=5_000_000)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    begun = time.perf_counter()
    made = make(given.answers, given.seed)
    print(f"{len(made):,} answers of {len(made.unit_starts) - 1:,} units, index made in "
          f"{time.perf_counter() - begun:.1f} s", file=sys.stderr)  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.safetensors"
        write_arrays(path, made.arrays())
        answers = of_arrays(map_arrays(path), made.codes, made.scales)
        print(f"{path.stat().st_size / 1e6:.0f} MB mapped", file=sys.stderr)
        print(f"{'question':<40} {'ms':>8} {'with rows':>10}")
        for name, question in QUESTIONS.items():
            walked = timed(lambda asked=question: ask(answers, asked, threads=given.threads))
            whole = timed(
                lambda asked=question: rows_of(
                    ask(answers, asked, threads=given.threads), asked.by, answers.scales
                )
            )
            print(f"{name:<40} {1e3 * walked:>8.0f} {1e3 * whole:>10.0f}")
        label = "DuckDB: by wave and touchpoint"
        print(f"{label:<40} {1e3 * compared(answers):>8.0f}  the same counts and sums")


if __name__ == "__main__":
    main()
