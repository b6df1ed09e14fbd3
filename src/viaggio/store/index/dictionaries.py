"""Dictionaries of the coded columns: texts get their code in the order in which they first came."""

from dataclasses import fields
from typing import Any

import numpy as np
import pyarrow.compute as pc

from viaggio.journey.index import COLUMNS, NONE_CODE, Array, Codes
from viaggio.store.index.columnar import one_value

CODED = tuple(field.name for field in fields(Codes))
OTHER = "(other)"
"""Stands for every text that came when a dictionary was full."""


class Dictionaries:
    """The dictionaries of an index, growing with the rows that are read into it, oldest first.

    All rows count, also those a later part replaced, so that codes do not depend on when a fold ran.
    """

    def __init__(self, codes: Codes) -> None:
        self._places = {
            name: {text: code for code, text in enumerate(getattr(codes, name))} for name in CODED
        }

    @property
    def codes(self) -> Codes:
        """The dictionaries as they are now."""
        return Codes(**{name: tuple(places) for name, places in self._places.items()})

    def encoded(self, column: Any, name: str) -> Array:
        """A column of texts, dictionary-encoded in Arrow, as codes; new texts get the next ones."""
        dtype = np.dtype(COLUMNS[name].dtype)
        if column.null_count == len(column):
            return one_value(NONE_CODE, dtype, len(column))
        column = column.unify_dictionaries().combine_chunks()
        texts = column.dictionary.to_pylist()
        code_of = np.full(len(texts) + 1, NONE_CODE, dtype)  # the last one stands for no text
        for place in pc.unique(column.indices.drop_null()).to_pylist():
            code_of[place] = code(self._places[name], texts[place], limit=int(np.iinfo(dtype).max))
        places = pc.fill_null(column.indices, len(texts)).to_numpy(zero_copy_only=False)
        codes: Array = code_of[places]
        return codes


def code(places: dict[str, int], text: str, *, limit: int) -> int:
    """The code of a text in a dictionary, which it enters unless `limit` texts are there already."""
    known = places.get(text)
    if known is not None:
        return known
    return places.setdefault(text if len(places) < limit else OTHER, len(places))
