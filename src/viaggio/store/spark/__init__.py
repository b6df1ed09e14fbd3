"""Journeys on Apache Spark: each bucket is a task that runs the same kernel; needs `viaggio[spark]`."""

from viaggio.store.spark.journeys import SparkJourneys, spark_journeys
from viaggio.store.spark.session import is_address, spark_session

__all__ = ["SparkJourneys", "is_address", "spark_journeys", "spark_session"]
