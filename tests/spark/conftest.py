"""A cluster of Apache Spark on this machine: a master and two workers, from the PySpark package."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from viaggio.demo import generate
from viaggio.store.fold import fold
from viaggio.store.intake import land_recipe
from viaggio.store.workspace import Settings, Workspace, create

REPOSITORY = Path(__file__).resolve().parents[2]
_PATHS = os.pathsep.join([str(REPOSITORY / "src"), str(REPOSITORY)])


@dataclass
class Cluster:
    """Its address, and its machines, which can be killed."""

    address: str
    log: Path
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start_worker(self) -> None:
        """One more machine with one core."""
        work = str(self.log.parent / "work")  # else it lies inside the package, and stays when that goes
        self.workers.append(
            launch("worker.Worker", self.log, "-c", "1", "-m", "1g", "-d", work, self.address)
        )

    def kill_worker(self) -> None:
        """As when the power goes: the worker and what it runs."""
        end(self.workers.pop(0))


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill it with everything that it runs."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def launch(role: str, log: Path, *arguments: str) -> subprocess.Popen[bytes]:
    import pyspark

    home = Path(pyspark.__file__).parent
    with log.open("ab") as out:
        return subprocess.Popen(
            [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{role}", *arguments],
            env={**os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1", "PYTHONPATH": _PATHS},
            stdout=out, stderr=out, start_new_session=True, cwd=log.parent,
        )  # fmt: skip


def said(log: Path, pattern: str, times: int = 1, seconds: float = 90) -> str:
    """What the log said that often; waits for it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = re.findall(pattern, log.read_text(errors="replace")) if log.exists() else []
        if len(found) >= times:
            return str(found[0])
        time.sleep(0.2)
    raise TimeoutError(f"'{pattern}' was not said: {log.read_text(errors='replace')[-2000:]}")


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    pytest.importorskip("pyspark")
    folder = tmp_path_factory.mktemp("spark")
    log = folder / "cluster.log"
    master = launch("master.Master", log, "--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
    made = None
    try:
        made = Cluster(said(log, r"Starting Spark master at (spark://[\d.:]+)"), log)
        for _ in range(2):
            made.start_worker()
        said(log, "Registering worker", times=2)
        yield made
    finally:
        for process in [*(made.workers if made else ()), master]:
            end(process)


@pytest.fixture(scope="session")
def session(cluster: Cluster) -> Iterator[Any]:
    from viaggio.store.spark import spark_session

    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    os.environ["PYTHONPATH"] = _PATHS
    made = spark_session(cluster.address)
    made.conf.set("spark.sql.shuffle.partitions", "4")  # for as little data as here
    yield made
    made.stop()


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A company in 16 buckets, some of whose orders were corrected later."""
    folder = tmp_path_factory.mktemp("company")
    made = create(folder / "workspace", Settings(name="Officina Blu", buckets=16))
    generate(folder / "raw", scale=20_000, seed=7, end=date(2026, 10, 1))
    for source in sorted(path for path in (folder / "raw").iterdir() if path.is_dir()):
        files = {path.name: path for path in sorted(source.glob("*.parquet"))}
        land_recipe(made, files, "native", {"source": source.name}, by="test")
        for name, path in files.items():
            if name.startswith("orders"):
                corrected = folder / name
                pq.write_table(_cancelled(pq.read_table(path)), corrected)
                land_recipe(made, {name: corrected}, "native", {"source": source.name}, by="test")
    fold(made)
    return made


def _cancelled(orders: pa.Table) -> pa.Table:
    """Every seventh order, cancelled."""
    some = orders.take(pa.array(range(0, len(orders), 7)))
    place = some.schema.get_field_index("status")
    return some.set_column(place, some.schema.field(place), pa.array(["canceled"] * len(some)))
