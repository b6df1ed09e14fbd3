"""The draw of a wave is the same people whichever engine draws: Python, DuckDB and Spark."""

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from viaggio.pulse.fielding import SPARK_SQL, SQL, chances, draw_seed

pytestmark = [
    pytest.mark.spark,
    pytest.mark.timeout(600),
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
]

EDGES = [0, 1, -1, 9, 10, 2**63 - 1, -(2**63)]


@pytest.mark.parametrize("seed", [draw_seed("f00", "2026-10"), "perché no? 'sì':", ""])
def test_spark_python_and_duckdb_give_everybody_the_same_number(session, seed):
    drawn = np.random.default_rng(7).integers(-(2**63), 2**63 - 1, 5_000)
    customers = np.concatenate([EDGES, drawn])
    invitees = pa.table({"customer": customers})
    session.createDataFrame(invitees).createOrReplaceTempView("invitees")
    there = session.sql(f"select customer, {SPARK_SQL} as u from invitees", args={"seed": seed}).toArrow()
    asked = duckdb.sql(f"select customer, {SQL} as u from invitees", params={"seed": seed}).to_arrow_table()
    here = dict(zip(customers.tolist(), chances(seed, customers).tolist(), strict=True))
    for found in (there, asked):
        assert dict(zip(found["customer"].to_pylist(), found["u"].to_pylist(), strict=True)) == here
