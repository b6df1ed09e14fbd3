"""Facts, identity and index follow from the landing alone: not from when or in which groups it is folded."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.store.tiny import NOON, Row, bring, files_of, folded, make, open_small_batches, open_tiny, seen

from viaggio.customer.model import Decision
from viaggio.journey.index import Bucket
from viaggio.store.doctor import doctor
from viaggio.store.engine import engine
from viaggio.store.fold import fold, rebuild
from viaggio.store.hashing import node_key
from viaggio.store.index import open_index
from viaggio.store.landing import decide
from viaggio.store.workspace import Workspace

KINDS = ("customer_number", "email", "phone", "visitor")
VALUES = {
    "customer_number": ["7", "8", "9", "10"],
    "email": ["ada@x.it", "bea@x.it", "ciro@x.it"],
    "phone": ["+393471234567", "+393471234568"],
    "visitor": ["v1", "v2", "v3"],
    "account_id": ["ACME", "Bolt"],
}
NODES = [(kind, value) for kind in KINDS for value in VALUES[kind]]


@st.composite
def row(draw: st.DrawFn) -> Row:
    who = {
        kind: draw(st.sampled_from(VALUES[kind]))
        for kind in draw(st.lists(st.sampled_from([*KINDS, "account_id"]), max_size=2, unique=True))
    }
    outcome = draw(st.sampled_from([None, "resolved", "late"]))
    return seen(str(draw(st.integers(0, 9))), draw(st.integers(0, 3)), outcome=outcome, **who)


decision = st.builds(
    lambda action, pair: (action, *pair),
    st.sampled_from(["merge", "merge", "split"]),
    st.lists(st.sampled_from(NODES), min_size=2, max_size=2, unique=True),
)
import_ = st.tuples(st.sampled_from(["shop", "till"]), st.lists(row(), min_size=1, max_size=12))
story = st.lists(st.one_of(import_, import_, import_, decision), min_size=1, max_size=6)


def land_one(ws: Workspace, step: tuple[object, ...], number: int) -> None:
    if step[0] in {"merge", "split"}:
        (a, b) = (node_key(*node) for node in step[1:])
        decide(ws, Decision(action=step[0], a=a, b=b), landed_at=NOON + number, by="ada")
    else:
        bring(ws, step[1], source=step[0], name=f"{number}.jsonl")


def told(
    steps: Sequence[tuple[object, ...]],
) -> tuple[dict[tuple[str, str], Row], dict[tuple[str, str], int]]:
    """The rows that hold and the customer of every identifier, worked out the slow way."""
    rows: dict[tuple[str, str], Row] = {}
    links: set[frozenset[tuple[str, str]]] = set()
    last: dict[frozenset[tuple[str, str]], str] = {}
    nodes = set(NODES)
    for step in steps:
        if step[0] in {"merge", "split"}:
            last[frozenset(step[1:])] = step[0]
            continue
        for one in step[1]:
            rows[step[0], one["id"]] = one
            mine = [(kind, one[kind]) for kind in KINDS if one.get(kind)]
            links |= {frozenset((mine[0], other)) for other in mine[1:]}
    links = {link for link in links if last.get(link) != "split"}
    links |= {link for link, action in last.items() if action == "merge"}
    group = {node: n for n, node in enumerate(sorted(nodes))}
    for _ in nodes:
        for a, b in map(tuple, links):
            low = min(group[a], group[b])
            group[a] = group[b] = low
    return rows, group


def partition(pairs: Sequence[tuple[object, object]]) -> set[frozenset[object]]:
    groups: dict[object, set[object]] = {}
    for member, group in pairs:
        groups.setdefault(group, set()).add(member)
    return {frozenset(members) for members in groups.values()}


def person(one: Row) -> tuple[str, str] | None:
    return next(((kind, one[kind]) for kind in (*KINDS, "account_id") if one.get(kind)), None)


@settings(max_examples=25)
@given(story, st.data())
def test_any_grouping_of_folds_gives_the_same_bytes_and_the_slow_way_the_same_customers(steps, data):
    with TemporaryDirectory() as folder:
        at_once, step_by_step = make(Path(folder) / "a"), make(Path(folder) / "b")
        for number, step in enumerate(steps):
            land_one(at_once, step, number)
            land_one(step_by_step, step, number)
            if data.draw(st.booleans()):
                fold(step_by_step, open_reader=open_small_batches)
        fold(step_by_step, open_reader=open_small_batches)
        folded(at_once)
        assert files_of(step_by_step) == files_of(at_once)
        assert doctor(at_once) == []
        before = files_of(at_once)
        shutil.rmtree(at_once.index)
        rebuild(at_once, open_reader=open_tiny)
        assert files_of(at_once) == before
        check_against_the_slow_way(at_once, steps)


def check_against_the_slow_way(ws: Workspace, steps: Sequence[tuple[object, ...]]) -> None:
    rows, group = told(steps)
    live = engine(ws)
    stored = live.run(live.tables().interactions).to_pylist()
    assert {(r["source"], r["id"]): r["outcome"] for r in stored} == {
        k: r["outcome"] for k, r in rows.items()
    }
    expected = [(key, group.get(who, who)) for key, one in rows.items() if (who := person(one)) is not None]
    got = [((r["source"], r["id"]), r["customer"]) for r in stored if r["customer"] is not None]
    assert partition(got) == partition(expected)
    assert {r["customer"] is None for r in stored if person(rows[r["source"], r["id"]]) is None} <= {True}
    check_index(ws, stored)


def check_index(ws: Workspace, stored: Sequence[Row]) -> None:
    journeys = open_index(ws)
    buckets = [journeys.bucket(n) for n in range(len(journeys))]
    listed = [line for bucket in buckets for line in lines(bucket, journeys.codes.outcome)]
    expected = [
        (r["customer"], int(r["started_at"].timestamp() * 1e6), r["key"], r["outcome"])
        for r in stored
        if r["customer"] is not None
    ]
    assert sorted(listed) == sorted(expected)
    for bucket in buckets:
        order = list(zip(bucket.customer.tolist(), bucket.time.tolist(), bucket.key.tolist(), strict=True))
        assert order == sorted(order)
        assert [bucket.customer[i] for i in bucket.offsets[:-1]] == sorted(set(bucket.customer.tolist()))


def lines(bucket: Bucket, outcomes: Sequence[str]) -> list[tuple[int, int, int, str | None]]:
    columns = (bucket.customer, bucket.time, bucket.key, bucket.outcome)
    return [
        (c, t, k, outcomes[o] if o >= 0 else None)
        for c, t, k, o in zip(*(np.asarray(column).tolist() for column in columns), strict=True)
    ]
