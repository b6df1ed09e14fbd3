"""Is the index whole, in order, and what the facts say."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from viaggio.journey.index import COLUMNS, Bucket, bucket_of, event_order, offsets_of
from viaggio.store.facts import Manifest
from viaggio.store.hashing import mix
from viaggio.store.index.columnar import file_digest, map_bucket
from viaggio.store.index.dictionaries import Dictionaries
from viaggio.store.index.manifest import BucketFile, IndexManifest
from viaggio.store.index.reading import TABLE, event_rows

Sum = tuple[int, int]
"""Number of events and the sum of their hashes: equal for equal sets of events in any order."""


def file_faults(index: Path, manifest: IndexManifest) -> Iterator[tuple[str, str, str]]:
    """(code, place, detail) of every bucket file that is missing, damaged or out of order."""
    for file in manifest.files:
        path = index / file.path
        if not path.exists():
            yield "index.missing", file.path, ""
        elif file_digest(path) != file.xxh3:
            yield "index.damaged", file.path, "its content is not what was written"
        elif fault := _order_fault(map_bucket(path), file, manifest.buckets):
            yield "index.out_of_order", file.path, fault


def _order_fault(bucket: Bucket, file: BucketFile, buckets: int) -> str:
    if (bucket.n_events, bucket.n_customers) != (file.events, file.customers):
        return "other numbers of events or customers than listed"
    if (bucket_of(bucket.customer, buckets) != file.number).any():
        return "a customer of another bucket"
    order = event_order(bucket.customer, bucket.time, bucket.key)
    if (order != np.arange(bucket.n_events)).any():
        return "not sorted by customer, time, key"
    if not np.array_equal(offsets_of(bucket.customer), bucket.offsets):
        return "offsets do not fit the customers"
    return ""


def index_sum(index: Path, manifest: IndexManifest) -> Sum:
    """The sum of all events in the index."""
    total: Sum = (0, 0)
    for file in manifest.files:
        bucket = map_bucket(index / file.path)
        total = _plus(total, {name: getattr(bucket, name) for name in COLUMNS})
    return total


def facts_sum(facts: Path, manifest: Manifest, index: IndexManifest) -> Sum:
    """The sum of all events that the index should hold."""
    total: Sum = (0, 0)
    dictionaries = Dictionaries(index.codes)
    for columns in event_rows(facts, manifest, manifest.parts_of(TABLE), dictionaries):
        total = _plus(total, columns)
    return total


def _plus(total: Sum, columns: dict[str, Any]) -> Sum:
    words = np.zeros(len(columns["key"]), np.uint64)
    for name in COLUMNS:
        words = mix(words + columns[name].astype(np.int64).view(np.uint64) + np.uint64(0x9E3779B97F4A7C15))
    return total[0] + len(words), (total[1] + int(words.sum(dtype=np.uint64))) % 2**64
