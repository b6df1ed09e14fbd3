"""What readers of foreign files hand to the fold: batches of good rows and the rejected ones beside them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pyarrow as pa


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """One row that was not taken: kept verbatim, with the place and the reason.

    `code` is stable (`value.not_a_date`, `row.too_few_cells` ...); `column` and `value` name the culprit.
    """

    file: str
    line: int
    code: str
    column: str = ""
    value: str = ""
    raw: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Rows of one fact table in its `incoming_schema`, with what was rejected and how far we are.

    `rows` may be None when a batch only carries rejects or progress. `bytes_read` counts in the file
    `file` as stored. `read` counts source rows read for this batch, good or not, once per source row.
    """

    table: str
    rows: pa.Table | None
    rejects: tuple[Reject, ...] = ()
    file: str = ""
    read: int = 0
    bytes_read: int = 0


class Reader(Protocol):
    """Turns landed files into batches. Deterministic: the same files give the same batches in order."""

    def files(self) -> Mapping[str, Path]:
        """The files it reads, by name."""

    def batches(self) -> Iterator[Batch]:
        """All batches, streamed; memory stays bounded whatever the size of the files."""
