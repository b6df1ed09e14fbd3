"""One bucket on disk: plain arrays one after another behind a header in JSON, as in the safetensors format.

Eight bytes with the length of the header (little-endian), the header (`{name: {dtype, shape, data_offsets}}`,
padded with blanks so that the data start at a multiple of 64), then the arrays, widest numbers first, so that
each lies at a multiple of its own width and can be mapped into memory as it is. Any reader of safetensors
opens it.
"""

import json
import mmap
import os
from collections.abc import Mapping
from io import FileIO
from os import SEEK_CUR
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import xxhash

from viaggio.journey.index import COLUMNS, OFFSETS, Array, Bucket

SUFFIX = ".safetensors"
_ALIGN = 64
_HEADER = 4096  # bytes, more than a header has
_DTYPES: dict[str, np.dtype[Any]] = {
    "F64": np.dtype("<f8"),
    "I64": np.dtype("<i8"),
    "I32": np.dtype("<i4"),
    "I16": np.dtype("<i2"),
    "I8": np.dtype("i1"),
}
_TYPES = {dtype.str: name for name, dtype in _DTYPES.items()}
NAMES = (*COLUMNS, OFFSETS.name)


class _Entry(msgspec.Struct):
    """Where an array lies behind the header."""

    dtype: str
    data_offsets: tuple[int, int]


_ENTRIES = msgspec.json.Decoder(dict[str, _Entry])


def layout(arrays: Mapping[str, Array]) -> bytes:
    """The header for these arrays, with its length before it."""
    entries: dict[str, Any] = {}
    start = 0
    for name in in_file_order(arrays):
        array = arrays[name]
        end = start + array.nbytes
        kind = _TYPES[array.dtype.str]
        entries[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [start, end]}
        start = end
    text = json.dumps(entries, separators=(",", ":")).encode()
    text += b" " * (-(len(text) + 8) % _ALIGN)
    return len(text).to_bytes(8, "little") + text


def in_file_order(arrays: Mapping[str, Array]) -> list[str]:
    """Names as they are written: widest numbers first, else as given."""
    return sorted(arrays, key=lambda name: -arrays[name].dtype.itemsize)


def write_arrays(path: Path, arrays: Mapping[str, Array]) -> str:
    """Write the arrays; returns XXH3 (128 bits, hexadecimal) of the file. Does not sync.

    Arrays of nothing but zeros become holes, where the disk can: they read as zeros and take no room.
    """
    arrays = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    header = layout(arrays)
    digest = xxhash.xxh3_128(header)
    with path.open("wb", buffering=0) as out:
        held: list[bytes | memoryview] = [header]
        for name in in_file_order(arrays):
            block = arrays[name].view(np.uint8).data
            digest.update(block)
            if arrays[name].any():
                held.append(block)
            else:
                _write_at_once(out, held)
                out.seek(len(block), SEEK_CUR)
                held = []
        _write_at_once(out, held)
        out.truncate()
    return str(digest.hexdigest())


def _write_at_once(out: FileIO, blocks: list[bytes | memoryview]) -> None:
    """Linux keeps what one call writes in larger pieces, which are mapped in half the time."""
    if not blocks:
        return
    done = os.writev(out.fileno(), blocks)
    if done < sum(map(len, blocks)):  # more than 2 GB, or a full disk, which is found out now
        rest = memoryview(b"".join(blocks))[done:]
        while rest:
            rest = rest[out.write(rest) :]


def map_arrays(path: Path) -> dict[str, Array]:
    """The arrays of a file, mapped read-only; they stay readable when the file is removed."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        mapped = mmap.mmap(handle, 0, access=mmap.ACCESS_READ)
        start_of_file = os.pread(handle, _HEADER, 0)  # cheaper than the first touch of a mapped page
    finally:
        os.close(handle)
    length = int.from_bytes(start_of_file[:8], "little")
    header = start_of_file if 8 + length <= len(start_of_file) else mapped
    arrays = {}
    for name, entry in _ENTRIES.decode(header[8 : 8 + length]).items():
        start, end = entry.data_offsets
        dtype = _DTYPES[entry.dtype]
        arrays[name] = np.frombuffer(mapped, dtype, (end - start) // dtype.itemsize, 8 + length + start)
    return arrays


def map_bucket(path: Path) -> Bucket:
    """The bucket in a file, mapped."""
    return Bucket(**map_arrays(path))


def file_digest(path: Path) -> str:
    """XXH3 (128 bits, hexadecimal) of a file."""
    digest = xxhash.xxh3_128()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return str(digest.hexdigest())
