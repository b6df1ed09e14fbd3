"""From stored bytes to UTF-8: compression undone, encoding given or detected, bad bytes marked."""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from viaggio.store.importers.arrow import pa
from viaggio.store.importers.codes import bad_file

MARK = "\udcff"
"""Stands for bytes that are no text in the file's encoding; no valid text holds it."""

_SAMPLE = 256 * 1024
_SPOTS = 16
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC = (
    (b"PAR1", "file.is_parquet"),
    (b"PK\x03\x04", "file.is_excel"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "file.is_old_excel"),
    (b"\x89PNG", "file.not_text"),
    (b"\xff\xd8\xff", "file.not_text"),
    (b"GIF8", "file.not_text"),
    (b"%PDF-", "file.not_text"),
    (b"\x7fELF", "file.not_text"),
    (b"MZ\x90\x00", "file.not_text"),
    (b"SQLite format 3\x00", "file.not_text"),
    (b"7z\xbc\xaf\x27\x1c", "file.not_text"),
    (b"BZh9", "file.not_text"),
    (b"Rar!", "file.not_text"),
)
_LEGACY = ["cp1252", "iso8859_15", "mac_roman", "cp850", "cp1250"]
_CONTROL = bytes(set(range(32)) - {7, 8, 9, 10, 12, 13, 27}) + b"\x7f"


def _mark(error: UnicodeError) -> tuple[str, int]:
    if isinstance(error, UnicodeDecodeError):
        return MARK, error.end
    raise error


codecs.register_error("viaggio.mark", _mark)


@dataclass(slots=True)
class Payload:
    """An open file, decompressed while it is read; `position` counts in the file as stored."""

    stored: BinaryIO
    content: BinaryIO
    name: str

    @property
    def position(self) -> int:
        """Bytes of the stored file read so far."""
        return self.stored.tell()

    def blocks(self, size: int) -> Iterator[bytes]:
        """Blocks of exactly `size` bytes, the last one shorter.

        Raises EOFError where compressed content ends too early, OSError where it is damaged; what could be
        read before that has been yielded.
        """
        kept = bytearray()
        # one step at a time: a longer read that fails late would lose what it had before
        read = getattr(self.content, "read1", self.content.read)
        while True:
            try:
                piece = read(min(size - len(kept), 1 << 18))
            except (EOFError, OSError, zlib.error) as error:
                if kept:
                    yield bytes(kept)
                raise error if isinstance(error, EOFError) else OSError(str(error)) from error
            kept += piece
            if len(kept) == size or not piece:
                if kept:
                    yield bytes(kept)
                if not piece:
                    return
                kept = bytearray()

    def close(self) -> None:
        """Close the file."""
        self.content.close()
        self.stored.close()


def open_payload(path: Path) -> Payload:
    """Open a file; gzip and zstd are told by their content. Raises `BadFile`."""
    try:
        stored = path.open("rb")
    except OSError as error:
        raise bad_file("file.missing", place=path.name) from error
    head = stored.read(4)
    stored.seek(0)
    content: BinaryIO = stored
    if head[:2] == b"\x1f\x8b":
        content = cast("BinaryIO", gzip.GzipFile(fileobj=stored))
    elif head == b"\x28\xb5\x2f\xfd":
        content = cast("BinaryIO", pa.CompressedInputStream(pa.PythonFile(stored, mode="r"), "zstd"))
    return Payload(stored, content, path.name)


def detect_encoding(path: Path, given: str | None = None) -> str:
    """The encoding of a text file, as a Python codec name; the one `given`, if the content can be text.

    A byte-order mark decides; else UTF-16 by its NULs; else UTF-8 where the samples taken all over the file
    are valid; else the likeliest of the western encodings, Windows-1252 when in doubt.
    Raises `BadFile` when the content is empty or no text.
    """
    samples = _samples(path)
    head = samples[0] if samples else b""
    if not head:
        raise bad_file("file.empty", place=path.name)
    for magic, code in _MAGIC:
        if head.startswith(magic):
            raise bad_file(code, place=path.name)
    if given:
        return known_encoding(given, place=path.name)
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name
    if wide := _utf16(head):
        return wide
    if len(head) - len(head.translate(None, _CONTROL)) > len(head) // 10:
        raise bad_file("file.not_text", place=path.name)
    bad = [sample for sample in samples if not _is_utf8(sample)]
    return _western(b"\n".join(bad)) if bad else "utf-8"


