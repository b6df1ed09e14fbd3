"""How fast the sample company is made, and in how much memory: `python benchmarks/demo_scale.py [scale ...]`.

Each scale runs in a process of its own; one core is used. Prints one row per scale.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path


def one(scale: int, seed: int) -> dict[str, float]:
    """Make the company once, in this process."""
    from viaggio.demo import generate

    with tempfile.TemporaryDirectory() as folder:
        wall, cpu = time.perf_counter(), time.process_time()
        truth = generate(Path(folder) / "company", scale=scale, seed=seed, end=date(2026, 11, 1))
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
    return {
        "interactions": truth.realised["rows"]["interactions"],
        "rows": sum(truth.realised["rows"].values()),
        "wall": wall,
        "cpu": cpu,
        "megabytes": size / 1e6,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def main() -> None:
    """Run each scale and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scales", nargs="*", type=lambda text: int(float(text)), default=[300_000, 3_000_000])
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(one(given.scales[0], given.seed)))
        return
    heads = ("interactions", "all rows", "seconds", "CPU s", "per second", "MB", "peak MB")
    print("{:>13} {:>11} {:>8} {:>7} {:>11} {:>8} {:>8}".format(*heads))
    for scale in given.scales:
        command = [sys.executable, __file__, str(scale), "--seed", str(given.seed), "--one"]
        made = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        rate = made["interactions"] / made["wall"]
        print(
            f"{made['interactions']:>13,} {made['rows']:>11,} {made['wall']:>8.1f} {made['cpu']:>7.1f}"
            f" {rate:>11,.0f} {made['megabytes']:>8.1f} {made['peak']:>8.0f}"
        )


if __name__ == "__main__":
    main()
