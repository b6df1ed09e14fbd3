"""The page of times: what the index says, for people who see no persons without what tells of few."""

import pytest
from tests.web.journey.test_cells import behind, links
from tests.web.journey.test_explore import YEAR, table

from viaggio.store.engine import engine
from viaggio.store.journeys import ask
from viaggio.web.shared.roles import Role

pytestmark = pytest.mark.django_db

PAGE = "/journeys/times/"


def test_times_are_those_of_the_index_with_their_intervals(company, signed_in):
    client = signed_in(Role.OWNER)
    found = ask(engine(company), "step_times", YEAR, by="touchpoint")
    waits = {(w.origin or "", w.target or ""): w for w in found.waits}
    told = table(client, f"{PAGE}?by=touchpoint&table=waits&format=csv")
    assert len(told) == len(waits)
    for row in told:
        wait = waits[row["origin"], row["target"]]
        assert (int(row["customers"]), int(row["moves"])) == (wait.customers, wait.moves)
        for name in ("median_seconds", "median_low_seconds", "median_high_seconds", "p25_seconds"):
            exact = getattr(wait.time, name)
            assert row[name] == ("" if exact is None else str(exact)), name
    stays = table(client, f"{PAGE}?table=stays&format=csv")
    assert {r["phase"] for r in stays} >= {"discovery", "purchase", "care"}
    spent = ask(engine(company), "sessions", YEAR, gap_minutes=60.0)
    sessions = table(client, f"{PAGE}?gap=60&table=sessions&format=csv")
    assert [(r["channel"], int(r["sessions"])) for r in sessions] == [
        (group.channel or "", group.sessions) for group in spent.channels
    ]


def test_behind_a_time_are_the_customers_it_is_of(company, signed_in):
    client = signed_in(Role.OWNER)
    rows = table(client, f"{PAGE}?table=waits&format=csv")
    cells = [
        (href, asked) for href, asked in links(client.get(PAGE).content.decode()) if "|" in asked["place"]
    ]
    assert len(cells) == len(rows)
    for (href, asked), row in list(zip(cells, rows, strict=True))[:3]:
        assert asked["place"] == f"{row['origin']}|{row['target']}"
        assert len(behind(client, href)) == int(row["customers"])


def test_who_sees_no_persons_reads_no_time_of_few(company, signed_in):
    least = company.settings.minimum_cell
    client = signed_in(Role.ANALYST)
    assert links(client.get(PAGE).content.decode()) == []
    for key, by in (("waits", "touchpoint"), ("stays", "touchpoint"), ("sessions", "phase")):
        rows = table(client, f"{PAGE}?by={by}&table={key}&format=csv")
        told = [row for row in rows if row["customers"]]
        assert all(int(row["customers"]) >= least for row in told)
        untold = [row for row in rows if not row["customers"]]
        assert len(untold) != 1
        assert not any(
            row["median_seconds"] or row["median_low_seconds"] or row["p25_seconds"] for row in untold
        )
    assert signed_in(Role.PAYROLL).get(PAGE).status_code == 403
