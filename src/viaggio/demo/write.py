"""Writes the sample company: one folder per source, Parquet files in the landing shape, and the truth."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from viaggio.demo.arrow import schema, table
from viaggio.demo.block import BLOCK_PERSONS, simulate
from viaggio.demo.clock import clock_until, draw_times
from viaggio.demo.company import CAMPAIGN, CAMPAIGNS, PILLARS, TOUCHPOINTS
from viaggio.demo.employees import employments
from viaggio.demo.model import MONTHS, Parameters, Truth
from viaggio.demo.realised import Realised
from viaggio.demo.said import LABELS, Sayings
from viaggio.demo.tables import Desk, pieces
from viaggio.demo.world import ASKED, SALIENCE, World, expected_answers, world_of
from viaggio.incentive.tables import EMPLOYMENTS
from viaggio.journey.model import CHANNELS
from viaggio.journey.tables import TOUCHPOINTS as TOUCHPOINT_ROWS
from viaggio.kernel import Contract, ViaggioError
from viaggio.measure.tables import COSTS

DEFAULT_SCALE = 300_000
"""Interactions of `viaggio demo`: about 10,000 persons, every page has something to show."""

INTERACTIONS_PER_PERSON = 29.0  # measured; the scale is met within a few per cent
ROWS_PER_FILE = 2_000_000
TRUTH_FILE, LABEL_FILE = "truth.json", "truth-texts.parquet"

OnProgress = Callable[[int, int], None]
"""Told after every block: persons done, persons in all."""


class _Files:
    """Open Parquet files, one per source and table; a file that grows too long is followed by another."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.writers: dict[tuple[str, str], Any] = {}
        self.rows: dict[tuple[str, str], int] = {}
        self.parts: dict[tuple[str, str], int] = {}

    def write(self, source: str, name: str, wanted: Any, rows: Any) -> None:
        if not rows.num_rows:
            return
        key = (source, name)
        if self.rows.get(key, 0) >= ROWS_PER_FILE:
            self.writers.pop(key).close()
            self.parts[key] += 1
            self.rows[key] = 0
        if key not in self.writers:
            (self.folder / source).mkdir(exist_ok=True)
            path = self.folder / source / f"{name}-{self.parts.setdefault(key, 0):04d}.parquet"
            self.writers[key] = pq.ParquetWriter(path, wanted, compression="zstd", compression_level=1)
        self.writers[key].write_table(rows)
        self.rows[key] = self.rows.get(key, 0) + rows.num_rows

    def close(self) -> None:
        for writer in self.writers.values():
            writer.close()


