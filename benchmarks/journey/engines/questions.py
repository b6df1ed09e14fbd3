"""What every engine is asked, and what is worked out from counts in the same way for all of them.

Each question gives plain lists, so that answers can be compared:

- sessions: per channel of the first interaction [channel, sessions, interactions, single ones, mean seconds]
- transitions: per pair [from, to, moves, mean seconds]
- funnel: customers who reach step 1 to 4 within seven days of the latest possible start
- paths: the 50 most frequent first ten steps, repeats kept: [path, customers]
- attribution: per model [model, channel, conversions], the models first, last and markov
"""

from collections.abc import Iterable
from typing import Any

import numpy as np

GAP = 30 * 60_000_000
WEEK = 7 * 86_400_000_000
STEPS = ("product_view", "add_to_cart", "checkout", "purchase")
GOAL = "purchase"
FIRST, TOP = 10, 50
EVENTS = (
    "ad_impression", "web_visit", "search", "product_view", "add_to_cart", "checkout", "purchase", "delivery",
    "support_contact", "survey_response", "review", "service_request",
)  # fmt: skip
BITS = 4


def unpacked(word: int) -> str:
    """The path in an integer of ten places of four bits: code + 1, zero for none."""
    codes = [word >> BITS * (FIRST - 1 - place) & 15 for place in range(FIRST)]
    return " > ".join(EVENTS[code - 1] for code in codes if code)


def credits_of(rows: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    """First, last and Markov credits from counts: before, channel, what follows, converts, touches.

    `before` is None for the first touch of a path; `follows` is the next channel, None at the end;
    `converts`: whether the path of this touch ends in the goal. The chain is solved exactly.
    """
    rows = [(a, b, c, bool(won), int(n)) for a, b, c, won, n in rows]
    channels = sorted({row[1] for row in rows})
    at = {name: number for number, name in enumerate(channels)}
    n = len(channels)
    moves = np.zeros((n + 1, n + 2))  # from a channel or the start, to a channel, the goal or nowhere
    first: dict[str, int] = dict.fromkeys(channels, 0)
    last: dict[str, int] = dict.fromkeys(channels, 0)
    for before, channel, follows, won, count in rows:
        if before is None:
            moves[n, at[channel]] += count
            first[channel] += count * won
        if follows is None:
            moves[at[channel], n if won else n + 1] += count
            last[channel] += count * won
        else:
            moves[at[channel], at[follows]] += count
    chances = moves / np.maximum(moves.sum(axis=1, keepdims=True), 1)

    def reached(without: int | None) -> float:
        stay, end = chances[:n, :n].copy(), chances[:n, n].copy()
        if without is not None:
            stay[without], end[without] = 0, 0
        return float(chances[n, :n] @ np.linalg.solve(np.eye(n) - stay, end))

    whole = reached(None)
    effects = np.array([1 - reached(channel) / whole for channel in range(n)])
    conversions = sum(last.values())
    markov = dict(zip(channels, (conversions * effects / effects.sum()).tolist(), strict=True))
    return [
        [m, c, by[c]] for m, by in (("first", first), ("last", last), ("markov", markov)) for c in channels
    ]
