"""The questions in Viaggio, on the mapped index, one bucket in memory at a time; `two_`: on two threads."""

import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from questions import FIRST, GOAL, STEPS, TOP

import viaggio.journey as vj
from viaggio.journey.index import Bucket, Codes, MemoryJourneys
from viaggio.store.index.columnar import SUFFIX, map_bucket

PACKAGES = ("numba", "numpy")


class Mapped:
    """Journeys in files as the product writes them; a bucket is mapped when asked for, and let go."""

    version = "benchmark"

    def __init__(self, folder: Path) -> None:
        told = json.loads((folder / "index.json").read_text())
        self.codes = Codes(**{name: tuple(texts) for name, texts in told["codes"].items()})
        self.folder, self.buckets = folder, told["buckets"]

    def __len__(self) -> int:
        return int(self.buckets)

    def bucket(self, number: int) -> Bucket:
        """One bucket."""
        return map_bucket(self.folder / f"{number}{SUFFIX}")


def _sessions(journeys: Any, threads: int = 1) -> Any:
    found = vj.sessions(journeys, gap_minutes=30, threads=threads)
    return [(g.channel, g.sessions, g.interactions, g.single, g.time.mean_seconds) for g in found.channels]


def _transitions(journeys: Any, threads: int = 1) -> Any:
    found = vj.transitions(journeys, quantiles=False, threads=threads)
    return [(m.origin, m.target, m.moves, m.time.mean_seconds) for m in found.moves]


def _funnel(journeys: Any, threads: int = 1) -> Any:
    found = vj.funnel(journeys, steps=STEPS, within=timedelta(days=7), threads=threads)
    return [step.reached for step in found.steps]


def _paths(journeys: Any, threads: int = 1) -> Any:
    found = vj.paths(journeys, steps=FIRST, top=TOP, repeats=True, threads=threads)
    return [(path.text, path.customers) for path in found.paths]


def _attribution(journeys: Any, threads: int = 1) -> Any:
    """What the others are asked: three models, without the intervals."""
    return _credits(journeys, threads, models=("first", "last", "markov"), level=None)


def _everything(journeys: Any, threads: int = 1) -> Any:
    """All eight models with their intervals, of which three are compared."""
    return _credits(journeys, threads)


def _credits(journeys: Any, threads: int, **asked: Any) -> Any:
    found = vj.attribution(journeys, conversion=GOAL, lookback_days=3650, threads=threads, **asked)
    kept = (credit for credit in found.credits if credit.model in {"first", "last", "markov"})
    return [(c.model, c.name, c.conversions) for c in kept if not str(c.name).startswith("(")]


_ASKED: dict[str, Callable[..., Any]] = {
    "sessions": _sessions,
    "transitions": _transitions,
    "funnel": _funnel,
    "paths": _paths,
    "attribution": _attribution,
}


def _asked(name: str, folder: Path, threads: int = 1) -> Any:
    return _ASKED[name](Mapped(folder / "index"), threads)


def warm(question: str, folder: Path) -> None:
    """Load or compile the machine code of a question: ask it of an index without buckets."""
    ask = _everything if question.startswith("all_") else _ASKED[question.removeprefix("two_")]
    ask(MemoryJourneys((), Mapped(folder / "index").codes))


QUESTIONS: dict[str, Callable[[Path], Any]] = {
    **{name: partial(_asked, name) for name in _ASKED},
    **{f"two_{name}": partial(_asked, name, threads=2) for name in _ASKED},
    "all_attribution": lambda folder: _everything(Mapped(folder / "index")),
}
