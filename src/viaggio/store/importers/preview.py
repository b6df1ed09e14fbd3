"""The dry run: what an import would do, without writing anything."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from viaggio.store.incoming import Reader, Reject


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a reader gave: source rows read, rows per table, the first of each, and rejects by code.

    `whole` says whether the files were read to their end; if not, counts are of the part read.
    """

    read: int
    rows: Mapping[str, int] = field(default_factory=dict)
    first: Mapping[str, Any] = field(default_factory=dict)  # pa.Table per table
    rejects: Mapping[str, int] = field(default_factory=dict)
    examples: tuple[Reject, ...] = ()  # the first three of each code
    whole: bool = True


def preview(reader: Reader, limit: int | None = 10_000, *, shown: int = 20) -> Preview:
    """Read about `limit` source rows (all when None) and tell what becomes of them.

    Whole batches are counted, so somewhat more than `limit` may be read. Raises what the reader raises.
    """
    rows: Counter[str] = Counter()
    rejected: Counter[str] = Counter()
    first: dict[str, Any] = {}
    examples: list[Reject] = []
    read = 0
    whole = True
    batches = reader.batches()
    for batch in batches:
        if batch.read and limit is not None and read >= limit:
            whole = False
            break
        read += batch.read
        for reject in batch.rejects:
            rejected[reject.code] += 1
            if rejected[reject.code] <= 3:
                examples.append(reject)
        if batch.rows is not None:
            rows[batch.table] += batch.rows.num_rows
            first.setdefault(batch.table, batch.rows.slice(0, shown))
    return Preview(
        read=read,
        rows=dict(rows),
        first=first,
        rejects=dict(rejected),
        examples=tuple(examples),
        whole=whole,
    )
