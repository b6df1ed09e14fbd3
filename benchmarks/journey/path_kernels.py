"""Paths, sub-paths, flows and attribution against the bare scan of their columns and DuckDB SQL, on one core.

    python benchmarks/journey/path_kernels.py 1000000
    python benchmarks/journey/path_kernels.py 10000000 --log journey.parquet

CPU seconds (median of three) of each kernel on the mapped index; of reading the columns it needs from the
time-ordered Parquet file with Arrow; and of DuckDB SQL for the same answer from that file, which is checked.
Where a kernel answers more than the SQL does, that is said. One thread; compiled and read from disk before.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from journey_kernels import IN_ORDER, STAYS, cpu, make_log, scan, taken_log, write_index

from viaggio.journey.kernels.attribution.kernel import AttributionKernel
from viaggio.journey.kernels.flow import FlowKernel
from viaggio.journey.kernels.paths import PathKernel, Paths
from viaggio.journey.kernels.subpaths import SubPathKernel
from viaggio.journey.kinds import kind_of
from viaggio.journey.run import run

MONTH = 30 * 86_400_000_000


@dataclass(frozen=True)
class Job:
    """One question: the kernel, the columns it walks, SQL, and what of its answer the SQL gives."""

    kernel: Any
    columns: tuple[str, ...]
    sql: str
    answer: Callable[[Any], set[tuple[Any, ...]]]


def _above_the_last(found: Paths) -> set[tuple[Any, ...]]:
    """The most frequent paths without those that share the last place, of which another could stand there."""
    least = found.paths[-1].journeys
    return {("|".join(map(str, p.places)), p.journeys) for p in found.paths if p.journeys > least}


TOP = "SELECT path, n FROM top WHERE n > (SELECT min(n) FROM top)"


def jobs(goal: str) -> dict[str, Job]:
    """All questions; `goal` is the touchpoint that flows lead to and that is the conversion."""
    order = kind_of(goal)
    return {
        "paths, first 10": Job(
            PathKernel(collapse=False),
            ("touchpoint",),
            f"""WITH p AS (SELECT string_agg(touchpoint, '|' ORDER BY time, key) path FROM
                (SELECT *, row_number() OVER w AS n FROM log {IN_ORDER}) WHERE n <= 10 GROUP BY customer),
                top AS (SELECT path, count(*) n FROM p GROUP BY path ORDER BY n DESC LIMIT 50) {TOP}""",
            _above_the_last,
        ),
        "paths by session": Job(
            PathKernel(collapse=False, per="session"),
            ("touchpoint", "time"),
            f"""WITH m AS (SELECT *, coalesce(time - lag(time) OVER w > 1800000000, true) fresh
                FROM log {IN_ORDER}), s AS (SELECT *, sum(fresh::INT) OVER w AS visit FROM m {IN_ORDER}),
                n AS (SELECT *, row_number() OVER (PARTITION BY customer, visit ORDER BY time, key) i FROM s),
                p AS (SELECT string_agg(touchpoint, '|' ORDER BY time, key) path FROM n WHERE i <= 10
                    GROUP BY customer, visit),
                top AS (SELECT path, count(*) n FROM p GROUP BY path ORDER BY n DESC LIMIT 50) {TOP}""",
            _above_the_last,
        ),
        "variants": Job(
            PathKernel(whole=True, collapse=False),
            ("touchpoint",),
            """WITH p AS (SELECT string_agg(touchpoint, '|' ORDER BY time, key) path FROM log
                GROUP BY customer) SELECT count(DISTINCT path), count(*) FROM p""",
            lambda found: {(found.different, found.journeys)},
        ),
        "sub-paths, 2 to 4": Job(
            SubPathKernel(collapse=False),
            ("touchpoint",),
            f"""WITH l AS (SELECT customer, touchpoint a, lead(touchpoint) OVER w b,
                lead(touchpoint, 2) OVER w c, lead(touchpoint, 3) OVER w d FROM log {IN_ORDER}),
                p AS (SELECT customer, a || '|' || b path FROM l WHERE b IS NOT NULL
                    UNION ALL SELECT customer, a || '|' || b || '|' || c FROM l WHERE c IS NOT NULL
                    UNION ALL SELECT customer, a || '|' || b || '|' || c || '|' || d FROM l
                    WHERE d IS NOT NULL),
                top AS (SELECT path, count(DISTINCT customer) n FROM p GROUP BY path ORDER BY n DESC LIMIT 50)
                {TOP}""",
            lambda found: {
                ("|".join(map(str, p.places)), p.customers)
                for p in found.paths
                if p.customers > found.paths[-1].customers
            },
        ),
        "flow, 3 and 3": Job(
            FlowKernel(order, top=99),
            ("touchpoint",),
            STAYS.format(by="touchpoint")
            + f""", anchored AS (SELECT customer, min(stay) a FROM linked WHERE place = '{goal}' GROUP BY 1),
            near AS (SELECT * FROM linked JOIN anchored USING (customer))
            SELECT stay - a, place, coalesce(target, '(left)'), count(*) FROM near
            WHERE stay - a BETWEEN -3 AND 2 GROUP BY ALL
            UNION ALL SELECT -a, '(entered)', place, count(*) FROM near WHERE stay = 1 AND a <= 3
            GROUP BY ALL""",
            lambda found: {(s.step, s.origin, s.target, s.flows) for s in found.streams},
        ),
        "attribution (SQL: 2 of 8)": Job(
            AttributionKernel(order),
            ("channel", "touchpoint", "time", "value"),
            f"""WITH m AS (SELECT *, touchpoint = '{goal}' won,
                    coalesce(sum((touchpoint = '{goal}')::INT) OVER (PARTITION BY customer ORDER BY time, key
                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS part FROM log),
                t AS (SELECT m.customer, part, channel, m.time, m.key FROM m JOIN
                    (SELECT customer, part, time AS at FROM m WHERE won) c USING (customer, part)
                    WHERE NOT won AND c.at - m.time <= {MONTH}),
                p AS (SELECT arg_min(channel, (time, key)) a, arg_max(channel, (time, key)) z FROM t
                    GROUP BY customer, part)
                SELECT 'first', a, count(*)::DOUBLE FROM p GROUP BY a
                UNION ALL SELECT 'last', z, count(*)::DOUBLE FROM p GROUP BY z""",
            lambda found: {
                (c.model, c.name, c.conversions)
                for c in found.credits
                if c.model in {"first", "last"} and c.conversions and not str(c.name).startswith("(")
            },
        ),
    }


def main() -> None:
    """Make or take the log, write the index, run everything, print the table; stops where answers differ."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    arguments.add_argument("events", type=int, nargs="?", default=1_000_000)
    arguments.add_argument("--log", type=Path, help="event_id, user_id, ts, event, channel, phase")
    arguments.add_argument("--goal", default="order")
    arguments.add_argument("--buckets", type=int, default=64)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        log = taken_log(given.log) if given.log else make_log(given.events, 7)
        measure(log, Path(name), given.buckets, given.goal)


def measure(log: pa.Table, folder: Path, buckets: int, goal: str) -> None:
    """All jobs on one log."""
    file = folder / "log.parquet"
    pq.write_table(log, file, compression="zstd", row_group_size=131_072)
    index = write_index(log, folder, buckets)
    million = log.num_rows / 1e6
    print(f"{log.num_rows:,} events, {buckets} buckets; CPU seconds per million events\n")
    heads = ("kernel", "ours", "memory scan", "Parquet scan", "DuckDB SQL", "to Parquet", "DuckDB to us")
    print(f"{heads[0]:<27}" + "".join(f"{head:>13}" for head in heads[1:]))
    connection = duckdb.connect(config={"threads": 1})
    connection.execute(f"CREATE VIEW log AS FROM '{file}'")
    for title, job in jobs(goal).items():
        found = job.answer(run(index, job.kernel))
        if found != set(connection.sql(job.sql).fetchall()):
            raise SystemExit(f"{title}: the answers differ")
        ours = cpu(lambda job=job: run(index, job.kernel)) / million  # type: ignore[misc]  # bound now
        floor = cpu(lambda job=job: scan(index, job.columns)) / million  # type: ignore[misc]  # bound now
        names = [n for n in dict.fromkeys(("customer", "time", *job.columns)) if n in log.column_names]
        arrow = cpu(lambda names=names: pq.read_table(file, columns=names, use_threads=False)) / million  # type: ignore[misc]  # bound now
        theirs = cpu(lambda job=job: connection.sql(job.sql).fetchall()) / million  # type: ignore[misc]  # bound now
        numbers = (ours, floor, arrow, theirs, ours / arrow, theirs / ours)
        marks = ("", "", "", "", "x", "x")
        print(
            f"{title:<27}" + "".join(f"{n:12.4f}{m or ' '}" for n, m in zip(numbers, marks, strict=True)),
            flush=True,
        )


if __name__ == "__main__":
    main()
