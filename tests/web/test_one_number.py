"""One number: a real shop's figures are the same on page, export, command line, API and in Python."""

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.test import Client
from django.utils import timezone, translation
from hypothesis import HealthCheck, given
from hypothesis import settings as law
from hypothesis import strategies as st
from tests.web.journey.conftest import company_root

from viaggio import measure
from viaggio.cli.app import app
from viaggio.kernel import Period, Population
from viaggio.store.engine import engine
from viaggio.store.fold import fold
from viaggio.store.intake import land_recipe
from viaggio.store.readings import read
from viaggio.store.recipes import files_of
from viaggio.store.workspace import Settings, Workspace, create, open_workspace
from viaggio.web.shared import formats
from viaggio.web.shared.roles import Right, Role
from viaggio.web.shared.tokens import issue

PERIOD = "2016-09-01..2018-10-31"

# Counted from the files of the shop by other means; money in cents, shares as late of dated deliveries.
OLIST = {
    "orders": 8_135,
    "customers": 8_016,
    "delivered_orders": 5_172,
    "late_orders": 342,
    "order_lines": 8_365,
    "line_value": 109_326_435,
    "freight": 17_228_839,
    "payments_count": 8_924,
    "payments": 142_860_281,
}
LATE_SCORE, TIMELY_SCORE = 2.174, 4.275
STARS = {1: 2_638, 2: 382, 3: 667, 4: 1_184, 5: 3_354}


@pytest.fixture(scope="module")
def shop(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with the whole Olist sample."""
    settings = Settings(name="Olist", currency="BRL", timezone="America/Sao_Paulo", language="en")
    made = create(tmp_path_factory.mktemp("olist") / "workspace", settings)
    land_recipe(made, files_of("olist", shared_data / "olist_sample"), "olist", {}, by="test")
    fold(made)
    return made


@pytest.fixture
def served(shop: Workspace, settings) -> Workspace:
    settings.WORKSPACE_ROOT = shop.root
    return shop


def _from_cli(shop: Workspace, *arguments: str) -> list[dict]:
    done = CliRunner().invoke(app, ["kpi", "-w", str(shop.root), "--period", PERIOD, "--json", *arguments])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def _from_api(owner, *arguments: str) -> list[dict]:
    scopes = [Right.SEE_FIGURES, Right.SEE_CUSTOMERS]
    _, secret = issue(owner, name="test", scopes=scopes, lifetime=timedelta(days=1), now=timezone.now())
    address = "&".join(["/api/v1/readings?period=" + PERIOD, *arguments])
    answer = Client().get(address, headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200, answer.content
    return answer.json()["items"]


def _from_export(client: Client) -> Iterator[tuple[str, str]]:
    """The page's own table as CSV: metric and value."""
    answer = client.get("/?period=2016-09-01..2018-10-31&compare=none&table=metrics&format=csv")
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content) if answer.streaming else answer.content
    rows = csv.DictReader(io.StringIO(text.decode("utf-8-sig")))
    for row in rows:
        yield row["metric"], row["value"]


@pytest.mark.shared
def test_the_shops_figures_are_those_of_its_files(served, signed_in):
    slugs = list(OLIST)
    by_cli = {r["metric"]: r["value"] for r in _from_cli(served, *slugs)}
    assert by_cli == OLIST
    owner = signed_in(Role.OWNER, language="en")
    by_api = {r["metric"]: r["value"] for r in _from_api(owner.person, *(f"metric={slug}" for slug in slugs))}
    assert by_api == OLIST
    exported = {metric: float(value) for metric, value in _from_export(owner) if metric in OLIST}
    money = {"line_value", "freight", "payments"}
    assert exported == {slug: OLIST[slug] / 100 if slug in money else OLIST[slug] for slug in exported}
    assert {"orders", "customers", "payments"} <= set(exported)
    tables = engine(served).tables()
    facts = {
        name: engine(served).run(getattr(tables, name)) for name in ("orders", "order_lines", "payments")
    }
    for slug in (
        "orders",
        "delivered_orders",
        "late_orders",
        "order_lines",
        "line_value",
        "freight",
        "payments",
    ):
        (reading,) = measure.read(slug, Period.parse(PERIOD), zone="America/Sao_Paulo", **facts)
        assert reading.value == OLIST[slug], slug


@pytest.mark.shared
def test_late_deliveries_cost_two_stars(served, person):
    rows = {r["by"]["delivery"]: r for r in _from_cli(served, "review_score", "--by", "delivery")}
    assert round(rows["late"]["value"], 3) == LATE_SCORE
    assert round(rows["on_time"]["value"], 3) == TIMELY_SCORE
    api = {
        r["by"]["delivery"]: r for r in _from_api(person(Role.OWNER), "metric=review_score", "by=delivery")
    }
    assert api == rows


@pytest.mark.shared
def test_every_review_row_is_kept_though_some_share_an_id(served):
    tables = engine(served).tables()
    reviews = engine(served).run(tables.answers.filter(tables.answers.metric == "review"))
    assert reviews.num_rows == 8_225
    assert len(set(reviews["response"].to_pylist())) == 8_191
    stars = reviews["value"].to_pylist()
    assert {star: stars.count(star) for star in STARS} == STARS


