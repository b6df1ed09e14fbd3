"""The links that are cut are enough, and never more than the fewest that would do."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from viaggio.customer.model import Link
from viaggio.customer.parting import links_to_cut
from viaggio.customer.rules import explain


def linked(*pairs: tuple[int, int]) -> list[Link]:
    return [Link(a=a, b=b, kind="email", source="crm", item=1) for a, b in pairs]


def test_a_chain_is_cut_next_to_what_is_parted():
    assert links_to_cut(linked((1, 2), (2, 3), (3, 4)), 1, 4) == ((3, 4),)


def test_what_came_with_the_parted_identifier_goes_with_it():
    first, mail, second, phone = 1, 2, 3, 4
    assert links_to_cut(linked((first, mail), (second, mail), (second, phone)), first, second) == ((2, 3),)


def test_all_links_of_a_ring_side_are_cut():
    assert links_to_cut(linked((1, 2), (2, 3), (3, 1)), 1, 3) == ((1, 3), (2, 3))


def test_nothing_is_cut_between_strangers_or_at_oneself():
    assert links_to_cut(linked((1, 2), (3, 4)), 1, 4) == ()
    assert links_to_cut([], 1, 2) == ()


pairs = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda p: p[0] != p[1]), max_size=9)


def joined(edges: set[tuple[int, int]]) -> bool:
    return bool(explain(linked(*sorted(edges)), 0, 1))


@given(pairs)
def test_the_cut_parts_the_two_with_the_fewest_links(seen: list[tuple[int, int]]):
    edges = {(min(a, b), max(a, b)) for a, b in seen}
    cut = links_to_cut(linked(*seen), 0, 1)
    assert set(cut) <= edges
    assert not joined(edges - set(cut))
    fewer = (set(some) for some in combinations(sorted(edges), max(len(cut) - 1, 0)))
    assert not cut or all(joined(edges - some) for some in fewer)
