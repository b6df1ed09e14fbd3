"""One question, one engine, a process of its own: answer, CPU seconds and peak memory as a line of JSON.

    python benchmarks/journey/engines/ask.py duckdb sessions FOLDER --repeats 3

It imports nothing of Viaggio, so that it runs in the peers' environment; the engine's module is `with_NAME`.
"""

import argparse
import importlib
import json
import os
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

THREADS = (
    "BENCHMARK_THREADS", "POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
)  # fmt: skip


def peak_megabytes() -> float:
    """The most memory this process has had, mapped files included."""
    with Path("/proc/self/status").open() as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


def main() -> None:
    """Ask, several times, and tell."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    arguments.add_argument("engine")
    arguments.add_argument("question")
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--repeats", type=int, default=3)
    arguments.add_argument("--threads", type=int, default=1)
    given = arguments.parse_args()
    for name in THREADS:
        os.environ[name] = str(given.threads)
    os.environ["RETENTIONEERING_NO_TRACK"] = "1"
    told = sys.stdout
    sys.stdout = sys.stderr  # banners of libraries
    sys.path.insert(0, str(Path(__file__).parent))
    module = importlib.import_module(f"with_{given.engine}")
    ask = module.QUESTIONS[given.question]
    if hasattr(module, "warm"):
        module.warm(given.question, given.folder)
    spent: list[float] = []
    walls: list[float] = []
    answer: Any = None
    first = peak = 0.0
    for number in range(given.repeats):
        cpu, wall = time.process_time(), time.perf_counter()
        answer = ask(given.folder)
        spent.append(time.process_time() - cpu)
        walls.append(time.perf_counter() - wall)
        if number == 0:
            first, peak = time.process_time(), peak_megabytes()
    versions = {name: version(name) for name in module.PACKAGES}
    report = {
        "cpu": spent, "wall": walls, "cold_cpu": first, "peak_mb": peak, "answer": answer,
        "versions": versions,
    }  # fmt: skip
    print(json.dumps(report), file=told)


if __name__ == "__main__":
    main()