@pytest.mark.shared
def test_the_page_shows_the_figure_that_the_command_line_prints(served, signed_in):
    owner = signed_in(Role.OWNER, language="en")
    page = owner.get("/metrics/orders/?period=2016-09-01..2018-10-31&compare=none").content.decode()
    assert "8,135" in page
    page = owner.get("/metrics/payments/?period=2016-09-01..2018-10-31&compare=none").content.decode()
    assert "R$1.43m" in page  # 1,428,602.81 as a tile writes it


@pytest.mark.shared
def test_the_same_files_again_change_nothing(served, shared_data):
    before = engine(served).version
    item, new = land_recipe(served, files_of("olist", shared_data / "olist_sample"), "olist", {}, by="test")
    assert (item.seq, new) == (1, False)
    assert fold(served) == []
    assert engine(served).version == before


__all__ = ["company_root"]
SCORES = (
    "nps",
    "csat_top",
    "csat_mean",
    "ces",
    "cx_index",
    "review_score",
    "pillar_empathy",
    "pillar_time_effort",
)
FILTERS = st.fixed_dictionaries({}, optional={
    "segment": st.sampled_from(["b2b", "b2c", "b2b,b2c"]),
    "phase": st.sampled_from(["purchase", "care", "purchase,maintenance"]),
    "channel": st.sampled_from(["web", "email,phone", "app"]),
    "touchpoint": st.sampled_from(["delivery", "invoice,help_request"]),
})  # fmt: skip


@pytest.mark.django_db
@given(
    slug=st.sampled_from(SCORES), where=FILTERS, weights=st.sampled_from(["none", "base"]),
    period=st.sampled_from(["2025-11..2026-10", "2026-Q2", "2026-08"]),
)  # fmt: skip
@law(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_a_score_is_one_number_everywhere(company_root, settings, signed_in, slug, where, weights, period):
    """Whatever the filters and weights: page, its file, the metric's page, command line, API and Python."""
    settings.WORKSPACE_ROOT = company_root
    ws = open_workspace(company_root)
    owner = _owner(signed_in)
    query = "&".join([f"period={period}", f"weights={weights}", *(f"{k}={v}" for k, v in where.items())])
    conditions = [f"{name}={values}" for name, values in where.items()]
    (by_api,) = _scored_by_api(owner.person, slug, period, weights, conditions)
    options = [part for condition in conditions for part in ("--where", condition)]
    arguments = [slug, "-w", str(ws.root), "--period", period, "--weights", weights, "--json", *options]
    (by_cli,) = json.loads(CliRunner().invoke(app, ["kpi", *arguments]).stdout)
    assert by_cli == by_api
    (row,) = [r for r in _table(owner, f"/scores/?{query}&compare=none&table=all") if r["metric"] == slug
              and r["weighting"] == weights]  # fmt: skip
    assert [row["value"], row["low"], row["high"]] == [
        "" if by_api[name] is None else str(by_api[name]) for name in ("value", "low", "high")
    ]
    assert int(row["n"]) == by_api["n"]
    (reading,) = read(engine(ws), slug, [Period.parse(period)], Population.parse(conditions), weights=weights)
    assert reading.plain() == by_api
    with translation.override("en"):
        shown = formats.reading_text(reading)
    for address in (f"/scores/{slug}/", f"/metrics/{slug}/"):
        page = owner.get(f"{address}?{query}").content.decode()
        assert re.search(r'<p class="big"><b>([^<]*)</b>', page)[1] == shown
    (alone,) = _in_python(ws, slug, period, Population.parse(conditions), weights)
    assert alone.n == reading.n
    assert alone.value == (None if reading.value is None else pytest.approx(reading.value, rel=1e-9))


def _owner(signed_in) -> Client:
    """One owner for all examples."""
    from viaggio.web.shared.models import User

    known = User.objects.filter(email="owner@example.com").first()
    if known is None:
        return signed_in(Role.OWNER, language="en", email="owner@example.com")
    client = Client()
    client.person = known
    client.force_login(known)
    return client


def _scored_by_api(owner, slug: str, period: str, weights: str, conditions: list[str]) -> list[dict]:
    _, secret = issue(
        owner, name="test", scopes=[Right.SEE_FIGURES, Right.SEE_CUSTOMERS], lifetime=timedelta(days=1),
        now=timezone.now(),
    )  # fmt: skip
    given_where = "".join(f"&where={condition}" for condition in conditions)
    address = f"/api/v1/readings?metric={slug}&period={period}&weights={weights}{given_where}"
    answer = Client().get(address, headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200, answer.content
    return answer.json()["items"]


def _table(client: Client, address: str) -> list[dict[str, str]]:
    answer = client.get(f"{address}&format=csv")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def _in_python(ws: Workspace, slug: str, period: str, where: Population, weights: str):
    """From the fact tables alone, in a notebook, with an index of its own."""
    tables = engine(ws).tables()
    facts = {name: engine(ws).run(getattr(tables, name)) for name in ("answers", "orders")}
    return measure.read(slug, period, where=where, zone=str(ws.zone), weights=weights, **facts)
