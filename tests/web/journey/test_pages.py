"""The journey pages show the company's own figures, to whom may see them, and keep the filters."""

import csv
import io
import re
from urllib.parse import unquote

import pytest
from django.test import Client
from django.utils import translation

from viaggio.kernel import EVERYBODY, Period, Population
from viaggio.store.engine import engine
from viaggio.store.readings import read_one
from viaggio.web.shared import formats
from viaggio.web.shared.models import AuditEntry
from viaggio.web.shared.roles import Role

YEAR = Period.parse("2025-11..2026-10")
PAGES = ("/", "/metrics/nps/", "/metrics/nps/cases/", "/touchpoints/", "/touchpoints/delivery/")

pytestmark = pytest.mark.django_db


def table(client: Client, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("role", [Role.OWNER, Role.ANALYST, Role.HEAD_OF_FUNCTION, Role.WORKS_COUNCIL])
def test_who_sees_figures_opens_every_page(company, signed_in, address, role):
    assert signed_in(role).get(address).status_code == 200


@pytest.mark.parametrize("address", PAGES)
def test_nobody_else_does(company, signed_in, address):
    assert Client().get(address).status_code == 302
    assert signed_in(Role.PAYROLL).get(address).status_code == 403


def test_the_page_shows_the_reading_of_the_engine(company, signed_in):
    now = read_one(engine(company), "nps", YEAR)
    page = signed_in(Role.OWNER).get("/metrics/nps/?period=2025-11..2026-10").content.decode()
    with translation.override("it"):
        shown = formats.reading_text(now)
    assert f'<p class="big"><b>{shown}</b>' in page


def test_a_file_holds_what_the_page_shows(company, signed_in):
    rows = table(signed_in(Role.OWNER), "/?table=metrics&format=csv&compare=none")
    found = {row["misura"]: row for row in rows}
    for slug in ("nps", "orders", "revenue", "on_time_delivery", "first_contact_resolution"):
        reading = read_one(engine(company), slug, YEAR)
        expected = reading.value / 100 if slug == "revenue" else reading.value
        assert float(found[slug]["valore"]) == pytest.approx(expected), slug
        assert int(found[slug]["n"]) == reading.n


@pytest.mark.parametrize("name", ["metrics", "phases", "trend", "pillars", "heat", "flow"])
def test_every_table_of_the_overview_is_a_file_of_both_kinds(company, signed_in, name):
    client = signed_in(Role.OWNER)
    assert len(table(client, f"/?table={name}&format=csv")) > 1
    book = client.get(f"/?table={name}&format=xlsx")
    assert book.content[:2] == b"PK"


@pytest.mark.parametrize("query", ["device=phone", "where=device%3Dphone", "region=Lombardia&device=desktop"])
def test_a_filter_that_scores_lack_shows_the_figures_that_have_it(company, signed_in, query):
    page = signed_in(Role.OWNER).get(f"/?{query}").content.decode()
    assert 'id="trend-h"' not in page
    assert 'id="heat-h"' not in page
    device = dict(word.split("=") for word in unquote(query).removeprefix("where=").split("&"))["device"]
    if "region" not in query:
        seen = read_one(engine(company), "customers", YEAR, Population({"device": (device,)}))
        with translation.override("it"):
            assert f"<b>{formats.reading_text(seen)}</b>" in page


def test_a_filter_changes_the_figures_and_stays_in_every_link(company, signed_in):
    client = signed_in(Role.OWNER)
    page = client.get("/?segment=b2b&period=2026-Q3").content.decode()
    reading = read_one(
        engine(company), "interactions", Period.parse("2026-Q3"), EVERYBODY.narrowed(segment=["b2b"])
    )
    rows = table(client, "/?segment=b2b&period=2026-Q3&compare=none&table=metrics&format=csv")
    assert int({r["misura"]: r for r in rows}["interactions"]["n"]) == reading.n
    main = page[page.index('<h2 id="line-h"') :]
    links = [
        link for link in re.findall(r'href="(/[^"]*)"', main) if link.startswith(("/metrics", "/touchpoints"))
    ]
    assert links
    assert all("segment=b2b" in link and "period=2026-Q3" in link for link in links)


BAD = ("period=pippo", "channel=pigeon", "touchpoint=x", "phase=%00", "period=9999-12", "compare=x",
       "region=%F0%9F%9A%80", "pulse=nowhere", "period=0001", "page=99999", "function=it")  # fmt: skip


@pytest.mark.parametrize(
    "address", [*(f"/touchpoints/?{query}" for query in BAD), *(f"{p}?{'&'.join(BAD)}" for p in PAGES)]
)
def test_no_query_breaks_a_page(company, signed_in, address):
    assert signed_in(Role.OWNER).get(address).status_code == 200


@pytest.mark.parametrize(
    "address", ["/metrics/happiness/", "/metrics/happiness/cases/", "/touchpoints/moon/",
                "/?table=x&format=csv",
                "/metrics/nps/?table=x&format=csv", "/metrics/retention/cases/?format=csv"]
)  # fmt: skip
def test_what_is_not_there_is_not_found(company, signed_in, address):
    assert signed_in(Role.OWNER).get(address).status_code == 404


def test_an_analyst_sees_codes_and_an_owner_sees_names(company, signed_in):
    address = "/metrics/nps/cases/?period=all"
    names = {
        row["name"]
        for row in engine(company).run(engine(company).tables().customers.select("name")).to_pylist()
        if row["name"]
    }
    analyst = signed_in(Role.ANALYST).get(address).content.decode()
    assert not [name for name in names if name in analyst]
    assert re.findall(r"C-[0-9A-F]{8}", analyst)
    owner = signed_in(Role.OWNER).get(address).content.decode()
    assert [name for name in names if name in owner]
    file = signed_in(Role.ANALYST, email="two@example.com").get(f"{address}&format=csv").content.decode()
    assert not [name for name in names if name in file]


def test_a_look_at_a_list_with_names_is_in_the_audit(company, signed_in):
    signed_in(Role.OWNER).get("/metrics/nps/cases/")
    entry = AuditEntry.objects.get(action="customer.listed")
    assert entry.subject == "metric nps"
    assert entry.details["customers"]
    signed_in(Role.ANALYST, email="two@example.com").get("/metrics/nps/cases/")
    assert AuditEntry.objects.filter(action="customer.listed").count() == 1


def test_the_list_behind_a_figure_counts_what_the_figure_counts(company, signed_in):
    client = signed_in(Role.OWNER)
    for slug in (
        "nps",
        "csat_mean",
        "orders",
        "revenue",
        "on_time_delivery",
        "late_orders",
        "conversion",
        "payments",
    ):
        reading = read_one(engine(company), slug, YEAR)
        counted = reading.value if slug == "late_orders" else reading.n
        rows = (
            client.get(f"/metrics/{slug}/cases/?period=2025-11..2026-10&format=csv")
            .content.decode()
            .splitlines()
        )
        assert len(rows) - 1 == counted, slug


def test_a_cell_of_few_is_hidden_from_those_who_see_no_persons(company, signed_in):
    tables = engine(company).tables()
    rated = tables.answers.filter(tables.answers.metric == "nps")
    counts = (
        engine(company).run(rated.group_by("touchpoint", "channel").aggregate(n=rated.count())).to_pylist()
    )
    small = next(row for row in counts if row["touchpoint"] and 0 < row["n"] < company.settings.minimum_cell)
    address = f"/metrics/nps/cases/?period=all&touchpoint={small['touchpoint']}&channel={small['channel']}"
    page = signed_in(Role.ANALYST).get(address).content.decode()
    assert "Troppo pochi casi" in page
    assert not re.findall(r"C-[0-9A-F]{8}", page)
    assert "Troppo pochi casi" not in signed_in(Role.OWNER).get(address).content.decode()
    heat = signed_in(Role.ANALYST, email="two@example.com").get("/?table=heat&format=csv&period=all")
    rows = csv.DictReader(io.StringIO(heat.content.decode("utf-8-sig")))
    shown = [row for row in rows if "hidden" in row["note"]]
    assert shown
    assert {(row["valore"], row["n"]) for row in shown} == {("", "")}


def test_a_head_of_function_sees_the_own_touchpoints_and_is_told(company, signed_in):
    client = signed_in(Role.HEAD_OF_FUNCTION, function="logistics")
    owners = {row["responsabile"] for row in table(client, "/touchpoints/?format=csv")}
    assert owners == {"Logistica"}
    page = client.get("/").content.decode()
    assert "Vedi i punti di contatto della tua funzione: Logistica." in page
    asked = client.get("/touchpoints/?function=billing&format=csv").content.decode("utf-8-sig")
    assert len(asked.splitlines()) == 1


def test_an_empty_workspace_says_what_to_do_first(workspace, signed_in):
    page = signed_in(Role.OWNER).get("/").content.decode()
    assert "viaggio import" in page


def test_a_script_gets_the_address_without_empty_filters(company, signed_in):
    answer = signed_in(Role.OWNER).get("/?channel=&segment=b2c&period=12m", headers={"HX-Request": "true"})
    assert answer.headers["HX-Push-Url"] == "/?period=12m&segment=b2c"


def test_english_readers_get_english(company, signed_in):
    page = signed_in(Role.OWNER, language="en").get("/").content.decode()
    assert "The four phases of the journey" in page
    assert "Purchase and delivery" in page
