"""Visits put together and counted on a cluster give the figures of this machine, to the last digit."""

import pytest

from viaggio.journey import visits
from viaggio.journey.run import run
from viaggio.kernel import Population
from viaggio.measure.catalogue import CATALOGUE
from viaggio.measure.visited import OF_CUSTOMERS, VisitSumsKernel, rows_of_visits
from viaggio.store.engine import engine
from viaggio.store.journeys import groups_of
from viaggio.store.readings import cut_of, data_period, read
from viaggio.store.spark import spark_engine

pytestmark = [
    pytest.mark.spark,
    pytest.mark.timeout(600),
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
]

WALKED = [slug for slug, metric in CATALOGUE.items() if metric.walk is not None and metric.measure is None]
WALKS = tuple(dict.fromkeys(metric.walk for metric in CATALOGUE.values() if metric.walk is not None))
CUTS = [
    {"by": (), "population": Population()},
    {"by": ("device", "segment"), "population": Population(where={"region": ("Lazio", "Veneto")})},
]


def asked_there(session) -> int:
    """How many jobs the cluster has been given."""
    return len(session.sparkContext.statusTracker().getJobIdsForGroup(None))


@pytest.mark.parametrize("cut", CUTS, ids=["whole", "cut"])
def test_every_sum_over_visits_is_the_one_counted_here(company, session, cut):
    local = engine(company)
    asked = cut_of(local, [*data_period(local).bins("quarter")][:3], people=True, weights="none", **cut)
    groups = {name: groups_of(local, name) for name in OF_CUSTOMERS if name in asked.dimensions}
    before = asked_there(session)
    there = run(spark_engine(company, session).journeys(), VisitSumsKernel(WALKS, asked, groups))
    assert asked_there(session) == before + 1
    whole = visits(local.journeys())
    assert there == {walk: rows_of_visits(whole, walk, asked, groups) for walk in WALKS}
    assert all(any(row["n"] for row in rows) for rows in there.values())


@pytest.mark.parametrize("slug", WALKED)
def test_a_digital_figure_counted_there_is_the_figure_counted_here(company, session, slug):
    there, local = spark_engine(company, session), engine(company)
    periods = [*data_period(local).bins("quarter")][:3]
    here = read(local, slug, periods, by=("channel",), minimum_cell=5)
    assert read(there, slug, periods, by=("channel",), minimum_cell=5) == here
    assert any(reading.has_value for reading in here)
