"""Journey kernels against the bare scan of their columns and against DuckDB SQL, in one run on one core.

    python benchmarks/journey_kernels.py 1000000
    python benchmarks/journey_kernels.py 10000000 --log journey.parquet

Each line: CPU seconds (median of three) of a kernel on the mapped index; of summing the mapped columns it
reads; of reading those columns from the time-ordered Parquet file with Arrow; and of DuckDB SQL that gives
the same answer from that file (checked). One thread each. Compiling is done before, reading from disk too.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from viaggio.journey.index import COLUMNS, OFFSETS, Bucket, Codes, MemoryJourneys, build_buckets
from viaggio.journey.kernels.phase_flow import PhaseFlowKernel
from viaggio.journey.kernels.sessions import SessionKernel
from viaggio.journey.kernels.step_times import StepTimeKernel
from viaggio.journey.kernels.touchpoint_steps import LEFT, TouchpointStepKernel
from viaggio.journey.kernels.transitions import TransitionKernel
from viaggio.journey.run import run
from viaggio.journey.where import EVERYTHING, Where

DAY = 86_400_000_000
PHASES = ("discovery", "purchase", "care", "maintenance")
CHANNELS = ("web", "app", "email", "store", "phone", "social", "courier", "technician")
TOUCHPOINTS = (
    "advert", "site", "search", "product_page", "basket", "checkout", "order", "delivery", "support",
    "survey", "review", "repair",
)  # fmt: skip
PHASE_OF = np.array([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 3], dtype=np.int8)
FIRST_DAY = np.datetime64("2026-06-01", "us").astype(np.int64)


def make_log(events: int, seed: int) -> pa.Table:
    """A log in time order: heavy tail of events per customer (median 3), bursts."""
    chance = np.random.default_rng(seed)
    counts = np.minimum(2.2 * (1 / chance.random(events // 4)) ** (1 / 1.35), 20_000).astype(np.int64)
    counts = counts[: np.searchsorted(np.cumsum(counts), events)]
    customer = np.repeat(chance.permutation(len(counts)) + 100_000_000, counts)
    n = len(customer)
    burst = chance.random(n) < 0.72
    pause = np.repeat(np.minimum(12 * DAY, 70 * DAY / (0.28 * counts + 1)), counts)
    gap = np.where(
        burst, np.minimum(chance.exponential(75e6, n), 29 * 60e6), chance.exponential(1, n) * pause
    )
    run_up = np.cumsum(gap)
    first = np.cumsum(counts) - counts
    moment = (
        run_up - np.repeat(run_up[first], counts) + np.repeat(chance.random(len(counts)) * 50 * DAY, counts)
    )
    touchpoint = chance.choice(12, n, p=np.array([8, 18, 14, 22, 6, 4, 3, 3, 7, 6, 4, 5]) / 100).astype(
        np.int8
    )
    follows = np.flatnonzero(chance.random(n - 1) < 0.45) + 1
    touchpoint[follows] = (touchpoint[follows - 1] + 1) % 12
    channel = np.where(chance.random(n) < 0.6, touchpoint % 8, chance.integers(0, 8, n)).astype(np.int8)
    order = np.argsort(moment, kind="stable")

    def names(codes: Any, texts: tuple[str, ...]) -> pa.Array:
        return pa.DictionaryArray.from_arrays(pa.array(codes[order]), pa.array(texts))

    return pa.table(
        {
            "key": np.arange(n),
            "customer": customer[order],
            "time": moment[order].astype(np.int64) + FIRST_DAY,
            "touchpoint": names(touchpoint, TOUCHPOINTS),
            "channel": names(channel, CHANNELS),
            "phase": names(PHASE_OF[touchpoint], PHASES),
        }
    )


def taken_log(path: Path) -> pa.Table:
    """A log made elsewhere: event_id, user_id, ts, event, channel, phase."""
    table = pq.read_table(path, columns=["event_id", "user_id", "ts", "event", "channel", "phase"])
    table = table.rename_columns(["key", "customer", "time", "touchpoint", "channel", "phase"])
    return table.set_column(2, "time", table["time"].cast(pa.int64())).unify_dictionaries()


def mapped(folder: Path, codes: Codes, buckets: int) -> MemoryJourneys:
    """The index as files, one per bucket and column, mapped once."""
    return MemoryJourneys(
        tuple(
            Bucket(**{n: np.load(folder / f"{i}.{n}.npy", mmap_mode="r") for n in (*COLUMNS, OFFSETS.name)})
            for i in range(buckets)
        ),
        codes,
    )


def write_index(log: pa.Table, folder: Path, buckets: int) -> MemoryJourneys:
    """Buckets as .npy files."""
    columns: dict[str, Any] = {name: log[name].to_numpy() for name in ("customer", "time", "key")}
    texts = {}
    for name in ("touchpoint", "channel", "phase"):
        column = log[name].combine_chunks()
        columns[name], texts[name] = (
            np.asarray(column.indices),
            tuple(map(str, column.dictionary.to_pylist())),
        )
    for number, bucket in enumerate(build_buckets(columns, buckets)):
        for name in (*COLUMNS, OFFSETS.name):
            np.save(folder / f"{number}.{name}.npy", getattr(bucket, name))
    return mapped(folder, Codes(**texts), buckets)


IN_ORDER = "WINDOW w AS (PARTITION BY customer ORDER BY time, key)"
STAYS = f"""
    WITH marked AS (SELECT customer, time, key, {{by}} AS place,
        {{by}} IS DISTINCT FROM lag({{by}}) OVER w AS fresh FROM log {IN_ORDER}),
    numbered AS (SELECT *, sum(fresh::INT) OVER w AS stay FROM marked {IN_ORDER}),
    stays AS (SELECT customer, stay, first(place) AS place, count(*) AS n, min(time) AS first,
        max(time) AS last FROM numbered GROUP BY customer, stay),
    linked AS (SELECT *, lead(place) OVER s AS target, lead(first) OVER s - last AS wait,
        lag(stay) OVER s AS earlier FROM stays WINDOW s AS (PARTITION BY customer ORDER BY stay))
