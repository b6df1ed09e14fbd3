"""Identifiers taken many at a time are what they are one by one."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from viaggio.customer.model import KINDS
from viaggio.customer.rules import BLOCKED, normalise
from viaggio.store.fold import identify
from viaggio.store.hashing import node_key, node_keys

TEXTS = st.lists(
    st.one_of(
        st.text(max_size=12),
        st.text("0-_ .x1Z\n", max_size=8),
        st.sampled_from([*sorted(BLOCKED), "NULL", "None", "007", "12.0", "a@b.it", "+39 347 1234567"]),
    ),
    max_size=20,
)


@settings(deadline=None)
@given(kind=st.sampled_from(KINDS), texts=TEXTS)
@example(kind="visitor", texts=["A\n", "0-_0", "a_1", "é1", "tEsT", "-1"])
def test_many_identifiers_are_normalised_and_keyed_as_each_is(kind: str, texts: list[str]) -> None:
    values = identify.normalised(kind, pa.array(texts, pa.string()))
    assert values == [normalise(kind, text) for text in texts]
    keys = [0 if value is None else node_key(kind, value) for value in values]
    assert node_keys(kind, values).tolist() == keys


@given(keys=st.lists(st.integers(-(2**63), 2**63 - 1), max_size=9))
def test_pairs_of_keys_are_written_in_hexadecimal(keys: list[int]) -> None:
    one, other = np.array(keys, np.int64), np.array(keys[::-1], np.int64)
    words = [key % 2**64 for key in keys]
    expected = [f"{a:016x}-{b:016x}" for a, b in zip(words, words[::-1], strict=True)]
    assert identify.pair_ids(one, other).to_pylist() == expected


@settings(deadline=None)
@given(pieces=st.lists(st.lists(st.sampled_from([None, "7", "b", "c", "d", "e"]), max_size=9), max_size=5))
def test_texts_with_one_hash_are_told_apart(pieces: list[list[str | None]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(identify, "text_words", lambda texts: np.zeros(len(texts), np.uint64))
        known = identify._Known("visitor")
        for texts in pieces:
            _, codes = known.codes(pa.chunked_array([pa.array(texts, pa.string())]))
            keys = [0 if text is None else node_key("visitor", text) for text in texts]
            assert known.nodes[codes].tolist() == keys


@settings(deadline=None)
@given(pieces=st.lists(st.lists(st.sampled_from([None, "7", " 7", "n/a", "b", "c", "d"]), max_size=9)))
def test_keys_do_not_depend_on_what_was_forgotten(pieces: list[list[str | None]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(identify, "_CACHE_VALUES", 4)
        known = identify._Known("visitor")
        for texts in pieces:
            _, codes = known.codes(pa.chunked_array([pa.array(texts, pa.string())]))
            nodes = known.nodes[codes]
            values = [None if text is None else normalise("visitor", text) for text in texts]
            assert nodes.tolist() == [0 if v is None else node_key("visitor", v) for v in values]
