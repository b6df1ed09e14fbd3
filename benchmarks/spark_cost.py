"""What a question costs on a cluster: processor seconds a million, and what a task sends back.

    python benchmarks/spark_cost.py 1000000
    python benchmarks/spark_cost.py 1000000 --buckets 8
    python benchmarks/spark_cost.py 1000000 --answers 4000000

Walks the buckets of a made log one after the other with the task that Spark runs (`part_of`, then pickled):
CPU seconds of user and system, best of three, compiling left out. `answer`: merging and finishing at the
asker, once a question. The last columns size a cluster for an answer in ten seconds. With `--answers` then
the parts of an answer index, a million answers at a time; `first`: a part that a worker sees anew.
"""

import argparse
import math
import pickle
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import scores as answer_questions
from journey_kernels import make_log, write_index

from viaggio import journey
from viaggio.journey import design_from_csv
from viaggio.journey.index import MemoryJourneys
from viaggio.journey.run import part_of, run
from viaggio.kernel import Period
from viaggio.measure.catalogue import CATALOGUE, Cut, Spans
from viaggio.measure.visited import VisitSumsKernel
from viaggio.pulse.index import Answers, of_arrays
from viaggio.pulse.kernels.question import ask
from viaggio.pulse.parts import arrays_of_part

WALKS = tuple(dict.fromkeys(metric.walk for metric in CATALOGUE.values() if metric.walk is not None))
YEARS = Cut(spans=Spans((Period.parse("2025..2027"),), ZoneInfo("Europe/Rome")), by=("channel",), people=True)
DESIGN = design_from_csv("from,to\nstart,site\nsite,product_page\nproduct_page,basket\nbasket,end\n", "buy")
STEPS = ["site", "product_page", "basket", "order"]
QUESTIONS: dict[str, Callable[[Any], Any]] = {
    "transitions, with times": journey.transitions,
    "sessions": journey.sessions,
    "phase flow": journey.phase_flow,
    "flow around an anchor": lambda log: journey.flow(log, anchor="checkout"),
    "funnel, four steps in 7 days": lambda log: journey.funnel(log, steps=STEPS, within=timedelta(days=7)),
    "paths, first ten steps": journey.paths,
    "sub-paths to four steps": journey.sub_paths,
    "attribution, all models": lambda log: journey.attribution(log, conversion="order"),
    "attribution, no intervals": lambda log: journey.attribution(log, conversion="order", level=None),
    "conformance": lambda log: journey.conformance(log, DESIGN),
    "what distinguishes": lambda log: journey.distinguishes(log, "order"),
    "leaving, for the what-if": lambda log: journey.leaving(log, goal="order", until_micros=2**61),
    "drop-off": lambda log: journey.drop_off(log, until_micros=2**61),
    "retention": lambda log: journey.retention(log, until_micros=2**61),
    "digital figures, all together": lambda log: run(log, VisitSumsKernel(WALKS, YEARS, {})),
}
SCORES = ("all scores", "by wave and touchpoint", "by wave and touchpoint, weighted")
WAIT_SECONDS = 10
LARGE = (10**9, 10**10)


@dataclass
class Measured:
    """Journeys that walk as a cluster does, and say what it took."""

    log: MemoryJourneys
    seconds: list[float] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)

    @property
    def codes(self) -> Any:
        return self.log.codes

    def __len__(self) -> int:
        return len(self.log)

    def bucket(self, number: int) -> Any:
        return self.log.bucket(number)

    def parts(self, kernel: Any, where: Any) -> Any:
        began = time.process_time()
        buckets = map(self.log.bucket, range(len(self.log)))
        packed = [pickle.dumps(part_of(bucket, self.codes, kernel, where)) for bucket in buckets]
        self.seconds.append(time.process_time() - began)
        self.sent.append(sum(map(len, packed)))
        return map(pickle.loads, packed)


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    given.add_argument("events", type=int)
    given.add_argument("--buckets", type=int, default=8)
    given.add_argument("--rounds", type=int, default=3)
    given.add_argument("--answers", type=int, default=0)
    asked = given.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        log = write_index(make_log(asked.events, seed=1), Path(folder), asked.buckets)
        n = sum(bucket.n_events for bucket in log.buckets)
        print(f"{n:,} interactions, {asked.buckets} buckets; CPU seconds, best of {asked.rounds}")
        head = "".join(f" {f'cores, 10^{round(math.log10(size))}':>13}" for size in LARGE)
        print(f"{'question':30} {'s a million':>11} {'answer s':>9} {'kB a task':>10}{head}")
        for name, question in QUESTIONS.items():
            _one(name, question, log, n, asked.rounds)
    if asked.answers:
        _scores(asked.answers, asked.rounds)


@dataclass
class Parts:
    """Walks the parts of an answer index as a cluster does, and says what it took."""

    answers: Answers
    seconds: list[float] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)
    known: dict[tuple[int, int], Answers] = field(default_factory=dict)

    def __call__(self, work: Any, parts: Any) -> Any:
        arrays, whole = self.answers.arrays(), self.answers
        began = time.process_time()
        for part in set(parts) - self.known.keys():
            cut = arrays_of_part(arrays, *part)
            self.known[part] = of_arrays(cut, whole.codes, whole.scales, whole.cx_weights)
        packed = [pickle.dumps(work(self.known[part])) for part in parts]
        self.seconds.append(time.process_time() - began)
        self.sent.append(sum(map(len, packed)) // len(parts))
        return list(map(pickle.loads, packed))


def _scores(many: int, rounds: int) -> None:
    made = answer_questions.make(many, seed=1)
    print(f"\n{len(made):,} answers\n{'scores':36} {'first s a million':>18} {'again':>7} {'kB a task':>10}")
    for name in SCORES:
        parts = Parts(made)
        index = replace(made, elsewhere=parts)
        question = answer_questions.QUESTIONS[name]
        ask(index, question)  # compiles
        parts.known.clear()
        for _ in range(rounds + 1):
            ask(index, question)
        first, again = parts.seconds[1], min(parts.seconds[2:])
        print(
            f"{name:36} {first * 1e6 / len(made):>18.3f} {again * 1e6 / len(made):>7.3f}"
            f" {parts.sent[-1] / 1e3:>10.1f}",
            flush=True,
        )


def _one(name: str, question: Callable[[Any], Any], log: MemoryJourneys, n: int, rounds: int) -> None:
    measured = Measured(log)
    question(measured)  # compiles
    measured.seconds.clear()
    whole = []
    for _ in range(rounds):
        began = time.process_time()
        question(measured)
        whole.append(time.process_time() - began - measured.seconds[-1])
    walked, answer = min(measured.seconds) * 1e6 / n, min(whole)
    cores = "".join(f" {math.ceil(size / 1e6 * walked / WAIT_SECONDS):>13,}" for size in LARGE)
    print(
        f"{name:30} {walked:>11.3f} {answer:>9.3f} {measured.sent[-1] / len(log) / 1e3:>10.1f}{cores}",
        flush=True,
    )


if __name__ == "__main__":
    main()
