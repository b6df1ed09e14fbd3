"""What a fold of new interactions into an index of many costs, beside DuckDB sorting and writing the new.

    python benchmarks/journey/fold.py --old 10000000 --new 1000000 [--log LOG.parquet] [--folder FOLDER]

The log (event_id, user_id, ts, event, channel, phase, in the order of time) is made here or elsewhere. Its
last rows are the news. Each step runs in a process of its own, DuckDB on one thread, the fold with the second
hand it always has, the small ones three times from the same start, best of three told: landing and folding
the old rows; landing the new ones; folding them, of which the part that reads them into facts and the part
that brings the index up to them; and DuckDB reading the same file, sorting it by customer and time, and
writing it as Parquet, with the file synced to the disk. At the end it is checked that the index is what
`doctor` expects.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
TIMES = 3


def make_files(log: Path | None, old: int, new: int, folder: Path) -> None:
    """The log as two files in our own shape: the old rows, and the news."""
    import pyarrow.parquet as pq

    if log is None:
        from journey_kernels import make_log

        table = make_log(int((old + new) * 1.3), 7)
        table = table.rename_columns(["event_id", "user_id", "ts", "event", "channel", "phase"])
    else:
        table = pq.read_table(log, columns=["event_id", "user_id", "ts", "event", "channel", "phase"])
    if len(table) < old + new:
        raise SystemExit(f"the log has {len(table):,} rows, {old + new:,} are needed")
    for name, start, rows in (("old", 0, old), ("new", old, new)):
        (folder / name).mkdir()
        pq.write_table(
            native(table.slice(start, rows)), folder / name / "interactions.parquet", compression="zstd"
        )


def native(rows: Any) -> Any:
    """Rows of a log as incoming interactions."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from viaggio.store.contracts import FACTS, incoming_schema

    phases = {"know": "discovery"}
    phase = [phases.get(text, text) for text in pc.unique(rows["phase"].cast(pa.string())).to_pylist()]
    known = pa.array(pc.unique(rows["phase"].cast(pa.string())).to_pylist())
    places = pc.index_in(rows["phase"].cast(pa.string()), value_set=known)
    channels = {"call_center": "phone", "paid_search": "web", "display": "web"}
    channel = pc.unique(rows["channel"].cast(pa.string())).to_pylist()
    at = pc.index_in(rows["channel"].cast(pa.string()), value_set=pa.array(channel))
    columns = {
        "id": rows["event_id"].cast(pa.string()),
        "customer_number": rows["user_id"].cast(pa.string()),
        "started_at": rows["ts"].cast(pa.timestamp("us")).cast(pa.timestamp("us", tz="UTC")),
        "touchpoint": rows["event"].cast(pa.string()),
        "channel": pa.array([channels.get(text, text) for text in channel]).take(at.combine_chunks()),
        "phase": pa.array(phase).take(places.combine_chunks()),
        "moment": pa.array(["before"] * len(rows)),
    }
    schema = incoming_schema(FACTS["interactions"])
    listed = [columns.get(field.name, pa.nulls(len(rows), field.type)) for field in schema]
    return pa.table(listed, schema=schema)


def fold_in(root: Path, source: Path, buckets: int) -> dict[str, float]:
    """Land and fold in this process; seconds of each part, and peak memory."""
    import duckdb
    import import_fold

    import viaggio.store.answers_build
    from viaggio.store.fold import fold
    from viaggio.store.landing import land
    from viaggio.store.workspace import SETTINGS_FILE, Settings, create, open_workspace

    assert viaggio.store.answers_build
    duckdb.connect().execute("select 1")
    settings = Settings(name="Bench", buckets=buckets)
    ws = open_workspace(root) if (root / SETTINGS_FILE).exists() else create(root, settings)
    began = time.perf_counter()
    land(
        ws, kind="recipe", source="shop", label=source.parent.name, files={"interactions.parquet": source},
        recipe="native", landed_at=0, by="benchmark",
    )  # fmt: skip
    landed, marks = time.perf_counter(), {}

    def on_progress(progress: Any) -> None:
        marks.setdefault(progress.stage, (time.perf_counter(), time.process_time()))

    busy = time.process_time()
    fold(ws, on_progress=on_progress)
    ended, spent = time.perf_counter(), time.process_time()
    return {
        "land": landed - began,
        "fold": ended - landed,
        "cpu": spent - busy,
        "read": marks["write"][0] - landed,
        "facts": marks["index"][0] - marks["write"][0],
        "index": ended - marks["index"][0],
        "index_cpu": spent - marks["index"][1],
        "peak_mb": import_fold.peak_mb(),
        "written_mb": sum(p.stat().st_blocks * 512 for p in ws.index.glob("*.safetensors")) / 1e6,
    }


