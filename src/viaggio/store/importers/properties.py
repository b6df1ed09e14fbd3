"""The source's own columns of a row as one JSON object, and the hash that stands for a missing id."""

import json
from collections.abc import Mapping
from typing import Any

import xxhash

from viaggio.store.importers.arrow import pa, pc
from viaggio.store.importers.records import Cells

_SPECIAL = r'["\\\x00-\x1f]'


def as_json(columns: Mapping[str, Cells], rows: int) -> Any:
    """One JSON object per row with the filled cells as texts; null where all are empty."""
    if not columns:
        return pa.nulls(rows, pa.string())
    joined = _joined([_member(name, cells.values) for name, cells in columns.items()])
    whole = pc.binary_join_element_wise("{", pc.utf8_slice_codeunits(joined, 0, -1), "}", "")
    return pc.if_else(pc.equal(joined, ""), None, whole)


def content_ids(columns: Mapping[str, Cells], rows: int) -> Any:
    """32 hexadecimal digits per row: the same for the same filled cells, whatever the order of columns."""
    if not columns:
        return pa.array([xxhash.xxh3_128_hexdigest(b"")] * rows, pa.string())
    pieces = [
        pc.binary_join_element_wise(name, "\x1e", cells.values, "\x1f", "")
        for name, cells in sorted(columns.items(), key=lambda column: column[0])
    ]
    return pa.array(
        [xxhash.xxh3_128_hexdigest(text) for text in _joined(pieces).cast(pa.binary()).to_pylist()],
        pa.string(),
    )


def _member(name: str, values: Any) -> Any:
    """`"name":"value",` texts, null for empty cells."""
    special = pc.match_substring_regex(values, pattern=_SPECIAL)
    if pc.any(special).as_py():
        escaped = [text and json.dumps(text, ensure_ascii=False)[1:-1] for text in values.to_pylist()]
        values = pa.array(escaped, pa.string())
    key = json.dumps(name, ensure_ascii=False)
    return pc.binary_join_element_wise(f'{key}:"', values, '",', "")


def _joined(pieces: list[Any]) -> Any:
    """The pieces of each row one after the other; `null_handling="skip"` loses rows where all are null."""
    return pc.binary_join_element_wise(*pieces, "", null_handling="replace", null_replacement="")
