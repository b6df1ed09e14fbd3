from collections.abc import Iterator

import pyarrow as pa
import pytest
import xxhash
from hypothesis import given
from hypothesis import strategies as st

from viaggio.store.ahead import Behind, ahead
from viaggio.store.hashing import row_digests
from viaggio.store.xxh64 import xxh64

lengths = st.integers(0, 140)
texts = st.lists(
    st.one_of(st.binary(max_size=140), lengths.flatmap(lambda n: st.binary(min_size=n, max_size=n))),
    max_size=5,
)


@given(texts, st.integers(1, 80), st.integers(0, 3))
def test_texts_hashed_side_by_side_have_the_hashes_that_the_library_gives_them(some, times, start):
    column = pa.array(some * times, pa.large_binary()).slice(start)
    assert xxh64(column).tolist() == [xxhash.xxh64_intdigest(text) for text in column.to_pylist()]


@given(st.lists(st.one_of(st.none(), st.sampled_from(["", "web", "shop"])), max_size=9))
def test_a_digest_does_not_tell_whether_texts_came_dictionary_encoded(some):
    plain = pa.chunked_array([pa.array(some[:4], pa.string()), pa.array(some[4:], pa.string())])
    digests = [row_digests([("channel", c)], len(some)) for c in (plain, plain.dictionary_encode())]
    assert digests[0].tolist() == digests[1].tolist()


def test_pieces_fetched_ahead_come_in_order_and_an_error_where_it_happened():
    def pieces() -> Iterator[int]:
        yield from range(3)
        raise ZeroDivisionError

    coming = ahead(pieces())
    assert [next(coming), next(coming), next(coming)] == [0, 1, 2]
    with pytest.raises(ZeroDivisionError):
        next(coming)


def test_what_is_done_behind_is_done_in_order_and_an_error_is_told():
    done: list[int] = []
    work = Behind()
    for number in range(9):
        work.do(lambda number=number: done.append(number))
    work.end()
    assert done == list(range(9))
    work = Behind()
    work.do(lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        work.end()
