"""How fast files become facts: one million interactions as CSV and as Parquet, landed and folded.

Each import runs in a process of its own, whose peak memory is told. Beside it stands what DuckDB takes to
read, sort and write the same rows as Parquet, in the same run on the same machine.

    python benchmarks/import_fold.py [--rows 1000000] [--folder FOLDER] [--customers 100000]
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

MAPPING = """
source = "shop"
currency = "EUR"
timezone = "UTC"

[[table]]
name = "interactions"
id = "id"

[table.columns]
customer_number = "customer"
touchpoint = "touchpoint"
channel = "channel"
device = "device"
phase = "phase"
moment = "moment"
started_at = { column = "time", format = "%Y-%m-%d %H:%M:%S" }
episode = "order"
value_cents = "value"
"""


def make_csv(path: Path, rows: int, customers: int, *, first: int = 0, seed: int = 7) -> None:
    """Write interactions of a web shop, in the order of time."""
    rng = np.random.default_rng(seed)
    start = np.datetime64("2025-01-01T00:00:00")
    touchpoints = np.array(["home", "product", "basket", "checkout", "delivery", "help", "repair"])
    phases = np.array(["discovery", "discovery", "purchase", "purchase", "purchase", "care", "maintenance"])
    moments = np.array(["before", "before", "during", "during", "during", "after", "after"])
    with path.open("w", encoding="utf-8") as out:
        out.write("id,customer,touchpoint,channel,device,phase,moment,time,order,value\n")
        for begin in range(0, rows, 100_000):
            size = min(100_000, rows - begin)
            place = rng.integers(0, len(touchpoints), size)
            when = start + ((first + begin + np.arange(size)) * 31).astype("timedelta64[s]")
            columns = [
                (first + begin + np.arange(size)).astype(str),
                np.char.add("C", rng.integers(0, customers, size).astype(str)),
                touchpoints[place],
                np.array(["web", "app", "phone"])[rng.integers(0, 3, size)],
                np.array(["desktop", "phone", "tablet", ""])[rng.integers(0, 4, size)],
                phases[place],
                moments[place],
                np.char.replace(np.datetime_as_string(when, unit="s"), "T", " "),
                np.char.add("O", rng.integers(0, rows // 4 + 1, size).astype(str)),
                (rng.integers(0, 20_000, size) / 100).astype(str),
            ]
            out.write("\n".join(map(",".join, zip(*(column.tolist() for column in columns), strict=True))))
            out.write("\n")


def make_parquet(csv: Path, folder: Path) -> None:
    """The same rows in our own shape."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.csv as pcsv
    import pyarrow.parquet as pq

    from viaggio.store.contracts import FACTS, incoming_schema

    read = pcsv.read_csv(csv, convert_options=pcsv.ConvertOptions(strings_can_be_null=True))
    schema = incoming_schema(FACTS["interactions"])
    renamed = {
        "id": read["id"].cast(pa.string()),
        "customer_number": read["customer"],
        "started_at": read["time"].cast(pa.timestamp("us")).cast(pa.timestamp("us", tz="UTC")),
        "episode": read["order"],
        "value_cents": pc.round(pc.multiply(read["value"], 100)).cast(pa.int64()),
        "currency": pa.array(["EUR"] * len(read)),
        **{name: read[name] for name in ("touchpoint", "channel", "device", "phase", "moment")},
    }
    columns = [renamed.get(field.name, pa.nulls(len(read), field.type)) for field in schema]
    folder.mkdir(exist_ok=True)
    pq.write_table(pa.table(columns, schema=schema), folder / "interactions.parquet", compression="zstd")


def duckdb_seconds(csv: Path, out: Path, threads: int) -> tuple[float, float]:
    """Seconds, by the clock and of processor, in which DuckDB reads, sorts and writes the CSV."""
    import duckdb

    connection = duckdb.connect(config={"threads": threads})
    began, busy = time.perf_counter(), time.process_time()
    rows = connection.read_csv(str(csv)).order("customer, time, id")
    rows.to_parquet(str(out), compression="zstd")
    return time.perf_counter() - began, time.process_time() - busy


