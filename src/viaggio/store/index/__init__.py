"""The journey index on disk: a file per bucket of customers, mapped, rewritten only when touched."""

from viaggio.store.index.manifest import IndexManifest, read_index_manifest
from viaggio.store.index.open import MappedJourneys, open_index
from viaggio.store.index.update import clean_index, update_index

__all__ = [
    "IndexManifest",
    "MappedJourneys",
    "clean_index",
    "open_index",
    "read_index_manifest",
    "update_index",
]
