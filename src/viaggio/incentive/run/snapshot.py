"""The snapshot: every input of a run in one canonical text, and its hash."""

import hashlib

from viaggio.incentive.plan.document import canonical, plain
from viaggio.incentive.run.model import Inputs

LATER = ("window", "frozen", "excluded")
"""What inputs did not have at first: where it is not used it is not written, so that old hashes stay."""


def snapshot_text(inputs: Inputs) -> str:
    """All inputs as canonical JSON: rows sorted, exact numbers as text; the same for shuffled rows."""
    data = {name: value for name, value in plain(inputs).items() if name not in LATER or value}
    for name in {"people", "cells", "holds", "excluded"} & data.keys():
        data[name] = sorted((_sorted(row) for row in data[name]), key=canonical)
    return canonical(data)


def _sorted(row: dict[str, object]) -> dict[str, object]:
    """The row with its own lists in order."""
    return {
        name: sorted(value, key=canonical) if isinstance(value, list) else value
        for name, value in row.items()
    }


def snapshot_hash(inputs: Inputs) -> str:
    """SHA-256 of the snapshot's text, as hex."""
    return hashlib.sha256(snapshot_text(inputs).encode()).hexdigest()
