"""Where a person's identifiers stand in texts and files: looked for, and taken out of what is of others.

E-mail addresses and phones are looked for always, numbers where they are long enough to be nobody else's,
keys of customers as they are exported. Names are not: too many people share them.
"""

import gzip
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from viaggio.customer.rules import COUNTRY

ERASED = "[erased]"
"""What stands where an identifier stood in a text of somebody else."""

LONG = 6
"""Signs that a number or id has at least to be looked for in texts."""

_BLOCK_BYTES = 1 << 20
_OVERLAP = 400
_HEAD_BYTES = 262
_GAP = r"[\s()./-]{0,2}"
_NEVER = r"[^\s\S]"


@dataclass(frozen=True)
class Traces:
    """What to look for. `words`: pairs of kind and normalised identifier; `nodes`: keys of identifiers."""

    words: tuple[tuple[str, str], ...]
    nodes: frozenset[int]

    def found(self, text: str) -> bool:
        """Whether a text names the person."""
        return self._exact.search(text) is not None

    def without(self, text: str) -> str:
        """The text with `ERASED` for each identifier."""
        return self._exact.sub(ERASED, text)

    def in_column(self, column: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
        """Which texts of a column name the person."""
        maybe = pc.match_substring_regex(column, self.loose, ignore_case=True)
        rows = np.flatnonzero(pc.fill_null(maybe, fill_value=False).to_numpy())
        named = np.zeros(len(column), bool)
        named[rows] = [self.found(text) for text in column.take(pa.array(rows)).to_pylist()]
        return named

    def in_file(self, path: Path) -> bool | None:
        """Whether a file names the person; None where its form can not be read."""
        try:
            with path.open("rb") as stream:
                head = stream.read(_HEAD_BYTES)
            if head[:4] == b"PAR1":
                return self._in_parquet(path)
            if head[:4] == b"PK\x03\x04":
                return self._in_zip(path)
            if head[257:262] == b"ustar":
                return None
            with _opened(path, head) as plain:
                return self._in_blocks(_blocks(plain))
        except (OSError, EOFError, zipfile.BadZipFile, pa.ArrowException):
            return None

    def _in_blocks(self, blocks: Iterable[bytes]) -> bool:
        """Blocks overlap, so that nothing is cut in two. Texts of 16 bits a sign are read as such."""
        before, wide = b"", ""
        for number, block in enumerate(blocks):
            if number == 0 and block[:2] in {b"\xff\xfe", b"\xfe\xff"}:
                wide = "utf-16-le" if block[:2] == b"\xff\xfe" else "utf-16-be"
            whole = before + block
            if self.found(whole.decode(wide or "utf-8", errors="replace")):
                return True
            before = whole[-_OVERLAP:]
        return False

    def _in_zip(self, path: Path) -> bool:
        with zipfile.ZipFile(path) as packed:
            for name in packed.namelist():
                with packed.open(name) as member:
                    if self._in_blocks(_blocks(member)):
                        return True
        return False

    def _in_parquet(self, path: Path) -> bool:
        with pq.ParquetFile(path) as file:
            return any(
                self._names(column)
                for batch in file.iter_batches(batch_size=100_000)
                for column in pa.Table.from_batches([batch]).columns
            )

    def _names(self, column: pa.ChunkedArray) -> bool:
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        if pa.types.is_int64(column.type):
            keys = np.array(sorted(self.nodes), np.int64)
            return bool(np.isin(column.drop_null().to_numpy(), keys).any())
        return _is_text(column.type) and bool(self.in_column(column).any())

    @cached_property
    def _exact(self) -> re.Pattern[str]:
        forms = [_exactly(kind, value) for kind, value in self.words if _is_told(kind, value)]
        forms += [rf"(?<![\d-]){node}(?!\d)" for node in sorted(self.nodes)]
        return re.compile("|".join(forms) or _NEVER, re.IGNORECASE)

    @cached_property
    def loose(self) -> str:
        """A pattern for engines and databases that can not look around; what it finds is to be looked at."""
        forms = [_loosely(kind, value) for kind, value in self.words if _is_told(kind, value)]
        return "|".join([*forms, *(str(node) for node in sorted(self.nodes))]) or _NEVER


def _is_told(kind: str, value: str) -> bool:
    return kind in {"email", "phone"} or (len(value) >= LONG and any(sign.isdigit() for sign in value))


def _loosely(kind: str, value: str) -> str:
    if kind != "phone":
        return re.escape(value)
    digits = value.lstrip("+")
    return _GAP.join(digits.removeprefix(COUNTRY) if value.startswith(f"+{COUNTRY}") else digits)


def _exactly(kind: str, value: str) -> str:
    loose = _loosely(kind, value)
    if kind == "email":
        return rf"(?<![\w.+-]){loose}(?![\w-]|\.\w)"
    if kind == "phone":
        return rf"(?<![\d])(?:(?:\+|00)?{COUNTRY}{_GAP})?{loose}(?!\d)"
    return rf"(?<![\w-]){loose}(?![\w-])"


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _opened(path: Path, head: bytes) -> Any:
    """The file, unpacked while it is read."""
    if head[:4] == b"\x28\xb5\x2f\xfd":
        return pa.input_stream(str(path), compression="zstd")
    return gzip.open(path) if head[:2] == b"\x1f\x8b" else path.open("rb")


def _blocks(member: Any) -> Iterator[bytes]:
    while block := member.read(_BLOCK_BYTES):
        yield block
