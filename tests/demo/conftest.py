"""One generated company for all tests of the demo, and the simulated block that some look into."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from viaggio.demo import generate

END = date(2026, 11, 1)
SEED = 11


@pytest.fixture(scope="session")
def company(tmp_path_factory):
    """Folder of a company of about 1.2 million interactions."""
    folder = tmp_path_factory.mktemp("officina-blu")
    generate(folder, scale=1_200_000, seed=SEED, end=END)
    return folder


@pytest.fixture(scope="session")
def truth(company):
    return json.loads((company / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def rows(company) -> Callable[..., pa.Table]:
    """Rows of a table of one source, or of all, with the source; only some columns if named."""

    def read(table: str, *columns: str, source: str = "*") -> pa.Table:
        parts = []
        for path in sorted(Path(company).glob(f"{source}/{table}-*.parquet")):
            part = pq.read_table(path, columns=list(columns) or None)
            parts.append(part.append_column("source", pa.repeat(path.parent.name, part.num_rows)))
        return pa.concat_tables(parts)

    return read
