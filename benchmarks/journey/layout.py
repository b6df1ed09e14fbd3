"""The log in our layout: the journey index as mapped files, and the same order as one Parquet file.

    python benchmarks/journey/layout.py LOG.parquet FOLDER --buckets 64

Prints a line of JSON: CPU seconds and peak memory of building the index (read, cut into buckets, sorted,
written). The Parquet file is only for the engines that are asked on our order; it is written afterwards.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from viaggio.journey.index import COLUMNS, build_buckets
from viaggio.store.index.columnar import NAMES, SUFFIX, write_arrays

sys.path.insert(0, str(Path(__file__).parent / "engines"))
from ask import peak_megabytes

CODED = {"touchpoint": "event", "channel": "channel", "phase": "phase"}


def columns_of(log: pa.Table) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Columns as the index names them, and the texts of the coded ones."""
    columns: dict[str, Any] = {
        "customer": log["user_id"].to_numpy(),
        "time": log["ts"].cast(pa.int64()).to_numpy(),
        "key": log["event_id"].to_numpy(),
        "value": np.round(log["value"].to_numpy() * 100).astype(np.int64),
    }
    codes = {}
    for name, source in CODED.items():
        column = log[source].combine_chunks()
        columns[name] = np.asarray(column.indices).astype(COLUMNS[name].dtype)
        codes[name] = [str(text) for text in column.dictionary.to_pylist()]
    return columns, codes


def write_index(log: pa.Table, folder: Path, buckets: int, first: int = 0) -> dict[str, list[str]]:
    """Bucket files numbered from `first`; the texts of the codes."""
    columns, codes = columns_of(log)
    for number, bucket in enumerate(build_buckets(columns, buckets), start=first):
        write_arrays(folder / f"{number}{SUFFIX}", {name: getattr(bucket, name) for name in NAMES})
    return codes


def main() -> None:
    """Index, figures, then the ordered file."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    arguments.add_argument("log", type=Path)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--buckets", type=int, default=64)
    given = arguments.parse_args()
    pa.set_cpu_count(1)
    begin = time.process_time()
    index = given.folder / "index"
    index.mkdir()
    log = pq.read_table(given.log, use_threads=False).unify_dictionaries()
    codes = write_index(log, index, given.buckets)
    (index / "index.json").write_text(json.dumps({"codes": codes, "buckets": given.buckets}))
    print(json.dumps({"cpu": time.process_time() - begin, "peak_mb": peak_megabytes(), "events": len(log)}))
    order = pc.sort_indices(log, sort_keys=[("user_id", "ascending"), ("event_id", "ascending")])
    pq.write_table(
        log.take(order), given.folder / "ordered.parquet", compression="zstd", row_group_size=131_072
    )


if __name__ == "__main__":
    main()
