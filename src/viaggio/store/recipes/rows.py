"""Rows are gathered per table and handed over as Arrow batches in the incoming schema."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from viaggio.store.contracts import FACTS, incoming_schema
from viaggio.store.importers.arrow import pa, pc
from viaggio.store.incoming import Batch, Reject
from viaggio.store.recipes.cells import BadCell, Record

CHUNK = 20_000
"""Source rows per batch: bounds memory, and is how often progress is told."""

Row = tuple[str, dict[str, object]]
"""A fact: its table and its columns; those left out are empty. Times are UTC microseconds."""

type Faults = Callable[[Any], Iterable[tuple[str, str, Any]]]
"""Looks at an Arrow table and gives column, code and mask of its bad rows."""

AT = "_line"
"""The column of an Arrow table that says where each row stands in its file, from 1."""

type Placed[R: Record] = tuple[R | Reject, int]
"""A source row, or why it is none, with the bytes of the stored file read so far."""


def table_of(name: str, rows: Sequence[Mapping[str, object]]) -> Any:
    """Rows of a table as Arrow, in its `incoming_schema`."""
    return pa.Table.from_pylist(rows, schema=incoming_schema(FACTS[name]))


def converted[R: Record](
    table: str, placed: Iterable[Placed[R]], convert: Callable[[R], Iterable[Row]]
) -> Iterator[Batch]:
    """Source rows turned into facts by `convert`, chunk by chunk.

    A row for which `convert` raises `BadCell` gives no fact at all and one reject. What is read and
    rejected is counted on `table`, the table the file is mainly about.
    """
    gathered: dict[str, list[Mapping[str, object]]] = {table: []}
    rejects: list[Reject] = []
    read, file, position = 0, "", 0
    for entry, position in placed:
        read += 1
        file = entry.file
        if isinstance(entry, Reject):
            rejects.append(entry)
        else:
            try:
                for name, row in list(convert(entry)):
                    gathered.setdefault(name, []).append(row)
            except BadCell as bad:
                rejects.append(reject(entry, bad))
        if read == CHUNK:
            yield from _batches(
                table, gathered, rejects=tuple(rejects), file=file, read=read, position=position
            )
            gathered, rejects, read = {table: []}, [], 0
    yield from _batches(table, gathered, rejects=tuple(rejects), file=file, read=read, position=position)


def reject(record: Record, bad: BadCell) -> Reject:
    """The reject of a source row, verbatim."""
    return Reject(
        file=record.file,
        line=record.line,
        code=bad.code,
        column=bad.column,
        value=bad.value,
        raw=dict(record.cells),
    )


def parted(rows: Any, faults: Iterable[tuple[str, str, Any]], file: str) -> tuple[Any, tuple[Reject, ...]]:
    """The good rows of an Arrow table, and the others as rejects with their first fault.

    `faults` gives column, code and the mask of the rows at fault; the column `AT` says where each row stands.
    """
    found: dict[int, tuple[str, str]] = {}
    for column, code, mask in faults:
        for position in pc.indices_nonzero(mask).to_pylist():
            found.setdefault(position, (code, column))
    if not found:
        return rows, ()
    rejects = []
    for position in sorted(found):
        code, column = found[position]
        cells = rows.slice(position, 1).to_pylist()[0]
        rejects.append(reject_of(cells, file, BadCell(code, column)))
    return rows.filter(pa.array([at not in found for at in range(rows.num_rows)])), tuple(rejects)


def reject_of(cells: Mapping[str, Any], file: str, bad: BadCell) -> Reject:
    """The reject of a row of Arrow values; `AT` says where it stands."""
    raw = {name: str(value) for name, value in cells.items() if value is not None and name != AT}
    return Reject(
        file=file, line=cells[AT], code=bad.code, column=bad.column, value=raw.get(bad.column, ""), raw=raw
    )


def columnar(name: str, columns: Mapping[str, Any]) -> Any:
    """Arrow columns as a table in the `incoming_schema` of `name`; those left out are empty."""
    schema = incoming_schema(FACTS[name])
    rows = len(columns["id"])
    arrays = [columns[f.name].cast(f.type) if f.name in columns else pa.nulls(rows, f.type) for f in schema]
    return pa.table(arrays, schema=schema)


def json_column(numbers: Mapping[str, Any], rest: Any = None) -> Any:
    """A JSON object per row: columns of whole numbers, then what `rest` holds, each with a comma first."""
    parts: list[Any] = []
    for position, (name, values) in enumerate(numbers.items()):
        parts += [f'{"," if position else "{"}"{name}":', values.cast(pa.string())]
    return pc.binary_join_element_wise(*parts, *([] if rest is None else [rest]), "}", "")


def _batches(
    main: str,
    gathered: Mapping[str, list[Mapping[str, object]]],
    *,
    rejects: tuple[Reject, ...],
    file: str,
    read: int,
    position: int,
) -> Iterator[Batch]:
    for name, rows in gathered.items():
        ours = name == main
        yield Batch(
            table=name,
            rows=table_of(name, rows) if rows else None,
            rejects=rejects if ours else (),
            file=file,
            read=read if ours else 0,
            bytes_read=position,
        )
