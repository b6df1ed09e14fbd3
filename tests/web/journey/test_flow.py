"""The flow that is drawn comes from the steps that were walked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viaggio.journey.kernels.touchpoint_steps import LEFT, FlowLink, FlowNode, TouchpointSteps
from viaggio.web.journey.services.flows import columns_of, moves_of

PHASES = {
    "search": "discovery", "page": "discovery", "advice": "discovery", "cart": "purchase", "pay": "purchase",
    "courier": "purchase", "call": "care", "repair": "maintenance",
}  # fmt: skip


def steps_of(paths: list[list[str]]) -> TouchpointSteps:
    nodes: dict[tuple[int, str], int] = {}
    links: dict[tuple[int, str, str], int] = {}
    for path in paths:
        for i, place in enumerate(path):
            nodes[i + 1, place] = nodes.get((i + 1, place), 0) + 1
            target = path[i + 1] if i + 1 < len(path) else LEFT
            links[i + 1, place, target] = links.get((i + 1, place, target), 0) + 1
    return TouchpointSteps(
        "touchpoint", len(paths),
        tuple(FlowNode(s, name, n) for (s, name), n in nodes.items()),
        tuple(FlowLink(s, a, b, n) for (s, a, b), n in links.items()),
    )  # fmt: skip


paths = st.lists(
    st.lists(st.sampled_from(list(PHASES)), min_size=1, max_size=6, unique=True), min_size=1, max_size=40
)


@given(paths)
def test_whoever_comes_goes_on_or_ends(walked):
    moves = moves_of(steps_of(walked), 0)
    for place in PHASES:
        passed = sum(place in path for path in walked)
        assert sum(n for a, _b, n in moves if a == place) == passed


@given(paths)
def test_phases_stand_from_left_to_right_without_gaps(walked):
    columns = columns_of(steps_of(walked), PHASES)
    order = ["discovery", "purchase", "care", "maintenance"]
    by_column = sorted((column, order.index(phase)) for phase, column in columns.values())
    assert [phase for _column, phase in by_column] == sorted(phase for _column, phase in by_column)
    assert sorted({column for column, _phase in by_column}) == list(range(len({c for c, _p in by_column})))


@given(paths, st.integers(1, 12))
def test_moves_of_fewer_than_the_smallest_cell_are_left_out(walked, least):
    assert all(n >= least for _a, _b, n in moves_of(steps_of(walked), least))


def test_places_met_earlier_stand_further_left():
    columns = columns_of(steps_of([["search", "page", "advice", "cart"]] * 3), PHASES)
    assert columns["search"] == ("discovery", 0)
    assert columns["advice"] == ("discovery", 1)
    assert columns["cart"] == ("purchase", 2)


def test_a_place_without_a_phase_is_not_drawn():
    assert "moon" not in columns_of(steps_of([["moon", "cart"]]), PHASES)


def test_moves_are_counted_over_all_steps():
    moves = moves_of(steps_of([["search", "cart"], ["page", "search", "cart"], ["cart"]]), 0)
    assert ("search", "cart", 2) in moves
    assert ("cart", LEFT, 3) in moves


@pytest.mark.parametrize("least", [0, 1])
def test_nobody_means_no_moves(least):
    assert moves_of(TouchpointSteps("touchpoint", 0, (), ()), least) == ()
