"""Attribution by ChannelAttribution, which simulates the chain; DuckDB makes its table of paths."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ChannelAttribution
import duckdb
from questions import GOAL

PACKAGES = ("ChannelAttribution", "duckdb")


def _attribution(folder: Path) -> Any:
    connection = duckdb.connect(config={"threads": 1})
    paths = connection.sql(
        f"""WITH m AS (SELECT user_id, event_id, channel, event = '{GOAL}' AS won,
                count(*) FILTER (event = '{GOAL}') OVER (PARTITION BY user_id ORDER BY event_id
                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS part
                FROM '{folder / "log.parquet"}'),
            p AS (SELECT string_agg(channel, ' > ' ORDER BY event_id) FILTER (NOT won) AS path,
                bool_or(won) AS won FROM m GROUP BY user_id, part)
            SELECT path, count_if(won) AS conversions, count_if(NOT won) AS lost FROM p
            WHERE path IS NOT NULL GROUP BY path"""
    ).df()
    simple = ChannelAttribution.heuristic_models(paths, "path", "conversions", flg_pro=False)
    chain = ChannelAttribution.markov_model(
        paths, "path", "conversions", var_null="lost", seed=1, verbose=False, flg_pro=False
    )
    return [
        *(
            ("first", name, float(n))
            for name, n in zip(simple["channel_name"], simple["first_touch"], strict=True)
        ),
        *(
            ("last", name, float(n))
            for name, n in zip(simple["channel_name"], simple["last_touch"], strict=True)
        ),
        *(
            ("markov", n, float(v))
            for n, v in zip(chain["channel_name"], chain["total_conversions"], strict=True)
        ),
    ]


QUESTIONS: dict[str, Callable[[Path], Any]] = {"attribution": _attribution}
