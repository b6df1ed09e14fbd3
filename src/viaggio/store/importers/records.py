"""Source rows as read: text columns with the true line of each row, before any mapping."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from viaggio.store.importers.arrow import pa, pc
from viaggio.store.incoming import Reject

REJECT_COLUMNS = frozenset({"_file", "_line", "_column", "_reason"})
"""Columns that a file of rejected rows carries; ignored when it is mended and imported again."""

_RAW_CHARACTERS = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a single file may ask of us. Sizes in bytes unless named otherwise."""

    block: int = 4 << 20  # read at once
    cell_characters: int = 1 << 20  # longer cells are rejected
    row: int = 32 << 20  # an open quote is given up after this
    columns: int = 16_384
    excel_unpacked: int = 2 << 30  # of all parts of a workbook
    excel_strings: int = 256 << 20  # of its table of shared texts, which is held in memory
    excel_ratio: int = 1_000  # unpacked over packed, above 64 MB
    excel_rows: int = 1_048_576
    excel_chunk_rows: int = 20_000
    excel_chunk_cells: int = 1_000_000


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Cells:
    """One column of a chunk as text; empty cells are null.

    `canonical` marks cells that were typed in the source (Excel, Parquet): their text is a plain number with
    a decimal point, an ISO date and time, or true/false, whatever style the mapping states for text.
    """

    values: Any  # pa.StringArray
    canonical: Any = None  # pa.BooleanArray, or None where no cell is typed


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """A chunk of source rows in file order.

    `lines` holds the line (or sheet row, or Parquet row) where each row starts, from 1. `read` counts the
    rejected rows too; `bytes_read` is the position reached in the file as stored.
    """

    file: str
    columns: Mapping[str, Cells]
    lines: npt.NDArray[np.int64]
    rejects: tuple[Reject, ...] = ()
    read: int = 0
    bytes_read: int = 0
    names: tuple[str, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.lines)

    def raw(self, row: int) -> dict[str, str]:
        """The cells of one row, verbatim."""
        return clipped({name: cells.values[row].as_py() or "" for name, cells in self.columns.items()})


def clipped(raw: Mapping[str, str]) -> dict[str, str]:
    """The same cells; long ones are cut where the row as a whole is too long to be kept in memory."""
    if sum(map(len, raw.values())) <= _RAW_CHARACTERS:
        return dict(raw)
    share = max(_RAW_CHARACTERS // len(raw), 16)
    kept = [(name, text if len(text) <= share else text[:share] + "…") for name, text in raw.items()]
    return dict(kept[: _RAW_CHARACTERS // 16])


def named_columns(names: list[str]) -> tuple[str, ...]:
    """Unique column names: blank ones become `column 3`, repeated ones `e-mail (1)`, `e-mail (2)`."""
    filled = [name.strip() or f"column {at}" for at, name in enumerate(names, start=1)]
    repeated = (
        {name for name in filled if filled.count(name) > 1} if len(set(filled)) < len(filled) else set()
    )
    seen: dict[str, int] = {}
    taken = set(filled) - repeated
    unique = []
    for name in filled:
        new = name
        while name in repeated and (new == name or new in taken):
            seen[name] = seen.get(name, 0) + 1
            new = f"{name} ({seen[name]})"
        taken.add(new)
        unique.append(new)
    return tuple(unique)


def text_array(cells: Any) -> Any:
    """A string array of Python texts in which empty cells are null; raises UnicodeEncodeError."""
    values = pa.array(cells, pa.string())
    return pc.if_else(pc.equal(values, ""), None, values)
