"""Guards for files that are archives: how large they become is found out before anything is parsed."""

import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from viaggio.store.importers.codes import bad_file
from viaggio.store.importers.encoding import open_payload
from viaggio.store.importers.records import Limits

_BLOCK = 1 << 20
_SMALL = 64 << 20
_SHARED_TEXTS = "xl/sharedStrings.xml"
_PARTS = 10_000


@contextmanager
def seekable(path: Path, limits: Limits) -> Iterator[Path]:
    """The file itself or, where it came compressed, a temporary unpacked copy. Raises `BadFile`."""
    payload = open_payload(path)
    try:
        if payload.content is payload.stored:
            yield path
            return
        with tempfile.NamedTemporaryFile(prefix="viaggio-") as copy:
            size = 0
            try:
                for block in payload.blocks(_BLOCK):
                    size += len(block)
                    if size > limits.excel_unpacked:
                        raise bad_file("file.bomb", place=path.name)
                    copy.write(block)
            except (EOFError, OSError) as error:
                raise bad_file("file.damaged", place=path.name) from error
            copy.flush()
            yield Path(copy.name)
    finally:
        payload.close()


def check_workbook(path: Path, name: str, limits: Limits) -> None:
    """Refuse a workbook whose parts, as declared or as they really unpack, grow beyond the limits.

    Raises `BadFile`: `file.bomb`, or `file.bad_excel` where the archive can not be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            declared = sum(part.file_size for part in parts)
            packed = sum(part.compress_size for part in parts)
            if len(parts) > _PARTS or _too_large(declared, packed, limits):
                raise bad_file("file.bomb", place=name)
            actual = 0
            for part in parts:
                actual += _unpacked(archive, part, name, limits, actual)
                if _too_large(actual, packed, limits):
                    raise bad_file("file.bomb", place=f"{name}: {part.filename}")
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise bad_file("file.bad_excel", place=name) from error


def _too_large(unpacked: int, packed: int, limits: Limits) -> bool:
    ratio = unpacked > _SMALL and unpacked > limits.excel_ratio * max(packed, 1)
    return unpacked > limits.excel_unpacked or ratio


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str, limits: Limits, before: int) -> int:
    """Bytes that a part really has; stops as soon as they are too many."""
    most = limits.excel_strings if part.filename == _SHARED_TEXTS else limits.excel_unpacked - before
    size = 0
    with archive.open(part) as content:
        while block := content.read(_BLOCK):
            size += len(block)
            if size > most:
                raise bad_file("file.bomb", place=f"{name}: {part.filename}")
    return size