def generate(
    folder: str | Path,
    *,
    scale: int = DEFAULT_SCALE,
    seed: int,
    end: date,
    on_progress: OnProgress | None = None,
) -> Truth:
    """Write about `scale` interactions of the 24 months up to `end` (excluded) under `folder`.

    Layout: `<source>/<table>-0000.parquet` in the landing shape, `truth.json`, and `truth-texts.parquet` (what
    each text is about). The same seed, scale and end give the same bytes. Memory stays under a gigabyte at
    any scale. Raises `ViaggioError` when the folder holds something already.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise ViaggioError("The folder is not empty", place=folder.name, hint="Give a new one.")
    world = world_of(seed, clock_until(end), Parameters())
    realised, files = Realised(world), _Files(folder)
    persons = max(60, round(scale / INTERACTIONS_PER_PERSON))
    try:
        _write_company(world, files, realised, persons)
        _write_blocks(world, files, realised, persons, folder, on_progress)
    finally:
        files.close()
    truth = _truth(world, scale, realised)
    text = json.dumps(asdict(truth), ensure_ascii=False, indent=1)
    (folder / TRUTH_FILE).write_text(text + "\n", encoding="utf-8")
    return truth


def _write_blocks(
    world: World,
    files: _Files,
    realised: Realised,
    persons: int,
    folder: Path,
    on_progress: OnProgress | None,
) -> None:
    with pq.ParquetWriter(folder / LABEL_FILE, LABELS, compression="zstd", compression_level=1) as labels:
        for block, first in enumerate(range(0, persons, BLOCK_PERSONS)):
            simulated = simulate(world, block, min(BLOCK_PERSONS, persons - first))
            desk = Desk(simulated)
            sayings = Sayings(desk)
            for source, contract, rows in (*pieces(desk), *sayings.pieces()):
                _write(files, realised, source, contract, rows)
            labels.write_table(pa.concat_tables(sayings.labels))
            realised.add(simulated)
            if on_progress is not None:
                on_progress(min(first + BLOCK_PERSONS, persons), persons)


def _write(files: _Files, realised: Realised, source: str, contract: Contract, rows: Any) -> None:
    files.write(source, contract.name, schema(contract), rows)
    if rows.num_rows:
        realised.count_rows(source, contract.name, rows.num_rows)


def _write_company(world: World, files: _Files, realised: Realised, persons: int) -> None:
    """What does not belong to a customer: the catalogue, the employees, the cost of campaigns."""
    rng = np.random.default_rng(np.random.SeedSequence(world.seed, spawn_key=(1 << 30,)))
    rows = {
        "id": [t.slug for t in TOUCHPOINTS], "name_it": [t.name_it for t in TOUCHPOINTS],
        "name_en": [t.name_en for t in TOUCHPOINTS], "phase": [str(t.phase) for t in TOUCHPOINTS],
        "moment": [str(t.moment) for t in TOUCHPOINTS], "owner_function": [t.owner_function for t in TOUCHPOINTS],
        "partner_functions": [",".join(t.partner_functions) for t in TOUCHPOINTS],
        "channels": [",".join(t.channels) for t in TOUCHPOINTS], "contact": [t.contact for t in TOUCHPOINTS],
    }  # fmt: skip
    catalogue = table(
        TOUCHPOINT_ROWS, len(TOUCHPOINTS), {name: pa.array(values) for name, values in rows.items()}
    )
    _write(files, realised, "crm", TOUCHPOINT_ROWS, catalogue)
    _write(files, realised, "hr", EMPLOYMENTS, employments(rng, world.clock.starts[0], world.clock.end))
    _write(files, realised, "erp", COSTS, _campaign_costs(world, rng, persons))


def _campaign_costs(world: World, rng: np.random.Generator, persons: int) -> Any:
    """What campaigns cost each month, in proportion to the company's size."""
    ids, at, amount, campaign = [], [], [], []
    for month in range(MONTHS):
        for name in ("newsletter", "cerca-online", "video-social"):
            ids.append(f"CM{month:02d}-{CAMPAIGN[name]}")
            at.append(int(draw_times(rng, world.clock, month, "office", 1)[0]))
            amount.append(round(persons * float(rng.uniform(6, 14))))
            campaign.append(CAMPAIGNS[CAMPAIGN[name]])
    kept = [i for i, instant in enumerate(at) if instant < world.clock.until]
    return table(COSTS, len(kept), {
        "id": pa.array([ids[i] for i in kept]), "kind": "acquisition", "function": "marketing", "touchpoint": "campaign",
        "amount_cents": np.array([amount[i] for i in kept]), "currency": "EUR",
        "incurred_at": np.array([at[i] for i in kept], dtype=np.int64), "campaign": pa.array([campaign[i] for i in kept]),
    })  # fmt: skip


def _by_pillar(levels: np.ndarray) -> Mapping[str, tuple[float, ...]]:
    return {pillar: tuple(round(float(v), 6) for v in levels[k]) for k, pillar in enumerate(PILLARS)}


def _truth(world: World, scale: int, realised: Realised) -> Truth:
    expected = expected_answers(world)
    slugs = [touchpoint.slug for touchpoint in TOUCHPOINTS]
    return Truth(
        seed=world.seed,
        scale=scale,
        start=world.clock.starts[0].isoformat(),
        end=world.clock.end.isoformat(),
        months=tuple(f"{day:%Y-%m}" for day in world.clock.starts),
        parameters=world.parameters,
        latent={slug: _by_pillar(world.levels[at]) for at, slug in enumerate(slugs)},
        channel_shift={name: _by_pillar(world.channel_shift[at]) for at, name in enumerate(CHANNELS)},
        expected_answer={slug: _by_pillar(expected[at]) for at, slug in enumerate(slugs)},
        asked_share=dict(ASKED),
        salience=dict(SALIENCE),
        realised=realised.report(),
    )
