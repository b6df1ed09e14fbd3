"""Waves are weighted: from the coverage ledger in the facts to rows of `weights`, landed like any file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from viaggio.pulse.weighting import Ledger, NoResponses, WaveWeights, wave_weights
from viaggio.store.contracts import FACTS, incoming_schema
from viaggio.store.landing import Item, land

if TYPE_CHECKING:
    from viaggio.store.engine import Engine

SOURCE = "weights"
SCHEME = "calibrated"
MARGINS = ("segment", "region", "channel")
"""What the weights are raked to, where the ledger tells it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """What was computed for one wave of one pulse."""

    pulse: str
    wave: str
    weights: WaveWeights


def weigh(
    engine: "Engine", waves: Sequence[tuple[str, str]] = (), *, margins: Sequence[str] = MARGINS
) -> list[Weighed]:
    """Weights of these (pulse, wave) pairs, of all in the ledger when none are named.

    Waves that nobody answered are left out. Raises `UnknownColumn` for a margin the ledger does not have.
    """
    rows = ledger_rows(engine, margins)
    pairs = waves or sorted(set(zip(rows["pulse"], rows["wave"], strict=True)))
    found = []
    for pulse, wave in pairs:
        mine = (rows["pulse"] == pulse) & (rows["wave"] == wave)
        ledger = Ledger(
            stratum=rows["stratum"][mine], probability=rows["probability"][mine].astype(float),
            outcome=rows["outcome"][mine], response=rows["response"][mine],
            margins={name: rows[name][mine] for name in margins},
        )  # fmt: skip
        try:
            found.append(Weighed(pulse=pulse, wave=wave, weights=wave_weights(ledger)))
        except NoResponses:
            continue
    return found


def ledger_rows(engine: "Engine", margins: Sequence[str]) -> dict[str, Any]:
    """The ledger's columns as arrays; texts that are missing are empty."""
    table = engine.tables().coverage
    names = ("pulse", "wave", "stratum", "outcome", "response", *margins)
    read = engine.run(table.select(*dict.fromkeys((*names, "probability"))).order_by("pulse", "wave"))
    columns = {name: np.array([text or "" for text in read[name].to_pylist()], object) for name in names}
    numbers = [np.nan if number is None else number for number in read["probability"].to_pylist()]
    return {**columns, "probability": np.array(numbers, float)}


def land_weights(
    engine: "Engine", weighed: Sequence[Weighed], *, made_at: int, by: str, scheme: str = SCHEME
) -> Item | None:
    """Land what was computed; the next fold makes it count. `made_at` in UTC microseconds.

    The same weights are landed once: the earlier item comes back. None where there are none.
    """
    rows = [row for one in weighed for row in _rows(one, scheme, made_at)]
    if not rows:
        return None
    with TemporaryDirectory() as folder:
        path = Path(folder) / "weights.parquet"
        pq.write_table(pa.Table.from_pylist(rows, schema=incoming_schema(FACTS["weights"])), path)
        label = ", ".join(f"{one.pulse} {one.wave}" for one in weighed)
        landed, _ = land(
            engine.workspace, kind="recipe", source=SOURCE, label=f"{scheme}: {label}"[:200],
            files={"weights.parquet": path}, recipe="native", landed_at=made_at, by=by,
        )  # fmt: skip
    return landed


def _rows(one: Weighed, scheme: str, made_at: int) -> list[dict[str, Any]]:
    found = one.weights
    columns = (found.response, found.base, found.factor, found.weight)
    return [
        {
            "id": f"{scheme} {one.pulse} {response}", "response": response, "pulse": one.pulse,
            "wave": one.wave, "scheme": scheme, "base": base, "factor": factor, "weight": weight,
            "method": found.method, "made_at": made_at,
        }
        for response, base, factor, weight in zip(*(column.tolist() for column in columns), strict=True)
    ]  # fmt: skip
