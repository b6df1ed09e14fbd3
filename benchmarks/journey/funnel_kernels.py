"""Questions on who goes on against the bare scan of their columns and DuckDB SQL, in one run on one core.

    python benchmarks/journey/funnel_kernels.py 1000000
    python benchmarks/journey/funnel_kernels.py 10000000 --log journey.parquet

As `journey_kernels.py`: CPU seconds, median of three, one thread, compiled before; the SQL gives the same
answer from the time-ordered file (checked). The funnel is the one of four steps within seven days of the
latest possible start.
"""

import argparse
import sys
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import duckdb
import pyarrow.parquet as pq
from journey_kernels import DAY, IN_ORDER, Job, cpu, make_log, scan, taken_log, write_index

from viaggio.journey.index import MemoryJourneys
from viaggio.journey.kernels.drop_off import DropOffKernel
from viaggio.journey.kernels.funnel.definition import Entry, Exclusion, FunnelRules, Stage
from viaggio.journey.kernels.funnel.kernel import FunnelKernel
from viaggio.journey.kernels.leaving import LeavingKernel
from viaggio.journey.kernels.loops import LoopKernel
from viaggio.journey.kernels.retention.cohorts import RetentionKernel
from viaggio.journey.kernels.retention.curve import ReturnKernel
from viaggio.journey.kinds import InteractionKind
from viaggio.journey.progress import known_until
from viaggio.journey.run import run
from viaggio.journey.where import EVERYTHING

WEEK = 7 * DAY
ZONE = "Europe/Rome"


def funnel_sql(steps: tuple[str, ...], window: int, by: str = "") -> str:
    """The latest start with which each step is reached so far, step by step, as running maxima."""
    cut = f", {by}" if by else ""
    selects = [f"SELECT customer, time, key, touchpoint{cut} FROM log"]
    for number, step in enumerate(steps):
        start = (
            "time" if number == 0 else f"CASE WHEN time - s{number - 1} <= {window} THEN s{number - 1} END"
        )
        carried = "".join(f", s{k}" for k in range(number))
        selects.append(
            f"""SELECT customer, time, key, touchpoint{carried},
                max(CASE WHEN touchpoint = '{step}' THEN {start} END) OVER
                (PARTITION BY customer ORDER BY time, key ROWS UNBOUNDED PRECEDING) AS s{number}
                FROM t{number}"""
        )
    tables = ", ".join(f"t{number} AS ({select})" for number, select in enumerate(selects))
    counts = ", ".join(f"count(DISTINCT customer) FILTER (s{k} IS NOT NULL)" for k in range(len(steps)))
    return f"WITH {tables} SELECT {counts} FROM t{len(steps)}"


def jobs(steps: tuple[str, ...], until: int) -> Mapping[str, Job]:
    """One job per kernel, and the funnel's variants; those without SQL of their own are not compared."""
    kinds = tuple(InteractionKind(touchpoints=(step,)) for step in steps)
    stages = tuple(Stage(steps=(kind,)) for kind in kinds)
    rules = FunnelRules(stages=stages, within_micros=WEEK)
    every = FunnelRules(stages=stages, within_micros=WEEK, entry=Entry.EVERY)
    without = FunnelRules(
        stages=stages, within_micros=WEEK, exclusions=(Exclusion(kind=kinds[-1], before=3),)
    )
    any_order = FunnelRules(stages=(Stage(steps=kinds),), within_micros=WEEK)
    walked = ("touchpoint", "time")
    following = f"""WITH s AS (SELECT customer, touchpoint, time, lead(time) OVER w AS following,
        lead(touchpoint) OVER w AS target FROM log {IN_ORDER})"""
    seen = f"{until} - time > {30 * DAY}"

    def reached(found: Any) -> set[tuple[Any, ...]]:
        return {tuple(step.reached for step in found.steps)}

    return {
        "funnel": Job(FunnelKernel(rules), walked, funnel_sql(steps, WEEK), reached),
        "funnel by channel": Job(FunnelKernel(rules, "channel"), (*walked, "channel"), "", reached),
        "funnel, every attempt": Job(FunnelKernel(every), walked, "", reached),
        "funnel, exclusion": Job(FunnelKernel(without), walked, "", reached),
        "funnel, any order": Job(FunnelKernel(any_order), walked, "", reached),
        "retention by month": Job(
            RetentionKernel(until, "month", ZONE),
            ("time",),
            f"""WITH m AS (SELECT customer,
                    date_trunc('month', make_timestamptz(time) AT TIME ZONE '{ZONE}') AS month,
                    row_number() OVER w AS place FROM log {IN_ORDER}),
                f AS (SELECT customer, min(month) AS born FROM m GROUP BY customer)
                SELECT strftime(born, '%Y-%m'), date_diff('month', born, month), count(DISTINCT customer)
                FROM m JOIN f USING (customer) WHERE place > 1 GROUP BY 1, 2""",
            lambda found: {(c.cohort, c.period, c.back) for c in found.cells if c.back},
        ),
        "retention by day": Job(
            RetentionKernel(until, "day", ZONE, periods=30), ("time",), "", lambda found: {found}
        ),
        "return curve": Job(
            ReturnKernel(until),
            ("time",),
            f"""WITH s AS (SELECT customer, time, lead(time) OVER w AS following, row_number() OVER w AS place
                    FROM log {IN_ORDER})
                SELECT (following - time) // {DAY} + 1 AS day, count(*) FROM s
                WHERE place = 1 AND (following - time) // {DAY} < ({until} - time) // {DAY}
                GROUP BY day HAVING day <= 90""",
            lambda found: {(d.day, d.back) for d in found.days if d.back},
        ),
        "drop-off": Job(
            DropOffKernel(until, 30 * DAY),
            walked,
            f"""{following} SELECT touchpoint, count(*), count(DISTINCT customer),
                count_if({seen} AND following - time <= {30 * DAY}),
                count_if({seen} AND following - time > {30 * DAY}),
                count_if({seen} AND following IS NULL), count_if(NOT {seen}) FROM s GROUP BY touchpoint""",
            lambda found: {
                (p.name, p.interactions, p.customers, p.followed, p.later, p.never, p.open)
                for p in found.places
            },
        ),
        "loops": Job(
            LoopKernel(),
            walked,
            f"""{following} SELECT touchpoint, count(*), count(DISTINCT customer) FROM s
                WHERE touchpoint = target
                GROUP BY touchpoint""",
            lambda found: {(k.name, k.loops, k.customers) for k in found.loops if k.length == 1},
        ),
        "leaving": Job(
            LeavingKernel(kinds[-1], until, WEEK),
            walked,
            f"""WITH s AS (SELECT touchpoint, time, lead(time) OVER w AS following FROM log {IN_ORDER})
                SELECT touchpoint, count_if(coalesce(following, {until}) - time > {WEEK}),
                    count_if(following IS NULL AND {until} - time <= {WEEK})
                FROM s WHERE touchpoint <> '{steps[-1]}' GROUP BY touchpoint""",
            lambda found: {(p.name, p.left, p.open) for p in found.places},
        ),
    }


