"""The same index in more buckets, from its own files: each bucket is cut into several, which stay sorted.

A customer's bucket is a hash modulo the number of buckets. When that number is multiplied, the customers of
one bucket go to a few new ones and nowhere else, so no fact is read again and no row is sorted again.
"""

from dataclasses import replace
from pathlib import Path

from viaggio.journey.index import bucket_of, offsets_of
from viaggio.store.index.columnar import map_arrays
from viaggio.store.index.manifest import FORMAT, BucketFile, IndexManifest
from viaggio.store.index.merge import slim, taken
from viaggio.store.index.writing import put_files, write_file

LARGEST = 1_000_000
"""Events in a bucket, on average, beyond which there are twice as many buckets."""
MOST = 65_536


def enough(buckets: int, events: int) -> int:
    """How many buckets so many events need: those asked for, doubled until none is too large."""
    while events > buckets * LARGEST and 2 * buckets <= MOST:
        buckets *= 2
    return buckets


def can_widen(manifest: IndexManifest, buckets: int) -> bool:
    """Whether the index can be cut into so many buckets."""
    return buckets > manifest.buckets and buckets % manifest.buckets == 0


def widened(index: Path, manifest: IndexManifest, buckets: int) -> IndexManifest:
    """The index in so many buckets: writes their files, does not swap the manifest, removes nothing."""
    files: list[BucketFile] = []
    for file in manifest.files:
        columns = map_arrays(index / file.path)
        numbers = bucket_of(columns["customer"], buckets)
        cut = []
        for number in range(file.number, buckets, manifest.buckets):
            bucket = slim(taken(columns, numbers == number))
            bucket["offsets"] = offsets_of(bucket["customer"])
            cut.append(write_file(index, number, bucket))
        files += [file for file in put_files(index, cut) if file.events]
    files.sort(key=lambda file: file.number)
    return replace(manifest, buckets=buckets, files=tuple(files), format=FORMAT)
