import numpy as np
import pytest

from viaggio.customer.model import KINDS, Decision, Limits, Link
from viaggio.customer.rules import Sightings, customers_of, explain, normalise, shared_nodes


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("email", " Ada.Rossi@Example.ORG ", "ada.rossi@example.org"),
        ("email", "mailto:ada@example.org", "ada@example.org"),
        ("email", "<ada@example.org>", "ada@example.org"),
        ("email", "ａｄａ@example.org", "ada@example.org"),  # full-width letters
        ("email", "ada+shop@example.org", "ada+shop@example.org"),
        ("phone", "347 123 4567", "+393471234567"),
        ("phone", "+39 347/123.45.67", "+393471234567"),
        ("phone", "0039 3471234567", "+393471234567"),
        ("phone", "393471234567", "+393471234567"),
        ("phone", "3471234567.0", "+393471234567"),
        ("phone", "tel:+39-011-1234567 int. 12", "+390111234567"),
        ("phone", "011 1234567", "+390111234567"),
        ("phone", "+44 20 7946 0958", "+442079460958"),
        ("customer_number", " 000123 ", "000123"),
        ("customer_number", "123.0", "123"),
        ("customer_number", "K  77", "K 77"),
        ("visitor", "aBc-9", "aBc-9"),
        ("account_id", "ACME", "ACME"),
    ],
)
def test_an_identifier_has_one_way_to_be_written(kind: str, text: str, value: str):
    assert normalise(kind, text) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        *((kind, text) for kind in KINDS for text in ("", "  ", "0", "-1", "null", "NULL", "NaN", "n/a")),
        ("visitor", "Anonymous"), ("customer_number", "ospite"),
        ("customer_number", "0000"), ("visitor", "00000000-0000-0000-0000-000000000000"), ("visitor", "---"),
        ("email", "ada"), ("email", "ada@localhost"), ("email", "a@b@c.it"), ("email", "noreply@shop.it"),
        ("email", "ada@x.it, bea@x.it"), ("email", "null@null.it"),
        ("phone", "12345"), ("phone", "0000000000"), ("phone", "3.47E+09"), ("phone", "+39 3333333333"),
        ("phone", "1234567890123456789"), ("phone", "call me"),
    ],
)  # fmt: skip
def test_what_identifies_nobody_is_none(kind: str, text: str):
    assert normalise(kind, text) is None


def sightings(*pairs: tuple[int, int], kinds: dict[int, str] | None = None) -> Sightings:
    """Pairs of identifiers; they came in the order of their keys' first use."""
    kinds = kinds or {}
    order = list(dict.fromkeys(node for pair in pairs for node in pair))
    nodes = np.array(sorted(order), np.int64)
    code = [[KINDS.index(kinds.get(node, "email")) for node in side] for side in zip(*pairs, strict=True)]
    a, b = (np.array(side, np.int64) for side in zip(*pairs, strict=True))
    rank = np.array([order.index(node) for node in nodes.tolist()], np.int64)
    a_kind, b_kind = (np.array(side, np.int8) for side in code)
    return Sightings(a=a, b=b, a_kind=a_kind, b_kind=b_kind, nodes=nodes, rank=rank)


def joined(seen: Sightings, *decisions: Decision, limits: Limits | None = None) -> dict[int, int]:
    node, customer = customers_of(seen, decisions, limits)
    return dict(zip(node.tolist(), customer.tolist(), strict=True))


def merge(a: int, b: int) -> Decision:
    return Decision(action="merge", a=a, b=b)


def split(a: int, b: int) -> Decision:
    return Decision(action="split", a=a, b=b)


def test_the_customer_is_the_identifier_seen_first():
    assert joined(sightings((30, 10), (10, 20))) == {10: 30, 20: 30}


def test_apart_stay_those_whom_nothing_joins():
    assert joined(sightings((1, 2), (3, 4))) == {2: 1, 4: 3}


def test_a_decision_joins_those_never_seen_together_and_even_unknown_ones():
    assert joined(sightings((1, 2), (3, 4)), merge(4, 2)) == {2: 1, 3: 1, 4: 1}
    assert joined(sightings((1, 2)), merge(2, -99)) == {-99: 1, 2: 1}


def test_the_last_decision_about_a_pair_holds():
    seen = sightings((1, 2))
    assert joined(seen, split(2, 1)) == {}
    assert joined(seen, split(1, 2), merge(2, 1)) == {2: 1}
    assert joined(seen, merge(1, 2), split(1, 2)) == {}


def test_a_split_leaves_other_ways_to_be_joined():
    assert joined(sightings((1, 2), (2, 3), (1, 3)), split(1, 2)) == {2: 1, 3: 1}


def test_an_identifier_seen_with_too_many_joins_nobody():
    many = [(100 + n, 7) for n in range(4)]
    seen = sightings(*many, (1, 100))
    assert shared_nodes(seen, Limits(neighbours=3)).tolist() == [7]
    assert joined(seen, limits=Limits(neighbours=3)) == {1: 100}
    assert set(joined(seen, limits=Limits(neighbours=4)).values()) == {100}


def test_a_person_may_have_any_number_of_visits():
    seen = sightings(*((1, 100 + n) for n in range(50)), kinds={100 + n: "visitor" for n in range(50)})
    assert set(joined(seen, limits=Limits(neighbours=3)).values()) == {1}


def link(a: int, b: int) -> Link:
    return Link(a=a, b=b, kind="email", source="shop", item=1)


def test_the_explanation_is_the_shortest_chain():
    links = [link(1, 2), link(2, 3), link(3, 4), link(2, 4), link(9, 8)]
    assert explain(links, 1, 4) == (links[0], links[3])
    assert explain(links, 4, 1) == (links[3], links[0])
    assert explain(links, 1, 8) == ()
    assert explain(links, 1, 1) == ()
