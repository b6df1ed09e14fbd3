"""The answer index from rows: batches of answers as they are read, coded as they come."""

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from viaggio.pulse.index import (
    BASE,
    CODED,
    FIRST_PILLAR,
    KINDS,
    NONE_CODE,
    PILLARS,
    Answers,
    Array,
    Whole,
    build,
)

ROW_COLUMNS = (
    "key", "customer", "account", "answered_at", "metric", "value", "scale_min", "scale_max", "weight_base",
    "response", "pillar", *CODED,
)  # fmt: skip
"""What a batch holds: int64 `key` (may be left out), numbers or texts for `customer` and `account`, texts."""

WEIGHT_COLUMNS = ("response", "response_source", "scheme", "weight")
"""What a table of weights holds, one row per response and scheme; `response_source` null: any source."""

STRATUM_COLUMNS = ("response", "pulse", "stratum")
"""What a table of strata holds, one row per response that was drawn in a stratum."""

Words = Any
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def kind_of(metric: str, pillar: str | None) -> int:
    """The code of what an answer feeds; `NONE_CODE` where it feeds no score."""
    if metric == "pillar":
        return FIRST_PILLAR + PILLARS.index(pillar) if pillar in PILLARS else NONE_CODE
    return KINDS.index(metric) if metric in KINDS[:FIRST_PILLAR] else NONE_CODE


class IndexRows:
    """Takes batches and makes the index."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._texts: dict[str, dict[str, int]] = {name: {} for name in CODED}
        self._scales: dict[tuple[float, float], int] = {}
        self._parts: list[dict[str, Array]] = []

    def add(self, batch: Any) -> None:
        """Add answers, with the columns `ROW_COLUMNS`; those that feed no score are left out."""
        batch = pa.table(batch)
        kind = self._kinds(batch)
        batch, kind = batch.filter(pa.array(kind != NONE_CODE)), kind[kind != NONE_CODE]
        if not batch.num_rows:
            return
        time = batch["answered_at"].cast(pa.timestamp("us", tz="UTC"))
        local = pc.local_timestamp(time.cast(pa.timestamp("us", tz=self._zone.key)))
        word, key = words_of(batch["response"]), self._keys(batch)
        response = response_of(batch["source"], word)
        bare = pc.is_null(batch["response"]).to_numpy()
        response = np.where(bare, mixed(key.view(np.uint64) + _GOLDEN).view(np.int64), response)
        customer, account = _people(batch["customer"], "c"), _people(batch["account"], "a")
        self._parts.append({
            "psu": np.where(account != 0, account, np.where(customer != 0, customer, response)),
            "customer": customer, "time": _whole(time.cast(pa.int64())),
            "day": local.cast(pa.date32()).cast(pa.int32()).to_numpy(), "kind": kind,
            "scale": self._scale_codes(batch), "value": _number(batch["value"]), "key": key,
            "response": response, "word": word.view(np.int64), "asked": response_of(batch["pulse"], word),
            "base": _number(batch["weight_base"]),
            **{name: self._codes(batch[name], name) for name in CODED},
        })  # fmt: skip

    def finish(self, weights: Any = None, strata: Any = None) -> Answers:
        """The index of all rows; tables of `WEIGHT_COLUMNS` and of `STRATUM_COLUMNS`."""
        names = self._parts[0] if self._parts else (*_EMPTY, *CODED)
        columns = {
            name: np.concatenate([part[name] for part in self._parts])
            if self._parts
            else np.empty(0, _EMPTY.get(name, "<i4"))
            for name in names
        }
        self._parts = []
        base = columns.pop("base")
        response, word = columns.pop("response"), columns.pop("word")
        asked = columns.pop("asked")
        held = {} if weights is None else weights_of(weights, response, word)
        texts = {name: list(known) for name, known in self._texts.items()}
        if strata is not None:
            columns["stratum"], texts["stratum"] = strata_of(strata, asked)
        if np.isfinite(base).any():
            held = {BASE: base, **held}
        return build(columns, response, held, texts, list(self._scales))

    def _keys(self, batch: Any) -> Whole:
        """The rows' own keys, or else their numbers as they come."""
        if "key" in batch.column_names:
            return _whole(batch["key"])
        before = sum(len(part["key"]) for part in self._parts)
        return np.arange(before, before + batch.num_rows, dtype=np.int64)

    def _kinds(self, batch: Any) -> Array:
        pairs = pc.binary_join_element_wise(
            batch["metric"].cast(pa.string()), pc.fill_null(batch["pillar"].cast(pa.string()), ""), "\x1f"
        )
        coded = _encoded(pairs)
        names = [
            text.split("\x1f") if text is not None else ("", "") for text in coded.dictionary.to_pylist()
        ]
        codes = np.array([kind_of(*name) for name in names] + [NONE_CODE], np.int8)
        return codes[_indices(coded)]

    def _scale_codes(self, batch: Any) -> Array:
        low, high = _number(batch["scale_min"]), _number(batch["scale_max"])
        # A scale that is not stated holds no value: its ends are the wrong way round.
        low, high = np.where(np.isnan(low), 1.0, low), np.where(np.isnan(high), 0.0, high)
        pairs, inverse = np.unique(np.column_stack([low, high]), axis=0, return_inverse=True)
        codes = [self._scales.setdefault(tuple(pair), len(self._scales)) for pair in pairs.tolist()]
        return np.array(codes, np.int16)[inverse.ravel()]

    def _codes(self, column: Any, name: str) -> Array:
        coded = _encoded(column)
        texts = self._texts[name]
        codes = [
            NONE_CODE if text is None else texts.setdefault(text, len(texts))
            for text in coded.dictionary.to_pylist()
        ]
        return np.array([*codes, NONE_CODE], np.int32)[_indices(coded)]


