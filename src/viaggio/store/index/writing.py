"""Files of buckets written aside, synced, and given their names together."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from viaggio.journey.index import Array
from viaggio.store.durable import ASIDE, sync_file, sync_folder
from viaggio.store.index.columnar import write_arrays
from viaggio.store.index.manifest import BucketFile

Written = tuple[BucketFile, Path | None]
"""A bucket's file as it will be listed, and where it lies until then; no file of an empty bucket."""


def write_file(index: Path, number: int, columns: Mapping[str, Array]) -> Written:
    """Write the columns of a bucket aside."""
    events, customers = len(columns["key"]), len(columns["offsets"]) - 1
    if not events:
        return BucketFile(number=number, events=0, customers=0, xxh3=""), None
    aside = index / f"{number:05d}{ASIDE}"
    digest = write_arrays(aside, columns)
    return BucketFile(number=number, events=events, customers=customers, xxh3=digest), aside


def put_files(index: Path, written: Iterable[Written]) -> list[BucketFile]:
    """Give the files their names, when all are on the disk; empty buckets are listed without.

    Each is synced as soon as it comes, while the next are made.
    """
    done: list[Written] = []
    with ThreadPoolExecutor(4, thread_name_prefix="sync") as pool:  # the disk is waited for, no processor
        syncs = []
        for file, aside in written:
            done.append((file, aside))
            if aside is not None:
                syncs.append(pool.submit(sync_file, aside))
        for sync in syncs:
            sync.result()
    for file, aside in done:
        if aside is not None:
            aside.replace(index / file.path)
    sync_folder(index)
    return [file for file, _ in done]
