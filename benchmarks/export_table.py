"""A long fact table as CSV: how long it takes, and the most memory that the process ever held.

    python benchmarks/export_table.py [--rows 2000000] [--ending .csv]

Makes a workspace with so many answers, imports and folds them, and exports the table in a process of its own
as `viaggio export answers` does. Prints seconds of wall and processor time, the peak of its memory as the
operating system counted it, and checks that the file has every row once. Target: 2 M rows in <= 512 MB.
Exits 1 when it is missed.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

MOST_MB = 512
AT_ONCE = 250_000


def write_answers(path: Path, rows: int, *, seed: int = 2026) -> None:
    """Answers of a third as many customers over two years, in the shape that the native recipe reads."""
    from viaggio.store.contracts import FACTS, incoming_schema

    schema = incoming_schema(FACTS["answers"])
    chance = np.random.default_rng(seed)
    with pq.ParquetWriter(path, schema) as out:
        for first in range(0, rows, AT_ONCE):
            count = min(AT_ONCE, rows - first)
            number = np.arange(first, first + count)
            place = chance.integers(0, 20, count)
            columns = {
                "id": [f"b{n}" for n in number],
                "response": [f"r{n // 3}" for n in number],
                "customer_number": [f"C{n}" for n in chance.integers(0, rows // 3 + 1, count)],
                "pulse": ["consegna"] * count,
                "wave": [f"2025-{n + 1:02d}" for n in chance.integers(0, 12, count)],
                "item": ["recommend"] * count,
                "metric": ["nps"] * count,
                "value": chance.integers(0, 11, count).astype(float),
                "scale_min": np.zeros(count),
                "scale_max": np.full(count, 10.0),
                "touchpoint": [f"touchpoint {n}" for n in place],
                "phase": ["purchase"] * count,
                "channel": ["courier"] * count,
                "language": ["it"] * count,
                "answered_at": 1_700_000_000_000_000 + chance.integers(0, 63_072_000_000_000, count),
                "properties": ['{"asked_by": "email"}'] * count,
            }
            arrays = [
                pa.array(columns[field.name]).cast(field.type) if field.name in columns
                else pa.nulls(count, field.type)
                for field in schema
            ]  # fmt: skip
            out.write_table(pa.Table.from_arrays(arrays, schema=schema))


def made(folder: Path, rows: int) -> Path:
    """A workspace with so many answers among its facts."""
    from viaggio.store.fold import fold
    from viaggio.store.intake import land_recipe
    from viaggio.store.workspace import Settings, create

    workspace = create(folder / "workspace", Settings(name="Officina Blu"))
    write_answers(folder / "answers.parquet", rows)
    land_recipe(workspace, {"answers.parquet": folder / "answers.parquet"}, "native", {}, by="benchmark")
    fold(workspace)
    return workspace.root


def main() -> int:
    """Make, export, measure; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=lambda text: int(float(text)), default=2_000_000)
    parser.add_argument("--ending", choices=[".csv", ".parquet", ".xlsx"], default=".csv")
    parser.add_argument("--workspace", type=Path, help="A workspace that has the answers already.")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = given.workspace or made_apart(Path(folder), given.rows)
        target = Path(folder) / f"answers{given.ending}"
        command = [sys.executable, "-m", "viaggio.cli", "export", "answers", str(target), "-w", str(root)]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        begun = time.perf_counter()
        peak = peak_of(subprocess.Popen(command))
        taken = time.perf_counter() - begun
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(
            f"{given.rows:,} rows, {target.stat().st_size / 1e6:.0f} MB: {taken:.1f} s, "
            f"{processor:.1f} s of processor time, peak memory {peak:.0f} MB (at most {MOST_MB})"
        )
        whole = given.ending != ".csv" or once(target, given.rows)
        print("every row once" if whole else "ROWS ARE MISSING OR DOUBLED")
    return 0 if whole and peak <= MOST_MB else 1


def made_apart(folder: Path, rows: int) -> Path:
    """The workspace made in a process of its own: its memory is not what is measured."""
    program = "import sys; from pathlib import Path; from export_table import made; "
    program += "print(made(Path(sys.argv[1]), int(sys.argv[2])))"
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder), str(rows)],
        check=True, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent,
    )  # fmt: skip
    return Path(done.stdout.strip().splitlines()[-1])


def peak_of(process: "subprocess.Popen[bytes]") -> float:
    """Megabytes that the process held at its peak; waits for its end."""
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError("the export failed")
    return usage.ru_maxrss / 1024


def once(target: Path, rows: int) -> bool:
    """Whether the file has each row once."""
    options = pyarrow.csv.ConvertOptions(include_columns=["id"])
    ids = pyarrow.csv.read_csv(target, convert_options=options)["id"]
    return len(ids) == rows and len(ids.unique()) == rows


if __name__ == "__main__":
    sys.exit(main())
