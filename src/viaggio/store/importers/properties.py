"""The source's own columns of each row as one JSON object, and the hash by which a row without an id is known."""

import json
from collections.abc import Mapping
from typing import Any

import xxhash

from viaggio.store.importers.arrow import pa, pc
from viaggio.store.importers.records import Cells

_SPECIAL = r'["\\\x00-\x1f]'


def as_json(columns: Mapping[str, Cells], rows: int) -> Any:
    """One JSON object per row with the filled cells as texts; null where all are empty."""
    pieces = [_member(name, cells.values) for name, cells in columns.items()]
    if not pieces:
        return pa.nulls(rows, pa.string())
    joined = pc.binary_join_element_wise(*pieces, ",", null_handling="skip")
    whole = pc.binary_join_element_wise("{", joined, "}", "")
    return pc.if_else(pc.equal(joined, ""), None, whole)


def _member(name: str, values: Any) -> Any:
    """`"name":"value"` texts, null for empty cells."""
    special = pc.match_substring_regex(values, pattern=_SPECIAL)
    if pc.any(special).as_py():
        escaped = [text and json.dumps(text, ensure_ascii=False)[1:-1] for text in values.to_pylist()]
        values = pa.array(escaped, pa.string())
    return pc.binary_join_element_wise(json.dumps(name, ensure_ascii=False) + ':"', values, '"', "")


def content_ids(columns: Mapping[str, Cells], rows: int) -> Any:
    """A text of 32 hexadecimal digits per row, the same for the same filled cells whatever the order of columns."""
    pieces = [pc.binary_join_element_wise(name, columns[name].values, "\x1e") for name in sorted(columns)]
    if not pieces:
        return pa.array([xxhash.xxh3_128_hexdigest(b"")] * rows, pa.string())
    joined = pc.binary_join_element_wise(*pieces, "\x1f", null_handling="skip")
    return pa.array([xxhash.xxh3_128_hexdigest(text) for text in joined.to_pylist()], pa.string())
