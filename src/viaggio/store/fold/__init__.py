"""Fold: landing items become facts, identity and journey index; rebuild makes all of it again."""

from viaggio.store.facts import Counts, FoldedItem
from viaggio.store.fold.item import Progress
from viaggio.store.fold.rejects import reject_files
from viaggio.store.fold.run import fold, leftovers, rebuild, tidy

__all__ = ["Counts", "FoldedItem", "Progress", "fold", "leftovers", "rebuild", "reject_files", "tidy"]
