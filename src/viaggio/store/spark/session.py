"""Sessions on Apache Spark, one for each address in a process."""

import os
import sys
import warnings
from typing import Any

from viaggio.kernel import ViaggioError

SCHEMES = ("spark://", "local", "yarn", "k8s://")
"""How addresses of clusters begin."""


class NoSpark(ViaggioError):
    """Apache Spark can not be used here."""

    code = "spark.missing"


def is_address(engine: str) -> bool:
    """Whether this names a Spark cluster, or Spark on this machine (`local[4]`)."""
    return engine.startswith(SCHEMES)


def spark_session(address: str) -> Any:
    """The session on the cluster at that address; the same one when asked again.

    Its machines run the same Python packages: `PYSPARK_PYTHON` says with which Python, else the path of this
    one. What `spark-defaults.conf` and `SPARK_CONF_DIR` set, counts. Raises `NoSpark`.
    """
    if not is_address(address):
        raise NoSpark(
            f"'{address}' is no address of Spark", place="engine",
            hint="Write it as spark://machine:7077, or local[4] for four cores of this machine.",
        )  # fmt: skip
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise NoSpark(
            "Apache Spark is not installed", place="engine", hint="Run: pip install 'viaggio[spark]'."
        ) from error
    # tables go there and back through Arrow; nothing of ours touches its pandas
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = (
        SparkSession.builder.master(address)
        .appName("Viaggio")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.task.maxFailures", "8")
    )
    paths = os.pathsep.join(filter(None, (*_own_paths(), os.environ.get("PYTHONPATH"))))
    if paths:  # run from a checkout: the machines find the sources where this one does
        builder = builder.config("spark.executorEnv.PYTHONPATH", paths)
    try:
        return builder.getOrCreate()
    except (PySparkException, OSError, RuntimeError) as error:
        raise NoSpark(
            f"Spark at {address} does not answer: {str(error).splitlines()[0]}", place="engine",
            hint="Is Java 17 installed here, and does the master run there?",
        ) from error  # fmt: skip


def _own_paths() -> tuple[str, ...]:
    """Where this package lies, when it is not installed."""
    from pathlib import Path

    import viaggio

    root = Path(viaggio.__file__).resolve().parents[1]
    return () if root.name == "site-packages" else (str(root),)
