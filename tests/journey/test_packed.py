"""Equal rows are put together whatever the number of parts, in one table or in shares."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viaggio.journey import packed
from viaggio.journey.packed import Rows, joined

ROWS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2**62), st.integers(1, 5), st.integers(1, 3)))


def rows_of(given_rows: list[tuple[int, int, int, int]], width: int) -> Rows:
    table = np.array(given_rows, np.int64).reshape(-1, 4)
    return Rows(table[:, 2 - width : 2].copy(), table[:, 2].copy(), table[:, 3].copy())


@pytest.mark.parametrize("width", [1, 2])
@pytest.mark.parametrize("many", [0, 2**17])
@given(parts=st.lists(ROWS, min_size=1, max_size=4), again=st.booleans())
def test_rows_of_all_parts_add_up(many: int, width: int, parts: list, again: bool) -> None:
    parts = parts + parts if again else parts
    times: Counter[tuple[int, ...]] = Counter()
    customers: Counter[tuple[int, ...]] = Counter()
    for *words, met, who in (row for part in parts for row in part):
        times[tuple(words[2 - width :])] += met
        customers[tuple(words[2 - width :])] += who
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packed, "_MANY", many)
        found = joined(tuple(rows_of(part, width) for part in parts))
    keys = [tuple(row) for row in found.words.tolist()]
    assert len(set(keys)) == len(keys)
    assert dict(zip(keys, found.times.tolist(), strict=True)) == times
    assert dict(zip(keys, found.customers.tolist(), strict=True)) == customers


def test_as_many_rows_as_need_shares_are_those_that_numpy_finds() -> None:
    chance = np.random.default_rng(3)
    words = chance.integers(0, 60_000, 2**18).reshape(-1, 1)
    ones = np.ones(len(words), np.int64)
    found = joined(
        (Rows(words[:1000], ones[:1000], ones[:1000]), Rows(words[1000:], ones[1000:], ones[1000:]))
    )
    known, times = np.unique(words[:, 0], return_counts=True)
    order = np.argsort(found.words[:, 0])
    assert np.array_equal(found.words[order, 0], known)
    assert np.array_equal(found.times[order], times)
