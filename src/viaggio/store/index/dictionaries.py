"""Dictionaries of the coded columns: texts get their code in the order in which they first came."""

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from viaggio.journey.index import COLUMNS, NONE_CODE, Array, Codes
from viaggio.store.facts import Part

CODED = tuple(field.name for field in fields(Codes))
OTHER = "(other)"
"""Stands for every text that came when a dictionary was full."""


def grown(codes: Codes, facts: Path, parts: tuple[Part, ...]) -> Codes:
    """The dictionaries with what these parts of the interactions bring, oldest part first.

    All rows count, also those a later part replaced, so that codes do not depend on when a fold ran.
    """
    texts = {name: dict.fromkeys(getattr(codes, name)) for name in CODED}
    for group in _groups(facts, parts):
        for name in CODED:
            new = [text for text in pc.unique(group[name]).to_pylist() if text is not None]
            _grow(texts[name], new, limit=int(np.iinfo(COLUMNS[name].dtype).max))
    return Codes(**{name: tuple(texts[name]) for name in CODED})


def _grow(texts: dict[str, None], new: list[str], *, limit: int) -> None:
    for text in new:
        if len(texts) < limit:
            texts.setdefault(text)
        elif text not in texts:
            texts[OTHER] = None


def _groups(facts: Path, parts: tuple[Part, ...]) -> Iterator[Any]:
    for part in parts:
        with pq.ParquetFile(facts / part.path) as file:
            for group in range(file.num_row_groups):
                yield file.read_row_group(group, columns=list(CODED))


def encoded(column: Any, name: str, codes: Codes) -> Array:
    """A column of texts as codes."""
    texts = getattr(codes, name)
    found = pc.index_in(column, value_set=pa.array(texts, pa.string()))
    missing = pc.is_null(column).to_numpy(zero_copy_only=False)
    places = pc.fill_null(found, len(texts) - 1).to_numpy(zero_copy_only=False)
    return np.where(missing, NONE_CODE, places).astype(COLUMNS[name].dtype)
