"""Journeys on the command line: filters, more buckets while in use, and a customer erased."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from viaggio.cli.app import app
from viaggio.journey.filter import BadFilter, OnlyForJourneys
from viaggio.kernel import UnknownDimension
from viaggio.store.index import open_index
from viaggio.store.workspace import Settings, create, open_workspace

VISITS = """id,who,place,channel,phase,when,euro,note
1,ada@example.it,site,web,discovery,2026-03-01 10:00,,by bike
2,ada@example.it,checkout,web,purchase,2026-03-01 10:05,12.50,
3,ada@example.it,checkout,app,purchase,2026-03-20 10:05,30.00,
4,bea@example.it,site,app,discovery,2026-03-02 09:00,,7
5,bea@example.it,checkout,app,purchase,2026-05-02 09:00,9.00,
6,carla@example.it,site,web,discovery,2026-03-03 09:00,,
"""
MAPPING = """
source = "site"
timezone = "Europe/Rome"
currency = "EUR"
[[table]]
name = "interactions"
id = "id"
[table.columns]
email = "who"
touchpoint = "place"
channel = "channel"
phase = "phase"
moment = { value = "before" }
started_at = { column = "when", format = "%Y-%m-%d %H:%M" }
value_cents = "euro"
"""


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments], catch_exceptions=True)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    create(tmp_path / "shop", Settings(name="Bottega", buckets=4))
    (tmp_path / "visits.csv").write_text(VISITS)
    (tmp_path / "visits.toml").write_text(MAPPING)
    done = run("import", "-w", tmp_path / "shop", tmp_path / "visits.csv", "-m", tmp_path / "visits.toml")
    assert done.exit_code == 0, done.output
    return tmp_path / "shop"


def phases(shop: Path, *where: str) -> dict[str, int]:
    done = run(
        "journey", "phases", "-w", shop, "--json", *(word for one in where for word in ("--where", one))
    )
    if done.exception:
        raise done.exception
    return {row["phase"]: row["interactions"] for row in json.loads(done.stdout) if row["interactions"]}


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ((), {"discovery": 3, "purchase": 3}),
        (("channel=web",), {"discovery": 2, "purchase": 1}),
        (("channel=web,app", "phase=purchase"), {"purchase": 3}),
        (("channel = app or touchpoint = site",), {"discovery": 3, "purchase": 2}),
        (("customers who did checkout",), {"discovery": 2, "purchase": 3}),
        (("customers who did not checkout",), {"discovery": 1}),
        (("customers who did checkout at least 2 times within 30 days",), {"discovery": 1, "purchase": 2}),
        (("customers who did checkout within 1 day after site", "value > 20"), {"purchase": 1}),
        (("customers who did checkout in 2026-05 and period = 2026-Q1",), {"discovery": 1}),
        (("value is empty",), {"discovery": 3}),
        (("property.note = by bike",), {"discovery": 1}),
        (("property.note is empty and channel = web",), {"discovery": 1, "purchase": 1}),
        (("customers who did property.note = 7",), {"discovery": 1, "purchase": 1}),
    ],
)
def test_a_filter_chooses_the_interactions(shop, where, found):
    assert phases(shop, *where) == found


@pytest.mark.parametrize(
    "question",
    [("phases",), ("transitions",), ("sessions",), ("paths",), ("funnel", "site", "checkout"), ("drop-off",)],
)
def test_a_second_period_stands_beside_the_first(shop, question):
    def rows(*more: str) -> list[dict[str, object]]:
        words = [word for step in question[1:] for word in ("--step", step)]
        done = run("journey", question[0], *words, "-w", shop, "--json", *more)
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    april, march = rows("--period", "2026-04"), rows("--period", "2026-03")
    beside = rows("--period", "2026-04", "--compare", "previous")
    assert beside == [
        {"period": period, **row}
        for period, found in (("2026-04-01..2026-04-30", april), ("2026-03-01..2026-03-31", march))
        for row in found
    ]
    assert march
    assert run("journey", question[0], "-w", shop, "--compare", "year").exit_code == 2


def test_a_filter_that_is_wrong_or_not_for_here_is_told(shop):
    with pytest.raises(BadFilter, match=r"character 1.*Did you mean 'channel'"):
        phases(shop, "chanel = web")
    with pytest.raises(UnknownDimension, match="campaign"):
        phases(shop, "campaign = spring")
    done = run("kpi", "interactions", "-w", shop, "--where", "customers who did checkout")
    assert isinstance(done.exception, OnlyForJourneys)
    done = run(
        "kpi", "interactions", "-w", shop, "--where", "channel in (web, app) and phase = purchase", "--json"
    )
    assert json.loads(done.stdout)[0]["n"] == 3


def test_the_index_gets_more_buckets_and_answers_as_before(shop):
    before = phases(shop, "customers who did checkout")
    assert run("rebuild", "-w", shop, "--buckets", "16").exit_code == 0
    workspace = open_workspace(shop)
    assert (workspace.settings.buckets, len(open_index(workspace))) == (16, 16)
    assert phases(shop, "customers who did checkout") == before
    assert run("doctor", "-w", shop).exit_code == 0


def test_an_erased_customer_is_counted_no_more(shop):
    (ada,) = json.loads(run("customer", "find", "ada@example.it", "-w", shop, "--json").stdout)["items"]
    asked = CliRunner().invoke(app, ["customer", "erase", "-w", str(shop), "--", ada["key"]], input="n\n")
    assert asked.exit_code == 1
    assert sum(phases(shop).values()) == 6
    done = run("customer", "erase", "-w", shop, "--yes", "--json", "--", ada["key"])
    assert done.exit_code == 0, done.output
    (told,) = json.loads(done.stdout)
    assert (told["removed"]["facts.interactions"], told["left"], told["files"]) == (3, {}, [])
    (entry,) = json.loads(run("customer", "erasures", "-w", shop, "--json").stdout)
    assert (entry["id"], entry["by"], entry["removed"]) == (told["id"], "command line", told["removed"])
    assert phases(shop) == {"discovery": 2, "purchase": 1}
    assert run("doctor", "-w", shop).exit_code == 0
    assert json.loads(run("customer", "find", "ada@example.it", "-w", shop, "--json").stdout)["items"] == []
