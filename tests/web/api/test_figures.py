"""The API for figures: what a program gets, and what it gets told when it asks for what is not there."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from viaggio.store.contracts import FACTS, incoming_schema
from viaggio.store.fold import fold
from viaggio.store.intake import land_mapping, land_recipe
from viaggio.web.shared.roles import Right, Role
from viaggio.web.shared.tokens import issue

SCORES = [10] * 20 + [9] * 10 + [8] * 8 + [3] * 12  # NPS 100 * (30 - 12) / 50 = 36


@pytest.fixture
def answered(workspace, tmp_path: Path):
    """The workspace with fifty answers of fifty customers about the courier's door."""
    schema = incoming_schema(FACTS["answers"])
    start = datetime(2026, 3, 1, 12, tzinfo=UTC)
    fixed = {
        "item": "recommend", "metric": "nps", "scale_min": 0.0, "scale_max": 10.0, "touchpoint": "delivery",
        "phase": "purchase",
    }  # fmt: skip
    rows = [
        fixed
        | {
            "id": f"a{i}",
            "response": f"r{i}",
            "customer_number": f"c{i}",
            "value": float(score),
            "channel": "courier" if i % 2 else "web",
            "answered_at": start + timedelta(hours=i),
        }
        for i, score in enumerate(SCORES)
    ]
    file = tmp_path / "answers.parquet"
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), file)
    land_recipe(workspace, {"answers.parquet": file}, "native", {"source": "pulse"}, by="test")
    fold(workspace)
    return workspace


@pytest.fixture
def ask(answered, person):
    """Asks the API as an owner with the scope for figures."""

    def get(address: str, *scopes: Right, role: Role = Role.OWNER):
        made = person(role, email=f"{role}-{len(scopes)}@example.com")
        _, secret = issue(
            made,
            name="test",
            scopes=scopes or [Right.SEE_FIGURES, Right.SEE_CUSTOMERS],
            lifetime=timedelta(days=1),
            now=timezone.now(),
        )
        return Client().get(f"/api/v1/{address}", headers={"Authorization": f"Bearer {secret}"})

    return get


def test_a_reading_carries_base_interval_and_version(ask):
    (reading,) = ask("readings?metric=nps").json()["items"]
    assert reading["value"] == 36
    assert reading["n"] == 50
    assert reading["low"] < 36 < reading["high"]
    assert (reading["metric"], reading["version"], reading["unit"]) == ("nps", 2, "points")
    assert (reading["from"], reading["to"]) == ("2026-03-01", "2026-03-03")


def test_steps_and_groups_add_up_to_the_total(ask):
    days = ask("readings?metric=nps&step=day").json()["items"]
    assert [r["n"] for r in days] == [11, 24, 15]  # local days of Rome, an hour before UTC
    assert sum(r["n"] for r in days) == 50


def test_groups_cut_by_channel(ask):
    groups = ask("readings?metric=nps&by=channel").json()["items"]
    assert {r["by"]["channel"]: r["n"] for r in groups} == {"courier": 25, "web": 25}


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("readings?metric=npz", 422, "metric.unknown"),
        ("readings?metric=nps&where=chanel=web", 422, "dimension.unknown"),
        ("readings?metric=nps&period=soon", 422, "period.bad"),
        ("readings?metric=nps&step=moon", 422, "request.invalid"),
        ("journey/teleport", 422, None),
        ("journey/phases?where=channel+=", 422, "filter.bad"),
        ("journey/phases?where=chanel=web", 422, "dimension.unknown"),
        ("readings?metric=nps&where=customers+who+did+site", 422, "filter.journeys"),
        ("imports/99", 403, "token.scope"),
    ],
)
def test_what_is_wrong_is_named_in_a_problem_document(ask, address, status, code):
    answer = ask(address)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert code is None or answer.json()["code"] == code


def test_without_a_token_nothing_is_answered_even_to_somebody_signed_in(answered, signed_in):
    for address in ("metrics", "readings", "journey/phases", "customers", "imports", "openapi.json"):
        assert (
            signed_in(Role.OWNER, email=f"{address[:4]}@example.com").get(f"/api/v1/{address}").status_code
            == 401
        )


def test_a_token_opens_only_its_scopes(ask):
    assert ask("imports", Right.SEE_FIGURES).status_code == 403


def test_who_may_not_see_customers_gets_no_cell_under_the_smallest(ask):
    answer = ask("readings?metric=nps&step=day&where=channel=courier", Right.SEE_FIGURES, role=Role.ANALYST)
    hidden, shown = answer.json()["items"][0], answer.json()["items"][1]
    assert (hidden["value"], hidden["n"], hidden["flags"]) == (None, 0, ["hidden"])  # five answers
    assert shown["n"] == 0 or shown["n"] >= 10


def test_single_customers_are_picked_only_by_who_may_see_customers(ask):
    address = "journey/phases?where=not+customer+=+42"
    assert ask(address, Right.SEE_FIGURES, role=Role.ANALYST).status_code == 403
    assert ask(address, Right.SEE_FIGURES).status_code == 200


def test_a_role_without_the_right_can_not_make_a_token(person):
    head = person(Role.HEAD_OF_FUNCTION)
    with pytest.raises(PermissionDenied):
        issue(head, name="x", scopes=[Right.SEE_FIGURES], lifetime=timedelta(days=1), now=timezone.now())


def test_the_description_is_openapi_3_1_and_names_every_route(ask):
    described = ask("openapi.json").json()
    assert described["openapi"].startswith("3.1")
    assert {"/api/v1/readings", "/api/v1/customers", "/api/v1/imports", "/api/v1/journey/{question}"} <= set(
        described["paths"]
    )


def test_pages_of_imports_lose_nothing(answered, ask, tmp_path):
    for number in range(5):
        file = tmp_path / f"touch{number}.csv"
        file.write_text(f"slug,it,en\nt{number},Uno,One\n", encoding="utf-8")
        mapping = (
            'source = "s"\n[[table]]\nname = "touchpoints"\nid = "slug"\n[table.columns]\nname_it = "it"\n'
            'name_en = "en"\nphase = { value = "care" }\nmoment = { value = "after" }\n'
            'owner_function = { value = "it" }\n'
        )
        land_mapping(answered, {file.name: file}, mapping, by="test")
    seen, cursor = [], 0
    while cursor is not None:
        page = ask(f"imports?limit=2&cursor={cursor}", *([Right.SEE_DATA] * (len(seen) + 1))).json()
        seen += [item["item"] for item in page["items"]]
        cursor = page["next"]
    assert seen == [1, 2, 3, 4, 5, 6]
