"""Where rows and cells of delimited text begin and end, found on whole blocks at once."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt

Positions = npt.NDArray[np.int64]

_NEWLINE, _RETURN = 10, 13
_ROWS = 50_000
_LINE_END = re.compile(rb"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class RowSplit:
    """Rows of a block: byte spans, first line of each counted from 0, cells in each; blank lines left out.

    `cut` is where the last complete row ends, `newlines` the number of line ends before it.
    """

    starts: Positions
    ends: Positions
    lines: Positions
    cells: Positions
    cut: int
    newlines: int


def split_rows(data: bytes, delimiter: int, quote: int | None) -> RowSplit | None:
    """Split a block into complete rows; None where its quotes are not plainly well-formed.

    Well-formed: each quoted cell is quoted as a whole and quotes within it are doubled. Then a delimiter or
    line end counts exactly when an even number of quotes comes before it.
    """
    block = np.frombuffer(data, dtype=np.uint8)
    newlines = _line_ends(block, data)
    quotes = np.flatnonzero(block == quote) if quote is not None and quote in data else None
    ends = newlines if quotes is None else newlines[np.searchsorted(quotes, newlines) % 2 == 0]
    if not len(ends):
        none = np.zeros(0, dtype=np.int64)
        return RowSplit(none, none, none, none, 0, 0)
    cut = int(ends[-1]) + 1
    if quotes is not None and not _well_formed(block, quotes[quotes < cut], delimiter, quote or 0):
        return None
    starts = np.concatenate((np.zeros(1, dtype=np.int64), ends[:-1] + 1))
    lines = np.searchsorted(newlines, starts)
    delimiters = np.flatnonzero(block[:cut] == delimiter)
    if quotes is not None:
        delimiters = delimiters[np.searchsorted(quotes, delimiters) % 2 == 0]
    cells = np.diff(np.searchsorted(delimiters, np.append(starts, cut))) + 1
    blank = (ends == starts) | ((ends == starts + 1) & (block[starts] == _RETURN))
    filled = ~blank
    count = int(np.searchsorted(newlines, cut))
    return RowSplit(starts[filled], ends[filled], lines[filled], cells[filled], cut, count)


def pieces(data: bytes, split: RowSplit) -> Iterator[tuple[bytes, RowSplit]]:
    """The complete rows in pieces of at most 50,000, so that what is kept of each row stays bounded."""
    count = len(split.starts)
    for first in range(0, count, _ROWS):
        last = min(first + _ROWS, count)
        begin = int(split.starts[first]) if first else 0
        line = int(split.lines[first]) if first else 0
        end = int(split.starts[last]) if last < count else split.cut
        next_line = int(split.lines[last]) if last < count else split.newlines
        rows = slice(first, last)
        yield (
            data[begin:end],
            RowSplit(
                split.starts[rows] - begin, split.ends[rows] - begin, split.lines[rows] - line,
                split.cells[rows], end - begin, next_line - line,
            ),
        )  # fmt: skip


def _line_ends(block: npt.NDArray[np.uint8], data: bytes) -> Positions:
    """Positions of the last byte of each line end: LF, CR LF, or CR alone."""
    feeds = np.flatnonzero(block == _NEWLINE)
    if b"\r" not in data:
        return feeds
    returns = np.flatnonzero(block == _RETURN)
    returns = returns[returns < len(block) - 1]  # at the very end, an LF may still follow
    alone = returns[block[returns + 1] != _NEWLINE]
    return np.sort(np.concatenate((feeds, alone))) if len(alone) else feeds


def _well_formed(block: npt.NDArray[np.uint8], quotes: Positions, delimiter: int, quote: int) -> bool:
    """Whether opening quotes follow, and closing ones precede, a delimiter, a line end or their twin."""
    border = np.zeros(256, dtype=bool)
    border[[delimiter, _NEWLINE, _RETURN, quote]] = True
    opening, closing = quotes[0::2], quotes[1::2]
    before = block[np.maximum(opening - 1, 0)]
    return bool((border[before] | (opening == 0)).all() and border[block[closing + 1]].all())


def bytes_of_lines(data: bytes, lines: int) -> int:
    """Bytes that so many lines take."""
    ends = islice(_LINE_END.finditer(data), lines - 1, lines) if lines else iter(())
    last = next(ends, None)
    return last.end() if last else (len(data) if lines else 0)
