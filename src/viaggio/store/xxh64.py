"""XXH64 (Collet, "xxHash fast digest algorithm", seed 0) of many texts: those of one length side by side.

The library takes one text a call, which costs ten times the hashing of a short one. Here a step of the
algorithm is done to all texts of a length at once; the few of a rare length are left to the library.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xxhash

Words = npt.NDArray[np.uint64]

_P1, _P2, _P3, _P4, _P5 = (
    0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5,
)  # fmt: skip
_STRIPE = 32
_FEW = 64
_LONG = 512
"""Texts of rarer or greater lengths than these gain nothing from being hashed side by side."""


def xxh64(texts: pa.LargeBinaryArray) -> Words:
    """XXH64 of each text; there may be no nulls."""
    bounds = np.frombuffer(texts.buffers()[1], np.int64)[texts.offset : texts.offset + len(texts) + 1]
    starts, lengths = bounds[:-1], np.diff(bounds)
    words: Words = np.empty(len(texts), np.uint64)
    for length, rows in _by_length(lengths):
        if len(rows) < _FEW or length > _LONG:
            found = texts.take(pa.array(rows)).to_pylist()
            words[rows] = np.fromiter(map(xxhash.xxh64_intdigest, found), np.uint64, len(rows))
        else:
            words[rows] = _of_length(_Lanes(texts.buffers()[2], starts[rows]), len(rows), length)
    return words


def _by_length(lengths: npt.NDArray[np.int64]) -> list[tuple[int, npt.NDArray[np.intp]]]:
    """The places of the texts of each length."""
    order = np.argsort(lengths, kind="stable")
    edges = np.flatnonzero(np.diff(lengths[order])) + 1
    return [(int(lengths[rows[0]]), rows) for rows in np.split(order, edges) if len(rows)]


class _Lanes:
    """Little-endian numbers at the same distance from the start of each text."""

    def __init__(self, data: Any, starts: npt.NDArray[np.int64]) -> None:
        self._data = data
        self._starts = starts

    def at(self, place: int, dtype: str) -> Words:
        """The numbers of that width, as 64 bits."""
        width = np.dtype(dtype).itemsize
        numbers: npt.NDArray[Any] = np.ndarray((self._data.size - width + 1,), dtype, self._data, 0, (1,))
        return numbers[self._starts + place].astype(np.uint64)


def _of_length(lanes: _Lanes, rows: int, length: int) -> Words:
    place = 0
    if length < _STRIPE:
        words = _full(rows, _P5)
    else:
        sums = [_full(rows, start) for start in (_P1 + _P2, _P2, 0, -_P1)]
        for place in range(0, length - length % _STRIPE, 8):
            at = place // 8 % 4
            sums[at] = _round(sums[at], lanes.at(place, "<u8"))
        place = length - length % _STRIPE
        words = sum((_turned(one, by) for one, by in zip(sums, (1, 7, 12, 18), strict=True)), _full(rows, 0))
        for one in sums:
            words = (words ^ _round(_full(rows, 0), one)) * np.uint64(_P1) + np.uint64(_P4)
    words = words + np.uint64(length)
    while place + 8 <= length:
        words ^= _round(_full(rows, 0), lanes.at(place, "<u8"))
        words = _turned(words, 27) * np.uint64(_P1) + np.uint64(_P4)
        place += 8
    if place + 4 <= length:
        words ^= lanes.at(place, "<u4") * np.uint64(_P1)
        words = _turned(words, 23) * np.uint64(_P2) + np.uint64(_P3)
        place += 4
    for last in range(place, length):
        words = _turned(words ^ (lanes.at(last, "u1") * np.uint64(_P5)), 11) * np.uint64(_P1)
    return _avalanche(words)


def _avalanche(words: Words) -> Words:
    words = (words ^ (words >> np.uint64(33))) * np.uint64(_P2)
    words = (words ^ (words >> np.uint64(29))) * np.uint64(_P3)
    mixed: Words = words ^ (words >> np.uint64(32))
    return mixed


def _round(sums: Words, lane: Words) -> Words:
    return _turned(sums + lane * np.uint64(_P2), 31) * np.uint64(_P1)


def _turned(words: Words, by: int) -> Words:
    """The bits moved up, those that leave coming in below."""
    return (words << np.uint64(by)) | (words >> np.uint64(64 - by))


def _full(rows: int, value: int) -> Words:
    return np.full(rows, value % 2**64, np.uint64)
