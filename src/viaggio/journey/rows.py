"""Results as tables: rows of frozen dataclasses to Arrow, typed even when there are none."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, get_type_hints

import pyarrow as pa

from viaggio.journey.model import Phase

_ARROW = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}


def arrow_table(
    rows: Sequence[Any], row: type, *, nested: Sequence[str] = (), leave: Sequence[str] = ()
) -> pa.Table:
    """One line per row; a column per field of the dataclass `row`; `nested` ones spread out, some left."""
    columns: dict[str, Any] = {}
    hints = get_type_hints(row)
    for field in fields(row):
        if field.name in leave:
            continue
        values = [getattr(one, field.name) for one in rows]
        if field.name in nested:
            inner = arrow_table(values, hints[field.name])
            columns |= dict(zip(inner.column_names, inner.columns, strict=True))
        else:
            kinds = getattr(hints[field.name], "__args__", (hints[field.name],))
            columns[field.name] = pa.array(values, _ARROW[kinds[0]])
    return pa.table(columns)


def names(texts: tuple[str, ...]) -> tuple[str | None, ...]:
    """Names by code + 1; place 0 is for rows without a value."""
    return (None, *texts)


_PHASES = {str(phase): place for place, phase in enumerate(Phase)}


def rank(name: str | None) -> tuple[int, str]:
    """Sorting key of names: the four phases in their order, then by letter; no value comes last."""
    if name is None:
        return (len(_PHASES) + 1, "")
    place = _PHASES.get(name)
    return (len(_PHASES), name) if place is None else (place, "")
