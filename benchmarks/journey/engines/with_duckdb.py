"""The questions in DuckDB SQL, from Parquet; `ordered_`: plans that use a file's order."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
from questions import BITS, EVENTS, FIRST, GAP, GOAL, STEPS, TOP, WEEK, credits_of, unpacked

PACKAGES = ("duckdb",)
W = "WINDOW w AS (PARTITION BY user_id ORDER BY event_id)"
CODE = "CASE event " + " ".join(f"WHEN '{name}' THEN {n + 1}" for n, name in enumerate(EVENTS)) + " END"


def _rows(file: Path, sql: str) -> list[Any]:
    connection = duckdb.connect(config={"threads": int(os.environ["BENCHMARK_THREADS"])})
    connection.execute(f"CREATE VIEW log AS SELECT *, epoch_us(ts) AS time FROM '{file}'")
    return connection.sql(sql).fetchall()


def _sessions(folder: Path) -> Any:
    return _rows(
        folder / "log.parquet",
        f"""WITH marked AS (SELECT user_id, event_id, time, channel,
                coalesce(time - lag(time) OVER w > {GAP}, true) AS fresh FROM log {W}),
            numbered AS (SELECT *, sum(fresh::INT) OVER w AS number FROM marked {W}),
            visits AS (SELECT arg_min(channel, event_id) AS channel, count(*) AS n,
                max(time) - min(time) AS micros FROM numbered GROUP BY user_id, number)
            SELECT channel, count(*), sum(n)::BIGINT, count_if(n = 1), sum(micros)::DOUBLE / count(*) / 1e6
            FROM visits GROUP BY channel""",
    )


def _ordered_sessions(folder: Path) -> Any:
    return _rows(
        folder / "ordered.parquet",
        f"""WITH marked AS (SELECT user_id, time, channel, row_number() OVER () AS row,
                lag(time) OVER () AS before, lag(user_id) OVER () AS earlier FROM log),
            starts AS (SELECT row, time, channel, before FROM marked
                WHERE earlier IS DISTINCT FROM user_id OR time - before > {GAP}),
            ends AS (SELECT channel, coalesce(lead(row) OVER (), (SELECT count(*) + 1 FROM log)) - row AS n,
                coalesce(lead(before) OVER (), (SELECT time FROM log OFFSET (SELECT count(*) - 1 FROM log)))
                - time AS micros FROM starts)
            SELECT channel, count(*), sum(n)::BIGINT, count_if(n = 1), sum(micros)::DOUBLE / count(*) / 1e6
            FROM ends GROUP BY channel""",
    )


def _transitions(folder: Path) -> Any:
    return _rows(
        folder / "log.parquet",
        f"""WITH s AS (SELECT event AS a, lead(event) OVER w AS b, lead(time) OVER w - time AS gap
                FROM log {W})
            SELECT a, b, count(*), avg(gap) / 1e6 FROM s WHERE b IS NOT NULL GROUP BY a, b""",
    )


def _ordered_transitions(folder: Path) -> Any:
    return _rows(
        folder / "ordered.parquet",
        """WITH s AS (SELECT event AS a, user_id, lead(event) OVER () AS b, lead(user_id) OVER () AS u,
                lead(time) OVER () - time AS gap FROM log)
            SELECT a, b, count(*), avg(gap) / 1e6 FROM s WHERE u = user_id GROUP BY a, b""",
    )


def _funnel(folder: Path) -> Any:
    selects = [f"t0 AS (SELECT user_id, event_id, time, event FROM log WHERE event IN {STEPS})"]
    for number, step in enumerate(STEPS):
        known = "".join(f", s{k}" for k in range(number))
        start = f"CASE WHEN time - s{number - 1} <= {WEEK} THEN s{number - 1} END" if number else "time"
        selects.append(
            f"""t{number + 1} AS (SELECT user_id, event_id, time, event{known},
                max(CASE WHEN event = '{step}' THEN {start} END) OVER (PARTITION BY user_id ORDER BY event_id
                ROWS UNBOUNDED PRECEDING) AS s{number} FROM t{number})"""
        )
    highest = ", ".join(f"count(s{k}) > 0 AS r{k}" for k in range(len(STEPS)))
    counts = ", ".join(f"count_if(r{k})" for k in range(len(STEPS)))
    found = _rows(
        folder / "log.parquet",
        f"""WITH {", ".join(selects)}, u AS (SELECT {highest} FROM t{len(STEPS)} GROUP BY user_id)
            SELECT {counts} FROM u""",
    )
    return list(found[0])


def _paths(folder: Path) -> Any:
    found = _rows(
        folder / "log.parquet",
        f"""WITH s AS (SELECT user_id, {CODE} AS code, row_number() OVER w AS place FROM log
                {W} QUALIFY place <= {FIRST}),
            p AS (SELECT bit_or(code::BIGINT << ({BITS} * ({FIRST} - place))::INT) AS path FROM s
                GROUP BY user_id)
            SELECT path, count(*) FROM p GROUP BY path ORDER BY 2 DESC LIMIT {TOP}""",
    )
    return [(unpacked(path), n) for path, n in found]


def _attribution(folder: Path) -> Any:
    won = f"event = '{GOAL}'"
    return credits_of(
        _rows(
            folder / "log.parquet",
            f"""WITH s AS (SELECT {won} AS won, channel, event_id,
                    CASE WHEN NOT lag({won}) OVER w THEN lag(channel) OVER w END AS before,
                    CASE WHEN NOT lead({won}) OVER w THEN lead(channel) OVER w END AS follows,
                    max(CASE WHEN {won} THEN event_id END) OVER (PARTITION BY user_id) AS final
                FROM log {W})
                SELECT before, channel, follows, coalesce(event_id < final, false) AS converts, count(*)
                FROM s WHERE NOT won GROUP BY ALL""",
        )
    )


QUESTIONS: dict[str, Callable[[Path], Any]] = {
    "sessions": _sessions,
    "transitions": _transitions,
    "funnel": _funnel,
    "paths": _paths,
    "attribution": _attribution,
    "ordered_sessions": _ordered_sessions,
    "ordered_transitions": _ordered_transitions,
}
