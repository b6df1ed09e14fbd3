"""Figures counted on a cluster are those of this machine, digit for digit."""

import json

import pytest

from viaggio.kernel import Population
from viaggio.measure.catalogue import CATALOGUE
from viaggio.store.contracts import FACTS
from viaggio.store.engine import engine
from viaggio.store.readings import data_period, read
from viaggio.store.spark import spark_engine

pytestmark = [
    pytest.mark.spark,
    pytest.mark.timeout(600),
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
]

COUNTED = [slug for slug, metric in CATALOGUE.items() if metric.measure is not None]
CUT_BY = ("segment", "channel", "function", "category", "region")


@pytest.fixture(scope="module")
def there(company, session):
    return spark_engine(company, session)


def rows(found) -> list[str]:
    return sorted(json.dumps(row, default=str, sort_keys=True) for row in found.to_pylist())


@pytest.mark.parametrize("name", FACTS)
def test_a_fact_table_has_the_rows_that_hold_and_whom_they_belong_to(company, there, name):
    table = getattr(engine(company).tables(), name)
    cut = [column for column in ("segment", "region", "function", "source") if column in table.columns]
    keys = {"n": table.count(), "least": table.key.min(), "most": table.key.max()}
    if "customer" in table.columns:
        keys |= {"customers": table.customer.nunique(), "accounts": table.account.nunique()}
    asked = table.group_by(*cut).aggregate(**keys) if cut else table.aggregate(**keys)
    here = engine(company).run(asked)
    assert rows(there.run(asked)) == rows(here)
    assert sum(here["n"].to_pylist()) == engine(company).rows(name)


@pytest.mark.parametrize("slug", COUNTED)
def test_a_figure_counted_there_is_the_figure_counted_here(company, there, slug):
    local = engine(company)
    whole = data_period(local)
    periods = [*whole.bins("quarter")][:3]
    by = [name for name in CUT_BY if name in CATALOGUE[slug].dimensions][:1]
    here = read(local, slug, periods, by=by)
    assert read(there, slug, periods, by=by) == here
    assert any(reading.has_value for reading in here)


def test_a_figure_of_a_part_of_the_customers_is_the_same_too(company, there):
    period, only = data_period(engine(company)), Population(where={"segment": ("b2c",), "region": ("Lazio",)})
    for slug in ("revenue", "contacts_per_order", "retention"):
        assert read(there, slug, [period], only) == read(engine(company), slug, [period], only)


def test_the_command_line_counts_on_the_cluster_with_its_address(company, session, cluster):
    from click.testing import CliRunner

    from viaggio.cli.app import app

    asked = ["kpi", "revenue", "nps", "--workspace", str(company.root), "--by", "segment", "--json"]
    here = CliRunner().invoke(app, asked)
    there = CliRunner().invoke(app, [*asked, "--engine", cluster.address])
    assert (here.exit_code, there.exit_code) == (0, 0), there.output
    assert there.output == here.output


def test_customers_are_resolved_and_replaced_rows_are_gone(company):
    manifest = engine(company).manifest
    assert manifest.identity.rows > 0
    assert manifest.voided_of("orders")