"""
SPREAD = "avg({0}), min({0}), max({0}), approx_quantile({0}, [0.25, 0.5, 0.75, 0.95])"


@dataclass(frozen=True)
class Job:
    """One question: the kernel, the columns it walks, SQL for the same, and what is compared."""

    kernel: Any
    columns: tuple[str, ...]
    sql: str
    answer: Callable[[Any], set[tuple[Any, ...]]]
    where: Where = EVERYTHING


def _pairs(moves: Any) -> set[tuple[Any, ...]]:
    return {(m.origin, m.target, m.moves, m.customers) for m in moves}


TRANSITIONS = f"""
    WITH s AS (SELECT customer, touchpoint a, lead(touchpoint) OVER w b, lead(time) OVER w - time gap
        FROM {{log}} {IN_ORDER})
    SELECT a, b, count(*), count(DISTINCT customer), {{more}} FROM s WHERE b IS NOT NULL GROUP BY a, b
"""
WEB_MONTH = Where(channels=("web",), period_micros=(int(FIRST_DAY), int(FIRST_DAY) + 30 * DAY))
FILTERED = (
    f"(SELECT * FROM log WHERE channel = 'web' AND time >= {FIRST_DAY} AND time < {FIRST_DAY + 30 * DAY})"
)
JOBS: Mapping[str, Job] = {
    "phase_flow": Job(
        PhaseFlowKernel(),
        ("phase",),
        STAYS.format(by="phase")
        + """SELECT place, count(DISTINCT customer), sum(n), count(*), count_if(earlier IS NULL),
            count_if(target IS NULL) FROM linked GROUP BY place""",
        lambda flow: {
            (p.phase, p.customers, p.interactions, p.entries, p.starts, p.left)
            for p in flow.phases
            if p.entries
        },
    ),
    "transitions": Job(
        TransitionKernel(),
        ("touchpoint", "time"),
        TRANSITIONS.format(log="log", more=SPREAD.format("gap")),
        lambda found: _pairs(found.moves),
    ),
    "transitions, counts": Job(
        TransitionKernel(quantiles=False),
        ("touchpoint", "time"),
        TRANSITIONS.format(log="log", more="avg(gap), min(gap), max(gap)"),
        lambda found: _pairs(found.moves),
    ),
    "transitions, filtered": Job(
        TransitionKernel(),
        ("touchpoint", "time", "channel"),
        TRANSITIONS.format(log=FILTERED, more=SPREAD.format("gap")),
        lambda found: _pairs(found.moves),
        WEB_MONTH,
    ),
    "sessions": Job(
        SessionKernel(),
        ("channel", "time"),
        f"""WITH marked AS (SELECT customer, time, key, channel,
                coalesce(time - lag(time) OVER w > 1800000000, true) fresh FROM log {IN_ORDER}),
            numbered AS (SELECT *, sum(fresh::INT) OVER w AS number FROM marked {IN_ORDER}),
            visits AS (SELECT customer, arg_min(channel, (time, key)) channel, count(*) n,
                max(time) - min(time) duration FROM numbered GROUP BY customer, number)
            SELECT channel, count(*), count(DISTINCT customer), sum(n), count_if(n = 1),
                {SPREAD.format("duration")} FROM visits GROUP BY channel""",
        lambda found: {
            (g.channel, g.sessions, g.customers, g.interactions, g.single) for g in found.channels
        },
    ),
    "step_times, phases": Job(
        StepTimeKernel(),
        ("phase", "time"),
        STAYS.format(by="phase")
        + f"""SELECT place, target, count(*), count(DISTINCT customer), {SPREAD.format("wait")},
            {SPREAD.format("last - first")} FROM linked WHERE target IS NOT NULL GROUP BY place, target""",
        lambda found: _pairs(found.waits),
    ),
    "touchpoint_steps": Job(
        TouchpointStepKernel(top=99),
        ("touchpoint",),
        STAYS.format(by="touchpoint")
        + f"""SELECT stay, place, coalesce(target, '{LEFT}'), count(*) FROM linked WHERE stay < 5
            GROUP BY stay, place, target""",
        lambda found: {(k.step, k.origin, k.target, k.customers) for k in found.links},
    ),
}


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds, median of three."""
    spent = []
    for _ in range(3):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return statistics.median(spent)


