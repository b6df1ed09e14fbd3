"""Delimited text (CSV and its cousins), streamed into text columns with true line numbers."""

import csv
import io
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from viaggio.store.importers.arrow import pa, pc
from viaggio.store.importers.encoding import open_payload, utf8_blocks
from viaggio.store.importers.layout import Head, Layout, csv_rows, read_head
from viaggio.store.importers.records import (
    LIMITS,
    REJECT_COLUMNS,
    Cells,
    Limits,
    Records,
    clipped,
    text_array,
)
from viaggio.store.importers.rowsplit import RowSplit, bytes_of_lines, pieces, split_rows
from viaggio.store.importers.text_cells import arrow_table, is_utf8, readable, text_fault
from viaggio.store.incoming import Reject

_SLOW_ROWS = 20_000


def read_csv(
    path: Path, layout: Layout | None = None, *, name: str = "", limits: Limits = LIMITS
) -> Iterator[Records]:
    """Stream a delimited text file, plain or compressed, in chunks of a few MB.

    Rows with too few or too many cells, bad quotes, undecodable bytes, NULs or overlong cells are rejected; a
    compressed file that breaks off ends with one `file.truncated` or `file.broken_off` reject. A quote that
    never closes costs only its own line: reading goes on at the next one. Raises `BadFile`.
    """
    head = read_head(path, layout or Layout(), limits)
    return _stream(path, _Body(head, name or path.name, limits))


def _stream(path: Path, body: "_Body") -> Iterator[Records]:
    payload = open_payload(path)
    broken = ""
    try:
        blocks = utf8_blocks(payload, body.head.encoding, body.limits.block)
        skip, data, wanted = body.head.skip, bytearray(), body.limits.block
        while True:
            try:
                block = next(blocks, None)
            except EOFError:
                broken = "file.truncated"
                break
            except OSError:
                broken = "file.broken_off"
                break
            if block is None:
                break
            data += block[skip:]
            skip -= min(skip, len(block))
            if len(data) < wanted:
                continue
            used = yield from body.parse(bytes(data), final=False, position=payload.position)
            del data[:used]
            wanted = max(body.limits.block, 2 * len(data))  # a row still open: read on in growing steps
        if data and not broken and data[-1:] != b"\n":
            data += b"\n"
        used = yield from body.parse(bytes(data), final=not broken, position=payload.position)
        if broken:
            yield body.broken(bytes(data[used:]), broken, payload.position)
    finally:
        payload.close()


