"""One bucket on disk: plain arrays one after another behind a header in JSON, as in the safetensors format.

Eight bytes with the length of the header (little-endian), the header (`{name: {dtype, shape, data_offsets}}`,
padded with blanks so that the data start at a multiple of 64), then the arrays, widest numbers first, so that
each lies at a multiple of its own width and can be mapped into memory as it is. Any reader of safetensors
opens it.

An array of one value (numpy's stride of 0 says so) and one that is another under a second name take no room:
the header tells of them under `__metadata__`, as that format has it, in `left_out`: a JSON text that has for
each name `[dtype, value, length]` or the name of the other.
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
    """Where an array lies behind the header; under `_ABOUT` what is left out."""

    dtype: str = ""
    data_offsets: tuple[int, int] = (0, 0)
    left_out: str = "{}"


_ABOUT = "__metadata__"
_ENTRIES = msgspec.json.Decoder(dict[str, _Entry])
_LEFT_OUT = msgspec.json.Decoder(dict[str, str | tuple[str, int, int]])


def one_value(value: Any, dtype: Any, length: int) -> Array:
    """An array that holds one value throughout, in the room of one."""
    return np.broadcast_to(np.array(value, dtype), (length,))


def is_one_value(array: Array) -> bool:
    """Whether it is an array as `one_value` makes them."""
    return len(array) > 0 and array.strides == (0,)


def layout(arrays: Mapping[str, Array]) -> bytes:
    """The header for these arrays, with its length before it."""
    written, left_out = _parted(arrays)
    entries: dict[str, Any] = {}
    if left_out:
        entries[_ABOUT] = {"left_out": json.dumps(left_out, separators=(",", ":"))}
    start = 0
    for name in written:
        array = arrays[name]
        end = start + array.nbytes
        kind = _TYPES[array.dtype.str]
        entries[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [start, end]}
        start = end
    text = json.dumps(entries, separators=(",", ":")).encode()
    text += b" " * (-(len(text) + 8) % _ALIGN)
    return len(text).to_bytes(8, "little") + text


def _parted(arrays: Mapping[str, Array]) -> tuple[list[str], dict[str, Any]]:
    """Names as they are written, widest numbers first, else as given; and what is left out instead."""
    written: dict[int, str] = {}
    left_out: dict[str, Any] = {}
    for name, array in arrays.items():
        if is_one_value(array):
            left_out[name] = [_TYPES[array.dtype.str], array[0].item(), len(array)]
        elif id(array) in written:
            left_out[name] = written[id(array)]
        else:
            written[id(array)] = name
    return sorted(written.values(), key=lambda name: -arrays[name].dtype.itemsize), left_out


def write_arrays(path: Path, arrays: Mapping[str, Array]) -> str:
    """Write the arrays; returns XXH3 (128 bits, hexadecimal) of the file. Does not sync.

    Arrays of nothing but zeros become holes, where the disk can: they read as zeros and take no room.
    """
    header = layout(arrays)
    digest = xxhash.xxh3_128(header)
    with path.open("wb", buffering=0) as out:
        held: list[bytes | memoryview] = [header]
        for name in _parted(arrays)[0]:
            array = np.ascontiguousarray(arrays[name])
            block = array.view(np.uint8).data
            digest.update(block)
            if array.any():
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
    """The arrays of a file, mapped read-only; they stay readable when the file is removed.

    Those left out come as `one_value` makes them, or as the very array of which they are the second name.
    """
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        mapped = mmap.mmap(handle, 0, access=mmap.ACCESS_READ)
        start_of_file = os.pread(handle, _HEADER, 0)  # cheaper than the first touch of a mapped page
    finally:
        os.close(handle)
    length = int.from_bytes(start_of_file[:8], "little")
    header = start_of_file if 8 + length <= len(start_of_file) else mapped
    entries = _ENTRIES.decode(header[8 : 8 + length])
    about = entries.pop(_ABOUT, None)
    arrays: dict[str, Array] = {}
    for name, entry in entries.items():
        start, end = entry.data_offsets
        dtype = _DTYPES[entry.dtype]
        arrays[name] = np.frombuffer(mapped, dtype, (end - start) // dtype.itemsize, 8 + length + start)
    for name, told in _LEFT_OUT.decode(about.left_out if about else "{}").items():
        if isinstance(told, str):
            arrays[name] = arrays[told]
        else:
            kind, value, rows = told
            arrays[name] = one_value(value, _DTYPES[kind], rows)
    return arrays


def forget(path: Path) -> None:
    """Let the system use the memory that it keeps a file in for others, while nobody has the file mapped.

    What has been read of a file and will be removed soon serves the file that takes its place: memory that is
    still warm is written to several times faster than fresh one.
    """
    if hasattr(os, "posix_fadvise"):
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(handle)


def map_bucket(path: Path) -> Bucket:
    """The bucket in a file, mapped."""
    return Bucket(**{name: _spread(array) for name, array in map_arrays(path).items()})


def _spread(array: Array) -> Array:
    """An array that kernels can walk; those that are empty throughout share the memory of the longest."""
    if not is_one_value(array):
        return array
    kind, value, length = array.dtype.str, int(array[0]), len(array)
    if value not in {0, -1}:
        return np.full(length, value, kind)
    held = _EMPTY.get((kind, value))
    if held is None or len(held) < length:
        held = np.full(length, value, kind) if value else np.zeros(length, kind)
        held.flags.writeable = False
        _EMPTY[kind, value] = held
    return held[:length]


_EMPTY: dict[tuple[str, int], Array] = {}


def file_digest(path: Path) -> str:
    """XXH3 (128 bits, hexadecimal) of a file."""
    digest = xxhash.xxh3_128()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return str(digest.hexdigest())