def work(kind: str, source: Path, root: Path) -> None:
    """Land and fold in this process; print seconds and peak memory."""
    from viaggio.store.fold import fold
    from viaggio.store.landing import land
    from viaggio.store.workspace import SETTINGS_FILE, Settings, create, open_workspace

    _warm_up()
    ws = open_workspace(root) if (root / SETTINGS_FILE).exists() else create(root, Settings(name="Bench"))
    recipe = None if kind == "csv" else "native"
    began = time.perf_counter()
    land(
        ws, kind="mapping" if kind == "csv" else "recipe", source="shop", label=source.name,
        files={"interactions.csv" if kind == "csv" else "interactions.parquet": source},
        mapping_text=MAPPING if kind == "csv" else None, recipe=recipe, landed_at=0, by="benchmark",
    )  # fmt: skip
    landed = time.perf_counter()
    busy = time.process_time()
    (folded,) = fold(ws)
    ended, busy = time.perf_counter(), time.process_time() - busy
    if folded.failed or folded.rejected:
        print(folded, file=sys.stderr)
    print(f"{landed - began:.3f} {ended - landed:.3f} {busy:.3f} {peak_mb():.0f}")


def _warm_up() -> None:
    """Import what will be needed, so that the clock measures work and not the loading of libraries."""
    import duckdb

    import viaggio.store.importers
    import viaggio.store.recipes

    duckdb.connect().execute("select 1")
    assert viaggio.store.importers
    assert viaggio.store.recipes


def peak_mb() -> float:
    """Most memory that this process ever had in use; unlike `getrusage` without its parent's."""
    status = Path("/proc/self/status").read_text("utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


def measured(kind: str, source: Path, root: Path) -> tuple[float, float, float, float]:
    """Seconds to land, seconds to fold, of these processor's, and peak MB, of a process of its own."""
    command = [sys.executable, __file__, "--work", kind, str(source), str(root)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    if done.stderr:
        print(done.stderr, file=sys.stderr)
    land_s, fold_s, busy_s, peak = map(float, done.stdout.split())
    return land_s, fold_s, busy_s, peak


def main() -> None:
    """Run all and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--work", nargs=3)
    options = parser.parse_args()
    if options.work:
        work(options.work[0], Path(options.work[1]), Path(options.work[2]))
        return
    folder = Path(tempfile.mkdtemp(prefix="viaggio-bench-", dir=options.folder))
    try:
        run(folder, options.rows, options.customers)
    finally:
        shutil.rmtree(folder)


def run(folder: Path, rows: int, customers: int) -> None:
    """Measure in that folder."""
    csv, native = folder / "interactions.csv", folder / "native"
    make_csv(csv, rows, customers)
    make_parquet(csv, native)
    print(f"{rows:,} interactions of {customers:,} customers; CSV {csv.stat().st_size / 1e6:.0f} MB")
    wall, busy = min(duckdb_seconds(csv, folder / "d.parquet", 1) for _ in range(3))
    print(f"DuckDB, one thread: read, sort, write  {wall:6.2f} s, of processor {busy:6.2f} s")
    for kind, source in (("csv", csv), ("parquet", native / "interactions.parquet")):
        land_s, fold_s, busy_s, peak = measured(kind, source, folder / f"w-{kind}")
        print(
            f"{kind:8} land {land_s:5.2f} s  fold {fold_s:5.2f} s, of processor {busy_s:5.2f} s"
            f"  {rows / (land_s + fold_s):9,.0f} rows/s  peak {peak:4.0f} MB"
            f"  fold/DuckDB {fold_s / wall:.2f} (processor {busy_s / busy:.2f})"
        )
    more = folder / "more.csv"
    make_csv(more, rows // 10, customers, first=rows, seed=8)
    make_parquet(more, folder / "more")
    source = folder / "more" / "interactions.parquet"
    land_s, fold_s, busy_s, peak = measured("parquet", source, folder / "w-parquet")
    print(f"one tenth more on top: land {land_s:.2f} s  fold {fold_s:.2f} s, of processor {busy_s:.2f} s")


if __name__ == "__main__":
    main()