@dataclass(slots=True)
class _Body:
    head: Head
    file: str
    limits: Limits
    overlong: bool = False  # within a line given up
    line: int = field(init=False)
    kept: list[tuple[int, str]] = field(init=False)

    def __post_init__(self) -> None:
        self.line = self.head.line
        self.kept = [(at, name) for at, name in enumerate(self.head.columns) if name not in REJECT_COLUMNS]

    def parse(self, data: bytes, *, final: bool, position: int) -> Generator[Records, None, int]:
        """Yield the complete rows of `data`; return how many bytes they took."""
        if self.overlong:
            passed, ended = self._pass_over(data)
            if not ended:
                return passed
            return passed + (yield from self.parse(data[passed:], final=final, position=position))
        split = self._split(data)
        if split is None or (not split.cut and (final or len(data) >= self.limits.row)):
            used = yield from self._slow(data, final=final, position=position)
            if used or final or len(data) < self.limits.row:
                return used
            yield self._give_up(data, position)
            return len(data)
        for piece, rows in pieces(data, split):
            records = self._fast(piece, rows, position)
            if records is None:
                yield from self._slow(piece, final=True, position=position)
            else:
                self.line += rows.newlines
                yield records
        if not len(split.starts):
            self.line += split.newlines
        if not final or split.cut == len(data):
            return split.cut
        return split.cut + (yield from self._slow(data[split.cut :], final=True, position=position))

    def _give_up(self, data: bytes, position: int) -> Records:
        """Reject a line that is longer than a row may be; its rest is passed over."""
        self.overlong = True
        return self._lone("row.too_long", data[:1_000], position)

    def _pass_over(self, data: bytes) -> tuple[int, bool]:
        """Bytes up to the end of an overlong line (all when it does not end here), and whether it ended."""
        passed = bytes_of_lines(data, 1)
        if data[passed - 1 : passed] in {b"\n", b"\r"}:
            self.overlong = False
            self.line += 1
        return passed, not self.overlong

    def _split(self, data: bytes) -> RowSplit | None:
        layout = self.head.layout
        marks = self.head.delimiter + layout.quote
        if layout.escape or not marks.isascii() or b"\0" in data:
            return None
        return split_rows(data, ord(self.head.delimiter), ord(layout.quote) if layout.quote else None)

    def _fast(self, data: bytes, split: RowSplit, position: int) -> Records | None:
        """Columns by Arrow's parser; None where the text is not valid UTF-8."""
        width = len(self.head.columns)
        good = split.cells == width
        if not good.all() and not is_utf8(data):
            return None  # Arrow can not hand such rows to its handler
        rejects = [self._ragged(data, split, int(at)) for at in np.flatnonzero(~good)]
        try:
            table = arrow_table(data, width, self.head)
        except pa.ArrowInvalid:
            return None
        if table.num_rows != int(good.sum()):
            return None
        columns = {name: Cells(table.column(at).combine_chunks()) for at, name in self.kept}
        return self._checked(columns, split.lines[good] + self.line, rejects, len(split.starts), position)

    def _ragged(self, data: bytes, split: RowSplit, at: int) -> Reject:
        text = data[split.starts[at] : split.ends[at]].decode("utf-8", "replace")
        cells: list[str] = next(csv_rows(io.StringIO(text, newline=""), self.head.layout), [])
        return self._wrong_width(cells, self.line + int(split.lines[at]))

    def _wrong_width(self, cells: list[str], line: int) -> Reject:
        few = len(cells) < len(self.head.columns)
        raw = dict(zip(self.head.columns, cells, strict=False))
        raw |= {f"+{at}": cell for at, cell in enumerate(cells[len(self.head.columns) :], start=1)}
        raw = {name: cell for name, cell in raw.items() if name not in REJECT_COLUMNS}
        code = "row.too_few_cells" if few else "row.too_many_cells"
        return Reject(file=self.file, line=line, code=code, value=str(len(cells)), raw=clipped(raw))

    def _slow(self, data: bytes, *, final: bool, position: int) -> Generator[Records, None, int]:
        """Row by row with the standard library, where a block is not plainly well-formed."""
        text = data.decode("utf-8", "viaggio.mark")
        lines = list(io.StringIO(text, newline=""))
        if lines and not final and (not lines[-1].endswith("\n")):
            lines.pop()  # its end, or the LF after its CR, is still to come
        rows: list[tuple[int, list[str]]] = []
        rejects: list[Reject] = []
        start = 0
        while start < len(lines):
            row_start = start
            reader = csv_rows(_from(lines, start), self.head.layout)
            try:
                for row in reader:
                    if row:
                        rows.append((self.line + row_start, row))
                    row_start = start + reader.line_num
                    if len(rows) >= _SLOW_ROWS:
                        yield self._slow_records(rows, rejects, position)
                        rows, rejects = [], []
                start = len(lines)
            except csv.Error as error:
                unclosed = "quote" not in str(error) and "expected after" not in str(error)
                start = row_start
                if unclosed and not final and sum(map(len, lines[start:])) < self.limits.row:
                    break
                code = "row.unclosed_quote" if unclosed else "row.bad_quotes"
                raw = {"": lines[start].rstrip("\r\n")}
                rejects.append(Reject(file=self.file, line=self.line + start, code=code, raw=clipped(raw)))
                start += 1
        if rows or rejects:
            yield self._slow_records(rows, rejects, position)
        self.line += start
        return bytes_of_lines(data, start)

    def _slow_records(
        self, rows: list[tuple[int, list[str]]], rejects: list[Reject], position: int
    ) -> Records:
        read = len(rows) + len(rejects)
        good = []
        for line, row in rows:
            if len(row) != len(self.head.columns):
                rejects.append(self._wrong_width(row, line))
            elif fault := text_fault(row):
                code, at = fault
                raw = dict(zip(self.head.columns, row, strict=True))
                rejects.append(self._reject(code, self.head.columns[at], row[at], line, raw))
            else:
                good.append((line, row))
        cells = list(zip(*(row for _, row in good), strict=True)) or [()] * len(self.head.columns)
        columns = {name: Cells(text_array(cells[at])) for at, name in self.kept}
        lines = np.array([line for line, _ in good], dtype=np.int64)
        return self._checked(columns, lines, rejects, read, position)

    def _reject(self, code: str, column: str, value: str, line: int, raw: dict[str, str]) -> Reject:
        shown = readable({"": value})[""][:200]
        return Reject(
            file=self.file, line=line, code=code, column=column, value=shown, raw=clipped(readable(raw))
        )

    def _checked(
        self, columns: dict[str, Cells], lines: Any, rejects: list[Reject], read: int, position: int
    ) -> Records:
        """The chunk without rows that hold an overlong cell."""
        records = Records(file=self.file, columns=columns, lines=lines)
        for name, cells in columns.items():
            lengths = pc.fill_null(pc.utf8_length(cells.values), 0)
            if (pc.max(lengths).as_py() or 0) <= self.limits.cell_characters:
                continue
            long = np.asarray(pc.greater(lengths, self.limits.cell_characters))
            for at in np.flatnonzero(long):
                value = cells.values[int(at)].as_py()
                rejects.append(
                    self._reject("cell.too_long", name, value, int(lines[at]), records.raw(int(at)))
                )
            records = _without(records, long)
            lines = records.lines
            columns = dict(records.columns)
            return self._checked(columns, lines, rejects, read, position)
        rejects.sort(key=lambda reject: reject.line)
        return Records(
            file=self.file,
            columns=columns,
            lines=lines,
            rejects=tuple(rejects),
            read=read,
            bytes_read=position,
        )

    def broken(self, rest: bytes, code: str, position: int) -> Records:
        """The last chunk of a compressed file that breaks off: what is left of its last row, rejected."""
        return self._lone(code, rest, position)

    def _lone(self, code: str, text: bytes, position: int) -> Records:
        """A chunk with nothing but one reject of the present line."""
        raw = {"": text.decode("utf-8", "replace")}
        reject = Reject(file=self.file, line=self.line, code=code, raw=clipped(raw))
        columns = {name: Cells(pa.array([], pa.string())) for _, name in self.kept}
        none = np.zeros(0, dtype=np.int64)
        return Records(
            file=self.file, columns=columns, lines=none, rejects=(reject,), read=1, bytes_read=position
        )


def _from(lines: list[str], start: int) -> Iterator[str]:
    for at in range(start, len(lines)):
        yield lines[at]


def _without(records: Records, rows: Any) -> Records:
    keep = pa.array(~rows)
    columns = {name: Cells(cells.values.filter(keep)) for name, cells in records.columns.items()}
    return Records(file=records.file, columns=columns, lines=records.lines[~rows])