def main() -> None:
    """Make or take the log, write the index, run everything, print the table."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    arguments.add_argument("events", type=int, nargs="?", default=1_000_000)
    arguments.add_argument(
        "--log", type=Path, help="Parquet file with event_id, user_id, ts, event, channel, phase"
    )
    arguments.add_argument(
        "--steps",
        default="product_page,basket,checkout,order",
        help="The funnel's touchpoints, the goal last.",
    )
    arguments.add_argument("--buckets", type=int, default=64)
    arguments.add_argument("--seed", type=int, default=7)
    given = arguments.parse_args()
    log = taken_log(given.log) if given.log else make_log(given.events, given.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pq.write_table(log, folder / "log.parquet", compression="zstd", row_group_size=131_072)
        index = write_index(log, folder, given.buckets)
        del log
        measure(index, folder / "log.parquet", tuple(given.steps.split(",")))


def measure(index: MemoryJourneys, file: Path, steps: tuple[str, ...]) -> None:
    """All jobs; stops where two answers differ."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute(f"CREATE VIEW log AS FROM '{file}'")
    rows = pq.read_metadata(file).num_rows
    print(f"{rows:,} events\n")
    heads = ("CPU s", "ns/event", "memory scan", "Parquet scan", "DuckDB SQL", "to Parquet", "DuckDB to us")
    print(f"{'question':<22}" + "".join(f"{head:>13}" for head in heads))
    until = known_until(index, EVERYTHING)
    for title, job in jobs(steps, until).items():
        found = job.answer(run(index, job.kernel))
        theirs = None
        if job.sql:
            width = len(next(iter(found)))
            if found != {tuple(row[:width]) for row in connection.sql(job.sql).fetchall()}:
                raise SystemExit(f"{title}: the answers differ")
            theirs = cpu(lambda job=job: connection.sql(job.sql).fetchall())  # type: ignore[misc]  # bound now
        ours, floor = cpu(partial(run, index, job.kernel)), cpu(partial(scan, index, job.columns))
        names = ["customer", *dict.fromkeys(("time", *job.columns))]
        arrow = cpu(partial(pq.read_table, file, columns=names, use_threads=False))
        cells = f"{ours:13.3f}{ours / rows * 1e9:13.1f}{floor:13.3f}{arrow:13.3f}"
        cells += f"{theirs:13.3f}" if theirs is not None else f"{'':13}"
        cells += f"{ours / arrow:12.2f}x" + (f"{theirs / ours:12.1f}x" if theirs is not None else "")
        print(f"{title:<22}{cells}")
        if title == "funnel":
            print(f"  {' > '.join(f'{n:,}' for n in next(iter(found)))} within 7 days")


if __name__ == "__main__":
    main()
