"""What the index tells of a customer is what a plain look through the rows tells."""

from collections import Counter

from tests.store.tiny import NOON, Row, bring, folded, seen

from viaggio.store.hashing import node_key
from viaggio.store.index.open import open_index
from viaggio.store.seen import met, steps
from viaggio.store.workspace import Workspace

MINUTE = 60_000_000
CHANNELS = ("web", "phone", "email")
ROWS: list[Row] = [
    seen(
        str(n), n, customer_number=str(n % 5), channel=CHANNELS[n * n % 3], phase=("care", "purchase")[n % 2]
    )
    for n in range(40)
]


def keys(*numbers: int) -> list[int]:
    return [node_key("customer_number", str(n)) for n in numbers]


def test_first_last_count_and_channels_of_each_customer(ws: Workspace):
    bring(ws, ROWS)
    folded(ws)
    found = met(open_index(ws), [*keys(*range(5)), 12345])
    assert set(found) == set(keys(*range(1, 5)))  # "0" stands where a number is missing
    for n, key in enumerate(keys(*range(1, 5)), start=1):
        own = [row for row in ROWS if row["customer_number"] == str(n)]
        used = Counter(str(row["channel"]) for row in own)
        one = found[key]
        assert (one.interactions, one.first, one.last) == (
            len(own),
            own[0]["started_at"],
            own[-1]["started_at"],
        )
        assert set(one.channels) == set(used)
        assert [used[channel] for channel in one.channels] == sorted(used.values(), reverse=True)


def test_steps_are_the_newest_of_all_in_order(ws: Workspace):
    bring(ws, ROWS)
    folded(ws)
    taken = steps(open_index(ws), keys(1, 2), limit=5)
    own = [n for n in range(40) if n % 5 in {1, 2}][-5:]
    assert [(step.at - NOON) // MINUTE for step in taken] == own
    assert [step.phase for step in taken] == [("care", "purchase")[n % 2] for n in own]


def test_an_empty_index_has_met_nobody(ws: Workspace):
    assert met(open_index(ws), keys(1)) == {}
    assert steps(open_index(ws), keys(1)) == []
