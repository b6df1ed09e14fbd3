"""A workspace on Apache Spark: journeys bucket by bucket, facts through Ibis; needs `viaggio[spark]`."""

from viaggio.store.spark.facts import SparkEngine, spark_engine
from viaggio.store.spark.journeys import SparkJourneys, spark_journeys
from viaggio.store.spark.session import is_address, spark_session

__all__ = ["SparkEngine", "SparkJourneys", "is_address", "spark_engine", "spark_journeys", "spark_session"]
