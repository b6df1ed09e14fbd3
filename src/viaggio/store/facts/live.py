"""The rows of a table that hold: all parts less the rows that later parts replaced."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from viaggio.store.facts.manifest import Manifest, Part
from viaggio.store.sql import identifier, paths, quoted, sql


def live_sql(
    connection: Any, facts: Path, manifest: Manifest, table: str, *, columns: Iterable[str],
    parts: Iterable[Part] | None = None, places: bool = False,
) -> str | None:  # fmt: skip
    """A query for the rows that hold, of all parts or only of those named; None where there is no part.

    Loads the keys of replaced rows into the connection. With `places` each row also tells its `filename`
    and its `place` in the file.
    """
    wanted = list(manifest.parts_of(table) if parts is None else parts)
    if not wanted:
        return None
    names = ", ".join([identifier(column) for column in columns] + (["filename", _PLACE] if places else []))
    gone = load_voided(connection, facts, manifest, table)
    hurt = [part for part in wanted if gone and part.item <= gone]
    whole = [part for part in wanted if part not in hurt]
    queries = []
    if whole:
        queries.append(sql("live_whole", columns=names, paths=paths(facts / p.path for p in whole)))
    if hurt:
        voided = identifier(f"voided_{table}")
        listed = paths(facts / part.path for part in hurt)
        queries.append(sql("live_voided", columns=names, paths=listed, voided=voided))
    return " union all ".join(queries)


_PLACE = "file_row_number as place"


def load_voided(connection: Any, facts: Path, manifest: Manifest, table: str) -> int:
    """Load the keys of replaced rows; returns the last item of which a row may be replaced, or 0."""
    voided = manifest.voided_of(table)
    if not voided:
        return 0
    gone = voided[-1].item - 1
    where = [
        f"({part.item}, {quoted(str(facts / part.path))})"
        for part in manifest.parts_of(table)
        if part.item <= gone
    ]
    listed = paths(facts / void.path for void in voided)
    name = identifier(f"voided_{table}")
    connection.execute(sql("load_voided", name=name, parts=", ".join(where), paths=listed))
    return gone