def scan(index: MemoryJourneys, columns: tuple[str, ...]) -> int:
    """The sum of the columns and offsets of every bucket: the least that any walk must read."""
    names = (*columns, OFFSETS.name)
    return sum(int(getattr(bucket, name).sum(dtype=np.int64)) for bucket in index.buckets for name in names)


def in_process_of_its_own(folder: Path, index: MemoryJourneys) -> float:
    """Peak memory in MB of a process that answers all questions once from the mapped index."""
    texts = {name: index.codes.of(name) for name in ("touchpoint", "channel", "phase")}
    program = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
from journey_kernels import JOBS, Codes, mapped, run
index = mapped(Path({str(folder)!r}), Codes(**{texts!r}), {len(index)})
for job in JOBS.values():
    run(index, job.kernel, where=job.where)
print(next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) / 1024)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return float(done.stdout)


def main() -> None:
    """Make or take the log, write the index, run everything, print the table."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    arguments.add_argument("events", type=int, nargs="?", default=1_000_000)
    arguments.add_argument(
        "--log", type=Path, help="Parquet file with event_id, user_id, ts, event, channel, phase"
    )
    arguments.add_argument("--buckets", type=int, default=64)
    arguments.add_argument("--seed", type=int, default=7)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        measure(
            taken_log(given.log) if given.log else make_log(given.events, given.seed), folder, given.buckets
        )


def measure(log: pa.Table, folder: Path, buckets: int) -> None:
    """All jobs on one log; stops where two answers differ."""
    file = folder / "log.parquet"
    pq.write_table(log, file, compression="zstd", row_group_size=131_072)
    start = time.process_time()
    index = write_index(log, folder, buckets)
    customers = sum(index.bucket(i).n_customers for i in range(len(index)))
    print(f"{log.num_rows:,} events, {customers:,} customers, {buckets} buckets")
    print(f"sorted and written in {time.process_time() - start:.1f} CPU s\n")
    del log
    connection = duckdb.connect(config={"threads": 1})
    connection.execute(f"CREATE VIEW log AS FROM '{file}'")
    heads = (
        "kernel",
        "CPU s",
        "ns/event",
        "memory scan",
        "Parquet scan",
        "DuckDB SQL",
        "to memory",
        "to Parquet",
        "DuckDB to us",
    )
    print(f"{heads[0]:<22}" + "".join(f"{head:>13}" for head in heads[1:]))
    rows = pq.read_metadata(file).num_rows
    for title, job in JOBS.items():
        found = job.answer(run(index, job.kernel, where=job.where))  # compiles, and warms the mapped files
        plain = connection.sql(job.sql).fetchall()
        width = len(next(iter(found)))
        if found != {tuple(row[:width]) for row in plain}:
            raise SystemExit(f"{title}: the answers differ")
        ours = cpu(lambda job=job: run(index, job.kernel, where=job.where))  # type: ignore[misc]  # bound now
        floor = cpu(lambda job=job: scan(index, job.columns))  # type: ignore[misc]  # bound now
        names = ["customer", *dict.fromkeys(("time", *job.columns))]
        arrow = cpu(lambda names=names: pq.read_table(file, columns=names, use_threads=False))  # type: ignore[misc]  # bound now
        theirs = cpu(lambda job=job: connection.sql(job.sql).fetchall())  # type: ignore[misc]  # bound now
        numbers = (ours, ours / rows * 1e9, floor, arrow, theirs, ours / floor, ours / arrow, theirs / ours)
        forms = ("13.3f", "13.1f", "13.3f", "13.3f", "13.3f", "12.1f", "12.2f", "12.1f")
        marks = ("", "", "", "", "", "x", "x", "x")
        print(f"{title:<22}" + "".join(f"{n:{f}}{m}" for n, f, m in zip(numbers, forms, marks, strict=True)))
    print(
        f"\npeak memory of a process that answers all of them: {in_process_of_its_own(folder, index):.0f} MB"
    )


if __name__ == "__main__":
    main()
