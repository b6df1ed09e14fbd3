"""Fold: landing items become facts, identity and journey index; rebuild makes all of it again."""

from viaggio.store.facts import Counts, FoldedItem
from viaggio.store.fold.erase import Erased
from viaggio.store.fold.item import Progress
from viaggio.store.fold.rejects import reject_files
from viaggio.store.fold.run import erase, fold, leftovers, rebuild, tidy

__all__ = [
    "Counts",
    "Erased",
    "FoldedItem",
    "Progress",
    "erase",
    "fold",
    "leftovers",
    "rebuild",
    "reject_files",
    "tidy",
]
