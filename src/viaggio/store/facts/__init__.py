"""Fact files: one Parquet part per table and item, never edited, and the manifest that lists them."""

from viaggio.store.facts.manifest import (
    MANIFEST,
    Counts,
    FoldedItem,
    Identity,
    Manifest,
    Part,
    Share,
    Voided,
    read_manifest,
    write_manifest,
)

__all__ = [
    "MANIFEST",
    "Counts",
    "FoldedItem",
    "Identity",
    "Manifest",
    "Part",
    "Share",
    "Voided",
    "read_manifest",
    "write_manifest",
]
