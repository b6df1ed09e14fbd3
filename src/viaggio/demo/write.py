"""Writes the sample company: one folder per source, Parquet files in the landing shape, and the truth."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from viaggio.demo.arrow import table
from viaggio.demo.asked import asked_rows
from viaggio.demo.block import BLOCK_PERSONS, Simulated, simulate
from viaggio.demo.clock import clock_until, draw_times
from viaggio.demo.company import CAMPAIGN, CAMPAIGNS, PILLARS, TOUCHPOINTS
from viaggio.demo.employees import employments
from viaggio.demo.files import Files
from viaggio.demo.ledger import ledger
from viaggio.demo.model import MONTHS, Parameters, Truth
from viaggio.demo.realised import Realised
from viaggio.demo.said import LABELS, Sayings
from viaggio.demo.tables import Desk, facts
from viaggio.demo.world import ASKED, SALIENCE, Floats, World, expected_answers, world_of
from viaggio.incentive.tables import EMPLOYMENTS
from viaggio.journey.model import CHANNELS
from viaggio.journey.tables import TOUCHPOINTS as TOUCHPOINT_ROWS
from viaggio.kernel import ViaggioError
from viaggio.measure.tables import COSTS

DEFAULT_SCALE = 300_000
"""Interactions of `viaggio demo`: about 10,000 persons, every page has something to show."""

INTERACTIONS_PER_PERSON = 29.6  # measured; the scale is met within a few per cent
FEWEST_PERSONS = 30
TRUTH_FILE, LABEL_FILE = "truth.json", "truth-texts.parquet"

OnProgress = Callable[[int, int], None]
"""Told after every block: about how many interactions are written, and how many there will be."""


def generate(
    folder: str | Path,
    *,
    scale: int = DEFAULT_SCALE,
    seed: int,
    end: date,
    on_progress: OnProgress | None = None,
) -> Truth:
    """Write about `scale` interactions of the 24 months up to `end` (excluded) under `folder`.

    Layout: `<source>/<table>-0000.parquet` in the landing shape, `truth.json`,
    and `truth-texts.parquet` (what each
    text is about). The same seed, scale and end give the same bytes. Memory stays under a gigabyte at
    any scale. Raises `ViaggioError` when the folder holds something already.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise ViaggioError("The folder is not empty", place=folder.name, hint="Give a new one.")
    world = world_of(seed, clock_until(end), Parameters())
    persons = max(FEWEST_PERSONS, round(scale / INTERACTIONS_PER_PERSON))
    realised = Realised(world)
    with Files(folder) as files, _labels(folder) as labels:
        _write_company(world, files, persons)
        for block, first in enumerate(range(0, persons, BLOCK_PERSONS)):
            simulated = simulate(world, block, min(BLOCK_PERSONS, persons - first))
            _write_block(simulated, files, labels)
            realised.add(simulated)
            if on_progress is not None:
                on_progress(scale * min(first + BLOCK_PERSONS, persons) // persons, scale)
    truth = _truth(world, scale, realised.report(files.by_source()))
    text = json.dumps(asdict(truth), ensure_ascii=False, indent=1)
    (folder / TRUTH_FILE).write_text(text + "\n", encoding="utf-8")
    return truth


def _labels(folder: Path) -> Any:
    return pq.ParquetWriter(folder / LABEL_FILE, LABELS, compression="zstd", compression_level=1)


def _write_block(simulated: Simulated, files: Files, labels: Any) -> None:
    desk = Desk(simulated)
    sayings = Sayings(desk)
    for source, contract, rows in chain(facts(desk), ledger(desk), sayings.pieces(), asked_rows(desk)):
        files.write(source, contract, rows)
    labels.write_table(pa.concat_tables(sayings.labels))


def _write_company(world: World, files: Files, persons: int) -> None:
    """What does not belong to a customer: the catalogue, the employees, the cost of campaigns."""
    rng = np.random.default_rng(np.random.SeedSequence(world.seed, spawn_key=(1 << 30,)))
    rows = {
        "id": [t.slug for t in TOUCHPOINTS], "name_it": [t.name_it for t in TOUCHPOINTS],
        "name_en": [t.name_en for t in TOUCHPOINTS], "phase": [str(t.phase) for t in TOUCHPOINTS],
        "moment": [str(t.moment) for t in TOUCHPOINTS],
        "owner_function": [t.owner_function for t in TOUCHPOINTS],
        "partner_functions": [",".join(t.partner_functions) for t in TOUCHPOINTS],
        "channels": [",".join(t.channels) for t in TOUCHPOINTS], "contact": [t.contact for t in TOUCHPOINTS],
    }  # fmt: skip
    catalogue = table(
        TOUCHPOINT_ROWS, len(TOUCHPOINTS), {name: pa.array(values) for name, values in rows.items()}
    )
    files.write("crm", TOUCHPOINT_ROWS, catalogue)
    files.write("hr", EMPLOYMENTS, employments(rng, world.clock.starts[0], world.clock.end))
    files.write("erp", COSTS, _campaign_costs(world, rng, persons))


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
        "id": pa.array([ids[i] for i in kept]), "kind": "acquisition", "function": "marketing",
        "touchpoint": "campaign",
        "amount_cents": np.array([amount[i] for i in kept]), "currency": "EUR",
        "incurred_at": np.array([at[i] for i in kept], dtype=np.int64),
        "campaign": pa.array([campaign[i] for i in kept]),
    })  # fmt: skip


def _by_pillar(levels: Floats) -> Mapping[str, tuple[float, ...]]:
    return {pillar: tuple(round(float(v), 6) for v in levels[k]) for k, pillar in enumerate(PILLARS)}


def _truth(world: World, scale: int, realised: dict[str, Any]) -> Truth:
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
        realised=realised,
    )
