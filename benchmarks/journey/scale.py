"""The five questions on logs of ten million interactions one beside the other: growth and flat memory.

    python benchmarks/journey/scale.py 10

Each log has a seed and customers of its own and fills 64 buckets, so that ten of them are an index of 640
buckets and 100 million interactions (5 GB on the disk), which is answered bucket by bucket. Viaggio alone is
asked; CPU seconds, the time on the clock and peak memory are recorded beside those of `peers.py`.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "engines")]

from ask import peak_megabytes  # noqa: E402 -- scripts of this folder, which is no package
from generate import make_log  # noqa: E402 -- so is this
from layout import write_index  # noqa: E402 -- so is this
from peers import ask_all, machine  # noqa: E402 -- so is this
from recorded import record  # noqa: E402 -- so is this

APART = 1_000_000_000
"""Between the numbers of customers of one log and the next."""


def build(folder: Path, logs: int, events: int, buckets: int) -> dict[str, float]:
    """The index of all logs, and what cutting, sorting and writing cost."""
    index = folder / "index"
    index.mkdir()
    spent, codes = 0.0, {}
    for number in range(logs):
        log = make_log(events, seed=7 + number)
        customers = pc.add(log["user_id"], pa.scalar(APART * number, pa.int64()))
        log = log.set_column(1, "user_id", customers)
        begin = time.process_time()
        codes = write_index(log, index, buckets, first=buckets * number)
        spent += time.process_time() - begin
        print(f"{(number + 1) * events:,} interactions written", flush=True)
    (index / "index.json").write_text(json.dumps({"codes": codes, "buckets": buckets * logs}))
    return {"cpu": spent, "peak_mb": peak_megabytes(), "events": logs * events}


def main() -> None:
    """Build, ask, record."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    arguments.add_argument("logs", type=int, nargs="?", default=10)
    arguments.add_argument("--events", type=int, default=10_000_000, help="of each log")
    arguments.add_argument("--buckets", type=int, default=64, help="of each log")
    arguments.add_argument("--repeats", type=int, default=1)
    arguments.add_argument("--folder", type=Path, help="for the temporary files")
    given = arguments.parse_args()
    before = machine()
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        folder = Path(name)
        built = build(folder, given.logs, given.events, given.buckets)
        found = ask_all(["viaggio"], Path(sys.executable), folder, given.repeats)
    about = {
        **before,
        "load_after": machine()["load"],
        "command": f"python benchmarks/journey/scale.py {given.logs} --repeats {given.repeats}",
        "buckets": given.buckets * given.logs,
    }
    record(HERE, {"events": built["events"], "about": about, "index": built, "found": found})


if __name__ == "__main__":
    main()
