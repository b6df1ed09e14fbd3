"""A log of a journey's shape: heavy tail of events per customer, sessions, a chain of touchpoints, 90 days.

    python benchmarks/journey/generate.py 1000000 LOG.parquet --seed 7
    python benchmarks/journey/generate.py 1000000 LOG.parquet --shape steady

Rows in the order of time, as an intake writes them: event_id, user_id, ts, event (12 touchpoints), channel
(8), phase (4), value. Events per customer follow a Pareto law (exponent 1.35, at most 20,000; median 3).
The other shape, `steady`, is that of customers under contract: about 60 events each, all over a year, in
whole minutes, so that many share their time.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

EVENTS = (
    "ad_impression", "web_visit", "search", "product_view", "add_to_cart", "checkout", "purchase", "delivery",
    "support_contact", "survey_response", "review", "service_request",
)  # fmt: skip
PHASES = ("know", "purchase", "care", "maintenance")
PHASE_OF = np.array([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 3], dtype=np.int8)
CHANNELS = ("web", "app", "email", "store", "call_center", "social", "paid_search", "display")
FIRST = (30, 35, 10, 12, 1, 0.3, 0.2, 0.1, 4, 0.5, 1, 2)
NEXT = (  # from each event to each; rows are brought to 1
    (20, 50, 5, 10, 0.5, 0.1, 0.1, 0, 0.5, 0.2, 0.1, 0.1),
    (4, 20, 25, 35, 2, 0.5, 0.1, 0.1, 2, 0.3, 0.3, 0.5),
    (2, 10, 25, 50, 3, 0.3, 0.1, 0, 0.5, 0.1, 0.1, 0.2),
    (3, 12, 15, 40, 16, 1, 0.2, 0, 1, 0.1, 0.5, 0.2),
    (1, 8, 5, 25, 15, 38, 1, 0, 1, 0.1, 0.1, 0.1),
    (0.5, 6, 2, 6, 4, 15, 58, 0, 3, 0.2, 0.1, 0.1),
    (1, 8, 2, 6, 1, 0.3, 1, 60, 6, 8, 2, 1),
    (3, 25, 5, 8, 1, 0.2, 0.2, 3, 12, 18, 14, 6),
    (1, 18, 4, 6, 1, 1, 0.5, 2, 35, 18, 3, 8),
    (4, 35, 8, 14, 1, 0.3, 0.2, 1, 6, 8, 12, 3),
    (6, 40, 10, 18, 2, 0.3, 0.2, 0.5, 4, 3, 8, 2),
    (1, 15, 3, 4, 0.5, 0.3, 0.2, 2, 22, 18, 4, 28),
)
CHANNEL_OF = (  # of each event
    (2, 2, 15, 0, 0, 25, 25, 31),
    (50, 22, 8, 0, 0, 8, 10, 2),
    (60, 35, 0, 0, 0, 1, 4, 0),
    (52, 34, 2, 6, 0, 3, 2, 1),
    (50, 40, 1, 9, 0, 0, 0, 0),
    (50, 38, 0, 12, 0, 0, 0, 0),
    (48, 36, 0, 16, 0, 0, 0, 0),
    (10, 25, 45, 15, 5, 0, 0, 0),
    (20, 15, 15, 8, 34, 8, 0, 0),
    (12, 18, 50, 4, 16, 0, 0, 0),
    (40, 20, 5, 0, 0, 35, 0, 0),
    (15, 15, 15, 20, 35, 0, 0, 0),
)
DAY = 86400e6
MINUTE = 60e6
SHAPES = ("heavy", "steady")
SPAN = 90 * DAY
BEGIN = np.datetime64("2026-06-01T00:00:00", "us").astype(np.int64)


def _summed(rows: Any) -> Any:
    """Rows of weights as running shares that end in 1."""
    shares = np.asarray(rows, dtype=float)
    shares = np.cumsum(shares / shares.sum(axis=-1, keepdims=True), axis=-1)
    shares[..., -1] = 1.0
    return shares


def _events_per_customer(events: int, chance: np.random.Generator) -> Any:
    """Most first; they sum to `events`."""
    counts: list[Any] = []
    total = 0
    while total < events:
        tail = (1.0 / chance.random(max(1000, events // 20))) ** (1 / 1.35)
        counts.append(np.maximum(np.minimum(tail * 2.2, 20_000).astype(np.int64), 1))
        total += int(counts[-1].sum())
    count = np.concatenate(counts)
    so_far = count.cumsum()
    enough = int(np.searchsorted(so_far, events))
    count = count[: enough + 1].copy()
    count[-1] -= int(so_far[enough] - events)
    return np.sort(count[count > 0])[::-1]


def _times(count: Any, first: Any, chance: np.random.Generator) -> Any:
    """Bursts with pauses between; who has much to do pauses less, so that all fit into the span."""
    n = int(count.sum())
    pauses = chance.random(n) < 0.28
    within = chance.exponential(75e6, n)
    between = np.repeat(np.minimum(12 * DAY, SPAN * 0.8 / (count * 0.28 + 1)), count)
    gap = np.where(pauses, 31 * 60e6 + chance.exponential(1.0, n) * between, np.minimum(within, 29 * 60e6))
    gap[first] = 0
    run_up = gap.cumsum()
    start = np.repeat(chance.random(len(count)) * SPAN * 0.6, count)
    at = start + (run_up - np.repeat(run_up[first], count))
    last = np.repeat(at[first + count - 1], count)
    squeezed = start + (at - start) * (SPAN - 1e6 - start) / np.maximum(last - start, 1)
    return np.where(last > SPAN, squeezed, at).astype(np.int64) + BEGIN + chance.integers(0, 1000, n)


def _steady_counts(events: int, chance: np.random.Generator) -> Any:
    """About 60 events of every customer, most first; they sum to `events`."""
    count = np.maximum(chance.poisson(60, events // 60 + 1), 1)
    so_far = count.cumsum()
    enough = int(np.searchsorted(so_far, events))
    count = np.append(count[:enough], events - (int(so_far[enough - 1]) if enough else 0))
    return np.sort(count[count > 0])[::-1]


def _steady_times(count: Any, first: Any, chance: np.random.Generator) -> Any:
    """From the first day to the last of a year, in whole minutes."""
    gap = chance.exponential(5 * DAY, int(count.sum()))
    gap[chance.random(len(gap)) < 0.5] *= 0.001  # half of the events follow within minutes
    gap[first] = 0
    run_up = gap.cumsum()
    at = np.repeat(chance.random(len(count)) * 60 * DAY, count) + run_up - np.repeat(run_up[first], count)
    return (np.minimum(at, 365 * DAY) // MINUTE * MINUTE).astype(np.int64) + BEGIN


def _touchpoints(count: Any, first: Any, chance: np.random.Generator) -> Any:
    """A step of the chain for all customers at once, as long as any has one to make."""
    found = np.empty(int(count.sum()), np.int8)
    start, following = _summed(FIRST), _summed(NEXT)
    now = np.empty(0, np.int64)
    for step in range(int(count[0])):
        going = int(np.searchsorted(-count, -step, side="left"))
        dice = chance.random(going)
        if step:
            now = (dice[:, None] > following[now[:going]]).sum(axis=1)
        else:
            now = np.searchsorted(start, dice, side="right")
        now = np.minimum(now, len(EVENTS) - 1)
        found[first[:going] + step] = now
    return found


def make_log(events: int, seed: int = 7, shape: str = "heavy") -> pa.Table:
    """The log as a table; the same for the same seed."""
    chance = np.random.default_rng(seed)
    heavy = shape == "heavy"
    count = _events_per_customer(events, chance) if heavy else _steady_counts(events, chance)
    first = np.concatenate(([0], count.cumsum()[:-1]))
    user = np.repeat(chance.permutation(len(count)).astype(np.int64) + 100_000_000, count)
    time = _times(count, first, chance) if heavy else _steady_times(count, first, chance)
    event = _touchpoints(count, first, chance)
    channel = np.empty(events, np.int8)
    dice, shares = chance.random(events), _summed(CHANNEL_OF)
    for code in range(len(EVENTS)):
        rows = np.flatnonzero(event == code)
        channel[rows] = np.minimum(np.searchsorted(shares[code], dice[rows], side="right"), 7)
    value = np.where(event == 6, np.round(np.exp(chance.normal(4.0, 0.9, events)), 2), 0.0)
    order = np.argsort(time, kind="stable")

    def names(codes: Any, texts: tuple[str, ...]) -> pa.Array:
        return pa.DictionaryArray.from_arrays(pa.array(codes[order], pa.int8()), pa.array(texts))

    return pa.table(
        {
            "event_id": np.arange(events, dtype=np.int64),
            "user_id": user[order],
            "ts": pa.array(time[order]).cast(pa.timestamp("us")),
            "event": names(event, EVENTS),
            "channel": names(channel, CHANNELS),
            "phase": names(PHASE_OF[event], PHASES),
            "value": value[order],
        }
    )


def main() -> None:
    """Make it and write it."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    arguments.add_argument("events", type=int)
    arguments.add_argument("file", type=Path)
    arguments.add_argument("--seed", type=int, default=7)
    arguments.add_argument("--shape", choices=SHAPES, default="heavy")
    given = arguments.parse_args()
    log = make_log(given.events, given.seed, given.shape)
    pq.write_table(log, given.file, compression="zstd", row_group_size=131_072)
    print(f"{log.num_rows:,} events")


if __name__ == "__main__":
    main()
