import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from viaggio.customer.model import KINDS, Decision, Limits, Link
from viaggio.customer.rules import Sightings, customers_of, explain, normalise

NODES = list(range(1, 9))
pair = st.lists(st.sampled_from(NODES), min_size=2, max_size=2, unique=True).map(tuple)
pairs = st.lists(pair, max_size=12, unique=True)
decisions = st.lists(
    st.builds(
        lambda action, p: Decision(action=action, a=p[0], b=p[1]), st.sampled_from(["merge", "split"]), pair
    ),
    max_size=5,
)
ranks = st.permutations(NODES)


def sightings(of: list[tuple[int, int]], rank: list[int]) -> Sightings:
    a, b = (np.array([p[side] for p in of], np.int64) for side in (0, 1))
    email = np.ones(len(of), np.int8)
    nodes = np.array(NODES, np.int64)
    place = np.array([rank.index(node) for node in NODES], np.int64)
    return Sightings(a=a, b=b, a_kind=email, b_kind=email, nodes=nodes, rank=place)


def slow(of: list[tuple[int, int]], decided: list[Decision], limits: Limits) -> list[set[int]]:
    """Groups, by joining until nothing changes."""
    around = {node: {a if b == node else b for a, b in of if node in {a, b}} for node in NODES}
    shared = {node for node in NODES if len(around[node]) > limits.neighbours}
    links = {frozenset(p) for p in of if not shared & set(p)}
    for decision in decided:
        both = frozenset((decision.a, decision.b))
        links = links | {both} if decision.action == "merge" else links - {both}
    groups = [{node} for node in NODES]
    for a, b in map(tuple, links):
        one, other = (next(g for g in groups if n in g) for n in (a, b))
        if one is not other:
            groups.remove(other)
            one |= other
    return groups


@given(pairs, decisions, ranks, st.integers(1, 5))
def test_customers_are_the_connected_groups_named_by_their_earliest_identifier(of, decided, rank, most):
    limits = Limits(neighbours=most)
    node, customer = customers_of(sightings(of, rank), decided, limits)
    got = {n: n for n in NODES} | dict(zip(node.tolist(), customer.tolist(), strict=True))
    expected = {n: min(group, key=rank.index) for group in slow(of, decided, limits) for n in group}
    assert got == expected
    assert node.tolist() == sorted(node.tolist())


@given(pairs, ranks, st.randoms())
def test_the_order_of_sightings_does_not_matter(of, rank, chance):
    shuffled = [tuple(chance.sample(p, 2)) for p in chance.sample(of, len(of))]
    first, second = (customers_of(sightings(list(o), rank)) for o in (of, shuffled))
    assert [part.tolist() for part in first] == [part.tolist() for part in second]


@given(pairs, st.sampled_from(NODES), st.sampled_from(NODES))
def test_an_explanation_leads_from_one_to_the_other_wherever_they_are_joined(of, start, goal):
    links = [Link(a=a, b=b, kind="email", source="s", item=1) for a, b in of]
    chain = explain(links, start, goal)
    group = next(g for g in slow(of, [], Limits(neighbours=99)) if start in g)
    assert bool(chain) == (goal in group and goal != start)
    here = start
    for step in chain:
        assert here in {step.a, step.b}
        here = step.a if step.b == here else step.b
    assert not chain or here == goal


@given(st.sampled_from(KINDS), st.text(max_size=30))
def test_normalising_twice_is_normalising_once(kind, text):
    value = normalise(kind, text)
    assert value is None or normalise(kind, value) == value


@given(st.sampled_from(KINDS), st.text(max_size=30))
def test_a_normalised_identifier_is_never_blank(kind, text):
    value = normalise(kind, text)
    assert value is None or value.strip() == value != ""
