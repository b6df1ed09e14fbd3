"""Identity on disk: which identifiers are another's customer."""

from pathlib import Path
from typing import Any

from viaggio.store.sql import identifier, paths, sql


def load_identity(connection: Any, facts: Path, path: str | None, *, name: str = "identity") -> None:
    """Load an identity file as a table of `node` and `customer`; an empty one where there is none."""
    if path is None:
        connection.execute(sql("load_no_identity", name=identifier(name)))
    else:
        connection.execute(sql("load_identity", name=identifier(name), paths=paths([facts / path])))
