"""Arrow form of the column contracts, and fast text columns out of numbers and codes."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from viaggio.customer.tables import IDENTIFIER_COLUMNS
from viaggio.kernel import Contract, Kind

TYPES: Mapping[Kind, Any] = {
    Kind.KEY: pa.int64(),
    Kind.TEXT: pa.string(),
    Kind.CODE: pa.string(),
    Kind.TIME: pa.timestamp("us", tz="UTC"),
    Kind.DAY: pa.date32(),
    Kind.WHOLE: pa.int64(),
    Kind.CENTS: pa.int64(),
    Kind.NUMBER: pa.float64(),
    Kind.YES_NO: pa.bool_(),
    Kind.JSON: pa.string(),
}


def schema(contract: Contract) -> Any:
    """Arrow schema of the rows to land: id, identifiers as text, then the contract's columns."""
    fields = [pa.field("id", pa.string(), nullable=False)]
    if contract.customer:
        fields += [pa.field(name, pa.string()) for name in IDENTIFIER_COLUMNS]
    fields += [pa.field(column.name, TYPES[column.kind]) for column in contract.columns]
    return pa.schema(fields)


def table(contract: Contract, n: int, columns: Mapping[str, Any]) -> Any:
    """An Arrow table in the contract's schema; columns not given are empty, single values are repeated."""
    wanted = schema(contract)
    unknown = set(columns) - set(wanted.names)
    if unknown:
        raise KeyError(*sorted(unknown))
    arrays = []
    for field in wanted:
        given = columns.get(field.name)
        if given is None:
            arrays.append(pa.nulls(n, field.type))
        elif isinstance(given, str | int | float | bool):
            arrays.append(pa.repeat(pa.scalar(given, field.type), n))
        else:
            arrays.append(_cast(given, field.type))
    return pa.table(arrays, schema=wanted)


def _cast(values: Any, kind: Any) -> Any:
    if isinstance(values, np.ndarray):
        if pa.types.is_timestamp(kind):
            return pa.array(values, pa.int64()).cast(kind)
        if pa.types.is_date(kind):
            return pa.array(values.astype(np.int32), pa.int32()).cast(kind)
        return pa.array(values, kind)
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if values.type == kind:
        return values
    if pa.types.is_date(kind):
        return values.cast(pa.int32()).cast(kind)
    return values.cast(kind)


def codes(names: Sequence[str], at: NDArray[Any]) -> Any:
    """Text of each position; a negative position gives no value."""
    missing = at < 0
    taken = pa.array(list(names), pa.string()).take(pa.array(np.where(missing, 0, at), pa.int32()))
    return taken if not missing.any() else hide(taken, missing)


def hide(values: Any, where: NDArray[np.bool_]) -> Any:
    """The same values, with none where the mask is true."""
    if not where.any():
        return values
    return pc.if_else(pa.array(~where), values, pa.scalar(None, values.type))


def whole(values: NDArray[np.int64], missing: int) -> Any:
    """Whole numbers, with no value where the number is `missing`."""
    return pa.array(values, pa.int64(), mask=values == missing)


def numbered(prefix: str, number: NDArray[np.int64], digits: int = 9) -> Any:
    """`prefix` and the number, filled with zeros."""
    text = pc.utf8_lpad(pa.array(number, pa.int64()).cast(pa.string()), digits, "0")
    return join(prefix, text)


def join(*parts: Any) -> Any:
    """Texts put together row by row; a row with an empty part is empty."""
    return pc.binary_join_element_wise(*parts, "")


def json_object(n: int, fields: Mapping[str, Any]) -> Any:
    """A JSON object per row out of text or number columns; empty values are left out, empty rows are none."""
    pieces = []
    for name, values in fields.items():
        quote = '"' if pa.types.is_string(values.type) else ""
        text = values if quote else values.cast(pa.string())
        pieces.append(pc.fill_null(join(f'"{name}": {quote}', text, f"{quote}, "), ""))
    if not pieces:
        return pa.nulls(n, pa.string())
    inside = pc.binary_join_element_wise(*pieces, "")
    inside = inside.combine_chunks() if isinstance(inside, pa.ChunkedArray) else inside
    empty = pc.equal(inside, "")
    whole_text = join("{", pc.utf8_slice_codeunits(inside, 0, -2), "}")
    return pc.if_else(empty, pa.scalar(None, pa.string()), whole_text)
