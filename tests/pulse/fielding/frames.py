"""Frames for tests, from rows that name only what matters."""

from collections.abc import Mapping, Sequence

import numpy as np

from viaggio.pulse.fielding import Frame
from viaggio.pulse.model import Outcome

TEXTS = (
    "about",
    "touchpoint",
    "phase",
    "channel",
    "segment",
    "region",
    "language",
    "source",
    "email",
    "phone",
)
USUAL = {"consent": 1, "account": 0, "customer": 1, "eligible_at": 0}


def frame(rows: Sequence[Mapping[str, object]], stopped: Mapping[str, Outcome] | None = None) -> Frame:
    """A frame of these rows; everybody agrees to surveys unless the row says otherwise."""
    full = [{**dict.fromkeys(TEXTS, ""), "about": f"i{n}", **USUAL, **row} for n, row in enumerate(rows)]
    return Frame(
        **{name: np.array([row[name] for row in full], object) for name in TEXTS},
        customer=np.array([row["customer"] for row in full], np.int64),
        account=np.array([row["account"] for row in full], np.int64),
        eligible_at=np.array([row["eligible_at"] for row in full], np.int64),
        consent=np.array([row["consent"] for row in full], np.int8),
        stopped=stopped or {},
    )