def known_encoding(name: str, *, place: str) -> str:
    """The codec's own name; raises `BadFile` for an unknown one or one that gives no text."""
    try:
        codec = codecs.lookup(name)
        codec.incrementaldecoder().decode(b"", final=True)
    except (LookupError, TypeError, ValueError) as error:
        raise bad_file("file.unknown_encoding", place=f"{place}: {name}") from error
    return codec.name


def utf8_blocks(payload: Payload, encoding: str, size: int) -> Iterator[bytes]:
    """The content as UTF-8 without a byte-order mark; blocks need not end at a character.

    Content that claims to be UTF-8 passes unchecked; in other encodings, undecodable bytes become `MARK`,
    which is no valid UTF-8 either, so that one check finds both. Raises as `Payload.blocks`.
    """
    if encoding in {"utf-8", "ascii", "utf_8_sig", "utf-8-sig"}:
        first = True
        for block in payload.blocks(size):
            yield block.removeprefix(codecs.BOM_UTF8) if first else block
            first = False
        return
    decoder = codecs.getincrementaldecoder(encoding)("viaggio.mark")
    for block in payload.blocks(size):
        yield decoder.decode(block).encode("utf-8", "surrogatepass")
    yield decoder.decode(b"", final=True).encode("utf-8", "surrogatepass")


def _samples(path: Path) -> list[bytes]:
    """The start of the content and, where seeking is free, spots all over it."""
    payload = open_payload(path)
    try:
        head = _head(payload)
        samples = [head]
        if payload.content is payload.stored and len(head) == _SAMPLE:
            length = payload.stored.seek(0, io.SEEK_END)
            for spot in range(1, _SPOTS):
                payload.stored.seek(length * spot // _SPOTS)
                samples.append(payload.stored.read(_SAMPLE // 4))
        return samples
    finally:
        payload.close()


def _head(payload: Payload) -> bytes:
    try:
        return next(payload.blocks(_SAMPLE), b"")
    except EOFError as error:
        raise bad_file("file.damaged", place=payload.name) from error
    except OSError as error:
        raise bad_file("file.damaged", place=payload.name) from error


def _utf16(head: bytes) -> str | None:
    """UTF-16 without a mark: western text has a NUL in nearly every second byte."""
    pairs = len(head) // 2
    if pairs < 2:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > pairs * 0.4 and even < pairs * 0.05:
        return "utf-16-le"
    if even > pairs * 0.4 and odd < pairs * 0.05:
        return "utf-16-be"
    return None


def _is_utf8(sample: bytes) -> bool:
    """Whether it is UTF-8, a character cut at either end aside."""
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError:
        trimmed = sample.lstrip(bytes(range(0x80, 0xC0)))
        if len(sample) - len(trimmed) > 3:
            return False
        try:
            codecs.getincrementaldecoder("utf-8")().decode(trimmed)
        except UnicodeDecodeError:
            return False
    return True


def _western(sample: bytes) -> str:
    from charset_normalizer import from_bytes

    lines = b"\n".join(line for line in sample.splitlines() if not line.isascii())[: 64 * 1024]
    matches = from_bytes(lines, cp_isolation=_LEGACY)
    best = matches.best()
    if best is None:
        return "latin-1"
    windows = next((m for m in matches if "cp1252" in {m.encoding, *m.could_be_from_charset}), None)
    if windows is not None and windows.chaos <= best.chaos + 0.02:
        return "cp1252"
    return str(best.encoding)
