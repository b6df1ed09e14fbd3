"""One answer: journeys say the same on the page, in its file, on the command line, in API and Python."""

import json
from datetime import timedelta
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from django.test import Client
from django.utils import timezone
from tests.web.journey.test_explore import YEAR, table

from viaggio.cli.app import app
from viaggio.store.engine import engine
from viaggio.store.journeys import ask
from viaggio.web.shared import formats
from viaggio.web.shared.roles import Right, Role
from viaggio.web.shared.tokens import issue

pytestmark = pytest.mark.django_db

STEPS = ("product_page", "cart", "payment")
TIMES = ("since_start_median_seconds", "since_start_median_low_seconds", "since_start_median_high_seconds")


def printed(company, *arguments: str) -> list[dict]:
    options = ("-w", str(company.root), "--period", str(YEAR), "--json")
    done = CliRunner().invoke(app, ["journey", *arguments, *options])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def token(person) -> str:
    scopes = [Right.SEE_FIGURES, Right.SEE_CUSTOMERS]
    return issue(person, name="test", scopes=scopes, lifetime=timedelta(days=1), now=timezone.now())[1]


def answered(secret: str, address: str) -> list[dict]:
    found = Client().get(
        f"/api/v1/journey/{address}period={YEAR}", headers={"Authorization": f"Bearer {secret}"}
    )
    assert found.status_code == 200, found.content
    return found.json()["items"]


def same(one: object, other: str) -> bool:
    """A value of an answer, and the same in a file."""
    return other == "" if one is None else float(other) == pytest.approx(one)


def test_money_by_model_is_the_same_everywhere(company, signed_in):
    client = signed_in(Role.OWNER, language="en")
    here = ask(engine(company), "attribution", YEAR).table().to_pylist()
    assert printed(company, "attribution") == here
    assert answered(token(client.person), "attribution?") == here
    told = table(client, f"/journeys/attribution/?period={YEAR}&table=credits&format=csv")
    assert any(row["value_low"] is not None and row["value_low"] < row["value"] for row in here)
    for row, file in zip(here, told, strict=True):
        assert (row["model"], row["name"] or "") == (file["model"], file["channel"])
        for name in ("value", "value_low", "value_high"):
            assert same(None if row[name] is None else row[name] / 100, file[name]), (row, file)
    page = client.get(f"/journeys/attribution/?period={YEAR}").content.decode()
    top = next(row for row in here if row["model"] == "linear")
    low, value, high = (
        formats.money(top[name], "EUR", short=True, language="en")
        for name in ("value_low", "value", "value_high")
    )
    assert value in page
    assert f"{low}–{high}" in page


def test_median_times_of_a_funnel_are_the_same_everywhere(company, signed_in):
    client = signed_in(Role.OWNER, language="en")
    here = ask(engine(company), "funnel", YEAR, steps=STEPS).table().to_pylist()
    assert printed(company, "funnel", *(part for step in STEPS for part in ("--step", step))) == here
    query = "".join(f"step={step}&" for step in STEPS)
    assert answered(token(client.person), f"funnel?{query}") == here
    address = f"/journeys/funnel/?steps={quote(' > '.join(STEPS))}&period={YEAR}"
    told = table(client, f"{address}&table=steps&format=csv")
    names = ("median_seconds", "median_low_seconds", "median_high_seconds")
    for row, file in zip(here[1:], told[1:], strict=True):
        assert row[TIMES[1]] is not None
        assert all(same(row[mine], file[name]) for mine, name in zip(TIMES, names, strict=True))
    low, high = (formats.duration(here[-1][name], language="en") for name in TIMES[1:])
    assert f"{low}–{high}" in client.get(address).content.decode()


def test_times_between_steps_and_of_sessions_and_returns_are_the_same_everywhere(company, signed_in):
    secret = token(signed_in(Role.OWNER).person)
    for command, question in (
        ("steps", "step_times"),
        ("transitions", "transitions"),
        ("sessions", "sessions"),
    ):
        here = ask(engine(company), question, YEAR).table().to_pylist()
        assert any(row["median_low_seconds"] is not None for row in here)
        assert printed(company, command) == here
        told = [{k: v for k, v in row.items() if k != "hidden"} for row in answered(secret, f"{command}?")]
        assert told == here
    here = ask(engine(company), "retention", YEAR, unit="week", periods=4).table().to_pylist()
    assert printed(company, "retention", "--unit", "week", "--periods", "4") == here
    assert answered(secret, "returns?unit=week&periods=4&") == here


def test_rows_that_tell_of_single_customers_ask_for_the_right_to_see_them(company, person):
    made = person(Role.OWNER)
    secret = issue(
        made, name="figures", scopes=[Right.SEE_FIGURES], lifetime=timedelta(days=1), now=timezone.now()
    )[1]
    for question in ("attribution", "funnel?step=cart", "returns"):
        found = Client().get(f"/api/v1/journey/{question}", headers={"Authorization": f"Bearer {secret}"})
        assert found.status_code == 403


@pytest.mark.parametrize(
    "asked",
    [
        "attribution?lookback_days=inf",
        "attribution?lookback_days=1e300",
        "attribution?model=magic",
        "funnel?step=cart&within_seconds=1e300",
        "funnel?within_seconds=1",
        "returns?periods=-1",
    ],
)
def test_what_no_calendar_holds_is_refused_with_words(company, person, asked):
    headers = {"Authorization": f"Bearer {token(person(Role.OWNER))}"}
    found = Client().get(f"/api/v1/journey/{asked}", headers=headers)
    assert (found.status_code, found["Content-Type"]) == (422, "application/problem+json")