def duckdb_in(source: Path, out: Path) -> dict[str, float]:
    """Seconds in which DuckDB reads, sorts and writes the rows; the file is on the disk at the end."""
    import duckdb

    connection = duckdb.connect(config={"threads": 1})
    began, busy = time.perf_counter(), time.process_time()
    rows = connection.read_parquet(str(source)).order("customer_number, started_at, id")
    rows.to_parquet(str(out), compression="zstd")
    with out.open("rb") as written:
        os.fsync(written.fileno())
    return {"sort": time.perf_counter() - began, "cpu": time.process_time() - busy}


def apart(*arguments: object) -> dict[str, float]:
    """One step in a process of its own."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "ARROW_NUM_THREADS": "1"}
    command = [sys.executable, __file__, "--step", *map(str, arguments)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Run all and print the lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--old", type=int, default=10_000_000)
    parser.add_argument("--new", type=int, default=1_000_000)
    parser.add_argument("--buckets", type=int, default=64)
    parser.add_argument("--log", type=Path)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--step", nargs="+")
    options = parser.parse_args()
    if options.step:
        kind, *rest = options.step
        if kind == "duckdb":
            print(json.dumps(duckdb_in(Path(rest[0]), Path(rest[1]))))
        else:
            print(json.dumps(fold_in(Path(rest[0]), Path(rest[1]), int(rest[2]))))
        return
    folder = Path(tempfile.mkdtemp(prefix="viaggio-bench-", dir=options.folder))
    try:
        measure(folder, options.log, options.old, options.new, options.buckets)
    finally:
        shutil.rmtree(folder)


def measure(folder: Path, log: Path | None, old: int, new: int, buckets: int) -> None:
    """Measure in that folder."""
    make_files(log, old, new, folder)
    news = folder / "new" / "interactions.parquet"
    first = apart("fold", folder / "ws", folder / "old" / "interactions.parquet", buckets)
    print(f"{old:,} interactions: land {first['land']:.2f} s, fold {first['fold']:.2f} s, index of it"
          f" {first['index']:.2f} s, peak {first['peak_mb']:.0f} MB")  # fmt: skip
    sorts = [apart("duckdb", news, folder / "sorted.parquet") for _ in range(TIMES)]
    folds = []
    for number in range(TIMES):
        root = folder / f"ws-{number}"
        shutil.copytree(folder / "ws", root)
        subprocess.run(["sync"], check=True)
        folds.append(apart("fold", root, news, buckets))
        if number < TIMES - 1:
            shutil.rmtree(root)
    sort = min(sorts, key=lambda found: found["sort"])
    best = min(folds, key=lambda found: found["fold"])
    print(f"{new:,} more: DuckDB reads, sorts and writes them in {sort['sort']:.2f} s"
          f" ({sort['cpu']:.2f} s of processor)")  # fmt: skip
    print(
        f"land {best['land']:.2f} s, fold {best['fold']:.2f} s ({best['cpu']:.2f} s of processor): read and"
        f" identified {best['read']:.2f}, compared and sealed {best['facts']:.2f}, index"
        f" {best['index']:.2f} ({best['index_cpu']:.2f} of processor; {best['written_mb']:.0f} MB written),"
        f" peak {best['peak_mb']:.0f} MB"
    )
    print(
        f"fold / DuckDB {best['fold'] / sort['sort']:.2f} (processor {best['cpu'] / sort['cpu']:.2f}),"
        f" index alone {best['index'] / sort['sort']:.2f}"
        f" (processor {best['index_cpu'] / sort['cpu']:.2f})"
    )
    check(folder / f"ws-{TIMES - 1}")


def check(root: Path) -> None:
    """The index is in order and says what the facts say."""
    from viaggio.store.doctor import doctor
    from viaggio.store.workspace import open_workspace

    found = doctor(open_workspace(root))
    print("doctor: healthy" if not found else f"doctor: {found}")


if __name__ == "__main__":
    main()
