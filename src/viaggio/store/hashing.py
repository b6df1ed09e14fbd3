"""Stable hashes: of rows, of identifiers, of files. The same on every machine, for ever: files hold them.

Rows: `key` = xxh64(source, unit separator, id). `digest` mixes one 64-bit word per column with splitmix64
(Steele, Lea, Flood 2014), so that a row's content is compared without comparing columns.
Identifiers: BLAKE2b with 64 bits, because they are chosen by outsiders who must not find collisions cheaply.
"""

from collections.abc import Iterable, Iterator
from hashlib import blake2b, sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from viaggio.store.xxh64 import xxh64

Words = npt.NDArray[np.uint64]
Keys = npt.NDArray[np.int64]

SEPARATOR = "\x1f"
_NULL = np.uint64(0x6E756C6C6E756C6C)
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_BLOCK_BYTES = 1 << 20
_NO_NODE = bytes(8)


def mix(words: Words) -> Words:
    """The mixing step of splitmix64."""
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Words = words ^ (words >> np.uint64(31))
    return mixed


def text_words(texts: pa.Array | pa.ChunkedArray) -> Words:
    """xxh64 of each text; a missing text counts as empty."""
    values = texts.cast(pa.large_binary())
    if values.null_count:
        values = pc.fill_null(values, b"")
    return xxh64(values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values)


def row_keys(source: str, ids: pa.Array | pa.ChunkedArray) -> Keys:
    """Key of each row: hash of its source and its id there."""
    prefix = pa.scalar(source + SEPARATOR, pa.large_string())
    return text_words(
        pc.binary_join_element_wise(prefix, ids.cast(pa.large_string()), pa.scalar("", pa.large_string()))
    ).view(np.int64)


def text_key(text: str) -> int:
    """xxh64 of one text as a signed number, never 0: of an episode, where 0 means none."""
    return int(np.uint64(xxhash.xxh64_intdigest(text.encode()) or 1).view(np.int64))


def node_key(kind: str, value: str) -> int:
    """Key of one identifier from its kind and normalised value, as a signed 64-bit number; never 0."""
    digest = blake2b(f"{kind}\x1f{value}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True) or 1


def node_keys(kind: str, values: Iterable[str | None]) -> Keys:
    """`node_key` of many values of one kind; 0 for None."""
    start = f"{kind}{SEPARATOR}"
    digests = [
        _NO_NODE if v is None else blake2b((start + v).encode(), digest_size=8).digest() for v in values
    ]
    keys = np.frombuffer(b"".join(digests), ">i8").astype(np.int64)
    for place in np.flatnonzero(keys == 0).tolist():
        keys[place] = 0 if digests[place] is _NO_NODE else 1
    return keys


def _coded_column(column: pa.ChunkedArray) -> Words:
    coded = column.unify_dictionaries().combine_chunks()
    codes = pc.fill_null(coded.indices, 0).to_numpy(zero_copy_only=False)
    words: Words = text_words(coded.dictionary)[codes]
    return words


def _number_column(column: pa.ChunkedArray) -> Words:
    kind = column.type
    if pa.types.is_floating(kind):
        plain = pc.add(pc.fill_null(column.cast(pa.float64()), 0.0), 0.0)  # -0.0 + 0.0 is 0.0
        return np.ascontiguousarray(plain.to_numpy()).view(np.uint64)
    if pa.types.is_timestamp(kind):
        column = column.cast(pa.int64())
    elif pa.types.is_date(kind):
        column = column.cast(pa.int32()).cast(pa.int64())
    elif pa.types.is_boolean(kind):
        column = column.cast(pa.int64())
    return np.ascontiguousarray(pc.fill_null(column, 0).to_numpy()).astype(np.int64).view(np.uint64)


def column_words(column: pa.ChunkedArray) -> Words | None:
    """One word per row of one column, whose texts may be dictionary-encoded; None where all are empty."""
    if column.null_count == len(column):
        return None
    if pa.types.is_dictionary(column.type):
        words = _coded_column(column)
    elif pa.types.is_string(column.type):
        words = text_words(column)
    else:
        words = _number_column(column)
    if column.null_count:
        words = np.where(pc.is_null(column).to_numpy(), _NULL, words)
    return words


def row_digests(columns: Iterable[tuple[str, pa.ChunkedArray]], rows: int) -> Keys:
    """Digest of each row over names and columns; empty values leave no trace.

    So a column that a later version of a contract adds does not change the digests of rows without it.
    """
    total: Words = np.zeros(rows, np.uint64)
    for name, column in columns:
        words = column_words(column)
        if words is None:
            continue
        salt = np.uint64(xxhash.xxh64_intdigest(name.encode()))
        mixed = mix((words ^ salt) * _GOLDEN + salt)
        if column.null_count:
            mixed = np.where(pc.is_null(column).to_numpy(), np.uint64(0), mixed)
        total += mixed
    return mix(total).view(np.int64)


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK_BYTES):
            yield block


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    digest: Any = sha256()
    for block in _blocks(path):
        digest.update(block)
    return str(digest.hexdigest())
