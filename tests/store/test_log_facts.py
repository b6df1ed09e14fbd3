"""Event logs from file to answer: import, fold, index, kernels; figures counted from the text of the log."""

import gzip
import itertools
import re
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from tests.store.tiny import make

from viaggio import journey
from viaggio.store.fold import fold
from viaggio.store.index import open_index
from viaggio.store.intake import land_recipe

SAMPLE = Path(__file__).parents[1] / "data" / "helpdesk" / "helpdesk.xes.gz"
Case = list[tuple[datetime, str]]


def counted(file: Path) -> list[Case]:
    """The cases of a log: moment and activity of each event in the order of the file."""
    text = gzip.decompress(file.read_bytes()).decode()
    cases = []
    for trace in re.findall(r"<trace>.*?</trace>", text, re.DOTALL):
        events = re.findall(r"<event>(.*?)</event>", trace, re.DOTALL)
        names = [re.search(r'key="concept:name" value="([^"]*)"', event) for event in events]
        moments = [re.search(r'key="time:timestamp" value="([^"]*)"', event) for event in events]
        cases.append([
            (datetime.fromisoformat(moment[1]), name[1].lower())
            for name, moment in zip(names, moments, strict=True)
            if name and moment
        ])  # fmt: skip
    return cases


def imported(file: Path, folder: Path, recipe: str = "xes") -> Any:
    """The journeys of a workspace with the log; for the recipe `xes` every case is a customer of its own."""
    ws = make(folder / recipe)
    options = {"customer": "concept:name"} if recipe == "xes" else {}
    land_recipe(ws, {file.name: file}, recipe, options, by="test")
    (done,) = fold(ws)
    assert not done.failed
    assert not done.rejected
    return open_index(ws)


def slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name).strip("_")


def assert_as_counted(cases: list[Case], index: Any) -> None:
    """Variants, transitions with their times, first and last steps are those of the text."""
    walks = [[slug(name) for _, name in sorted(case, key=lambda event: event[0])] for case in cases]
    variants = journey.variants(index, shown=100, top=10_000)
    assert Counter({path.places: path.journeys for path in variants.paths}) == Counter(map(tuple, walks))
    assert (variants.journeys, variants.different) == (len(cases), len({tuple(walk) for walk in walks}))
    moved = journey.transitions(index)
    pairs = Counter(pair for walk in walks for pair in itertools.pairwise(walk))
    assert {(m.origin, m.target): m.moves for m in moved.moves} == pairs
    seconds = sum((max(at for at, _ in case) - min(at for at, _ in case)).total_seconds() for case in cases)
    waited = sum(m.time.mean_seconds * m.moves for m in moved.moves if m.time.mean_seconds)
    assert waited == pytest.approx(seconds, abs=0.01)
    once = journey.paths(index, steps=100, top=10_000)
    without_loops = [tuple(n for i, n in enumerate(walk) if not i or walk[i - 1] != n) for walk in walks]
    assert {path.places: path.journeys for path in once.paths} == Counter(without_loops)
    ends = journey.flow(index, which="end", before=1, top=100)
    assert {stop.name: stop.flows for stop in ends.stops if stop.step == 0} == Counter(w[-1] for w in walks)


def test_a_sample_of_the_help_desk_gives_its_variants(tmp_path: Path) -> None:
    cases = counted(SAMPLE)
    assert (len(cases), sum(map(len, cases))) == (18, 98)
    assert_as_counted(cases, imported(SAMPLE, tmp_path))
    tickets = journey.variants(imported(SAMPLE, tmp_path, "helpdesk"), per="episode")
    assert (tickets.journeys, tickets.customers, tickets.different) == (18, 15, 14)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("log", "tickets", "events", "activities", "different"),
    # the sizes published with the logs; their variants as every tool for event logs counts them
    [("log_helpdesk_it/helpdesk", 4580, 21_348, 14, 226), ("log_receipt/receipt", 1434, 8577, 27, 116)],
)
def test_published_logs_have_their_published_variants(
    shared_data: Path, tmp_path: Path, log: str, tickets: int, events: int, activities: int, different: int
) -> None:
    file = shared_data / f"{log}.xes.gz"
    index = imported(file, tmp_path)
    found = journey.variants(index, shown=3, top=5)
    assert (found.customers, found.different) == (tickets, different)
    moved = journey.transitions(index, quantiles=False)
    assert (moved.interactions, len(moved.places)) == (events, activities)
    assert_as_counted(counted(file), index)


@pytest.mark.shared
def test_tickets_of_companies_have_the_same_variants_as_tickets_alone(
    shared_data: Path, tmp_path: Path
) -> None:
    index = imported(shared_data / "log_helpdesk_it" / "helpdesk.xes.gz", tmp_path, "helpdesk")
    found = journey.variants(index, per="episode")
    assert (found.journeys, found.different) == (4580, 226)
    assert found.customers < 500
