"""Rows are gathered per table and handed over as Arrow batches in the incoming schema."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import pyarrow as pa

from viaggio.store.contracts import FACTS, incoming_schema
from viaggio.store.incoming import Batch, Reject
from viaggio.store.recipes.cells import BadCell, Record

CHUNK = 20_000
"""Source rows per batch: bounds memory, and is how often progress is told."""

Row = tuple[str, dict[str, object]]
"""A fact: its table and its columns; those left out are empty. Times are UTC microseconds."""

type Placed[R: Record] = tuple[R | Reject, int]
"""A source row, or why it is none, with the bytes of the stored file read so far."""


def table_of(name: str, rows: Sequence[Mapping[str, object]]) -> pa.Table:
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