_EMPTY = {
    "psu": "<i8", "customer": "<i8", "time": "<i8", "day": "<i4", "kind": "i1", "scale": "<i2",
    "value": "<f8", "key": "<i8", "response": "<i8", "word": "<i8", "asked": "<i8", "base": "<f8",
}  # fmt: skip


def index_of(batches: Iterable[Any], zone: ZoneInfo, weights: Any = None, strata: Any = None) -> Answers:
    """The index of some batches of answers, with tables of their weights and strata."""
    rows = IndexRows(zone)
    for batch in batches:
        rows.add(batch)
    return rows.finish(weights, strata)


def weights_of(table: Any, response: Whole, word: Whole) -> dict[str, Array]:
    """The weight of every answer by scheme, NaN where its response has none; later rows win."""
    own = words_of(table["response"])
    bound = response_of(table["response_source"], own)
    free = pc.is_null(table["response_source"]).to_numpy()
    schemes = np.array(table["scheme"].cast(pa.string()).to_pylist(), object)
    numbers = _number(table["weight"])
    held: dict[str, Array] = {}
    for scheme in sorted(set(schemes.tolist())):
        weight = np.full(len(response), np.nan)
        for mask, keys, wanted in ((~free, bound, response), (free, own.view(np.int64), word)):
            mine = mask & (schemes == scheme)
            if mine.any():
                weight = _looked_up(keys[mine], numbers[mine], wanted, weight)
        held[scheme] = weight
    return held


def strata_of(table: Any, asked: Whole) -> tuple[Array, list[str]]:
    """The code of every answer's stratum, none where its response has none, and what the codes mean.

    `asked` is the number of each answer's response and pulse (`response_of`).
    """
    coded = _encoded(
        pc.binary_join_element_wise(table["pulse"].cast(pa.string()), table["stratum"].cast(pa.string()), " ")
    )
    keys = response_of(table["pulse"], words_of(table["response"]))
    codes = np.asarray(_indices(coded), np.float64)
    found = _looked_up(keys, codes, asked, np.full(len(asked), float(NONE_CODE)))
    return found.astype(np.int32), coded.dictionary.to_pylist()


def _looked_up(keys: Whole, numbers: Array, wanted: Whole, otherwise: Array) -> Array:
    if not len(keys):
        return otherwise
    order = np.argsort(keys, kind="stable")
    keys, numbers = keys[order], numbers[order]
    place = np.searchsorted(keys, wanted, side="right") - 1
    found = (place >= 0) & (keys[np.maximum(place, 0)] == wanted)
    return np.where(found, numbers[np.maximum(place, 0)], otherwise)


def mixed(words: Words) -> Words:
    """The mixing step of splitmix64 (Steele, Lea, Flood 2014)."""
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))


def response_of(source: Any, word: Words) -> Whole:
    """The number of each response in the index: of its source and the word of its name (`words_of`)."""
    number: Whole = mixed(word ^ mixed(words_of(source))).view(np.int64)
    return number


def words_of(column: Any) -> Words:
    """A number per text, the same for equal texts (xxh64); nothing counts as the empty text."""
    import xxhash

    coded = _encoded(column)
    texts = [(text or "").encode() for text in coded.dictionary.to_pylist()]
    words = np.array([*map(xxhash.xxh64_intdigest, texts), xxhash.xxh64_intdigest(b"")], np.uint64)
    return words[_indices(coded)]


def _encoded(column: Any) -> Any:
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
        if isinstance(column, pa.ChunkedArray):  # no chunk at all
            column = pa.array([], column.type)
    return pc.dictionary_encode(column.cast(pa.string()))


def _indices(coded: Any) -> Array:
    """Places in the dictionary; where there is nothing the last, which is beyond it."""
    indices: Array = pc.fill_null(coded.indices, len(coded.dictionary)).to_numpy(zero_copy_only=False)
    return indices


def _people(column: Any, kind: str) -> Whole:
    """A number per customer or account, whatever they are called; 0 for nobody."""
    if not pa.types.is_string(column.type) and not pa.types.is_large_string(column.type):
        return _whole(column)
    words = words_of(pc.binary_join_element_wise(pa.scalar(kind), column.cast(pa.string()), "\x1f"))
    nobody = pc.is_null(column).to_numpy(zero_copy_only=False)
    return np.where(nobody, 0, words.view(np.int64))


def _whole(column: Any) -> Whole:
    return np.asarray(pc.fill_null(column.cast(pa.int64()), 0).to_numpy(), np.int64)


def _number(column: Any) -> Array:
    return np.asarray(pc.fill_null(column.cast(pa.float64()), float("nan")).to_numpy(), np.float64)
