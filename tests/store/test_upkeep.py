"""Whatever happens to a workspace, in any order: it ends as a fresh rebuild, and what was open stays."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.store.test_laws import (
    KINDS,
    NODES,
    check_against_the_slow_way,
    decision,
    import_,
    land_one,
    person,
    told,
)
from tests.store.tiny import files_of, folded, make, open_tiny

from viaggio.store.doctor import doctor
from viaggio.store.fold import compact, erase, rebuild
from viaggio.store.hashing import node_key
from viaggio.store.index import MappedJourneys, open_index
from viaggio.store.workspace import Settings, Workspace, change_settings

Step = tuple[object, ...]
erased = st.tuples(st.just("erase"), st.sampled_from(NODES))
buckets = st.tuples(st.just("buckets"), st.sampled_from([1, 3, 4, 8, 12, 24]))
fold_now = st.just(("fold",))
life = st.lists(
    st.one_of(import_, import_, import_, decision, erased, buckets, fold_now, fold_now),
    min_size=3,
    max_size=10,
)


def customer_of(steps: Sequence[Step], node: tuple[str, str]) -> set[tuple[str, str]]:
    _, group = told(steps)
    return {other for other in NODES if group[other] == group[node]}


def forgotten(steps: Sequence[Step], nodes: set[tuple[str, str]]) -> list[Step]:
    """The steps as they would have been without these identifiers."""

    def without(row):
        return {name: value for name, value in row.items() if name not in KINDS or (name, value) not in nodes}

    return [
        step
        if step[0] in {"merge", "split"}
        else (step[0], [without(row) for row in step[1] if person(row) not in nodes])
        for step in steps
    ]


def content(journeys: MappedJourneys) -> list[bytes]:
    return [
        np.ascontiguousarray(getattr(bucket, name)).tobytes()
        for bucket in journeys.buckets
        for name in ("customer", "time", "key", "outcome", "node", "offsets")
    ]


class Life:
    """A workspace to which things happen, and what a plain reading should find in it."""

    def __init__(self, ws: Workspace) -> None:
        self.ws = ws
        self.steps: list[Step] = []
        self.landed = 0

    def take(self, step: Step) -> None:
        if step[0] == "erase":
            nodes = customer_of(self.steps, step[1])
            erase(self.ws, [node_key(*node) for node in nodes], open_reader=open_tiny)
            self.steps = forgotten(self.steps, nodes)
        elif step[0] == "buckets":
            self.ws = change_settings(self.ws, Settings(name="Prova", buckets=step[1]))
        elif step[0] == "fold":
            folded(self.ws)
        else:
            self.landed += 1
            land_one(self.ws, step, self.landed)
            self.steps.append(step)


@settings(max_examples=15)
@given(life)
def test_any_life_of_a_workspace_ends_as_a_fresh_rebuild(story):
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(compact, "WINDOW", 3)
        life_of = Life(make(Path(folder) / "w"))
        for step in story[: len(story) // 2]:
            life_of.take(step)
        folded(life_of.ws)
        opened = open_index(life_of.ws)
        before = content(opened)
        for step in story[len(story) // 2 :]:
            life_of.take(step)
        ws = life_of.ws
        folded(ws)
        assert content(opened) == before
        found = files_of(ws)
        rebuild(ws, open_reader=open_tiny)
        assert files_of(ws) == found
        assert doctor(ws) == []
        assert len(open_index(ws)) == ws.settings.buckets
        check_against_the_slow_way(ws, life_of.steps)
