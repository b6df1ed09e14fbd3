"""Customers by the token API: whole, paged without loss, never without the right, every look recorded."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.store.tiny import bring, folded, seen

from viaggio.store.hashing import node_key
from viaggio.web.shared.audit import text_mark
from viaggio.web.shared.models import AuditEntry
from viaggio.web.shared.roles import Right, Role
from viaggio.web.shared.tokens import issue

ADA = node_key("customer_number", "7")
PEOPLE = 23


@pytest.fixture
def shop(workspace):
    rows = [
        {"table": "customers", "id": str(n), "kind": "person", "customer_number": str(n),
         "email": f"p{n}@x.it", "name": f"Person {n % 5}" if n % 3 else None}
        for n in range(1, PEOPLE + 1)
    ]  # fmt: skip
    bring(workspace, [*rows, *(seen(str(n), n // 2, customer_number="7") for n in range(9))])
    folded(workspace)
    return workspace


@pytest.fixture
def ask(person):
    def make(*scopes: Right, role: Role = Role.CX_MANAGER):
        lifetime = timedelta(days=1)
        _token, secret = issue(
            person(role), name="test", scopes=list(scopes), lifetime=lifetime, now=timezone.now()
        )
        return lambda path, **query: Client().get(
            f"/api/v1{path}", query, headers={"Authorization": f"Bearer {secret}"}
        )

    return make


@pytest.mark.parametrize("limit", [1, 4, 200])
@pytest.mark.parametrize("text", ["", "person", "x.it"])
def test_following_the_cursor_meets_everybody_once(limit, text, shop, ask):
    get, found, query = ask(Right.SEE_CUSTOMERS), [], {"q": text, "limit": limit}
    while True:
        answer = get("/customers", **query).json()
        found += [item["key"] for item in answer["items"]]
        if answer["next"] is None:
            break
        query["cursor"] = answer["next"]
    wanted = {n for n in range(1, PEOPLE + 1) if text != "person" or n % 3}
    assert sorted(found) == sorted(str(node_key("customer_number", str(n))) for n in wanted)


def test_the_whole_record_comes_with_its_time_line_page_by_page(shop, ask):
    get, moments, query = ask(Right.SEE_CUSTOMERS), [], {"limit": 2}
    while True:
        answer = get(f"/customers/{ADA}", **query).json()
        moments += [moment["id"] for moment in answer["timeline"]]
        if answer["next"] is None:
            break
        query["cursor"] = answer["next"]
    assert sorted(moments) == [str(n) for n in range(9)]
    assert answer["profile"]["key"] == str(ADA)
    assert [known["value"] for known in answer["identifiers"]] == ["7", "p7@x.it"]
    assert answer["identifiers"][1]["joined"][0]["source"] == "shop"
    assert answer["timeline"][0]["at"].endswith("Z")


def test_every_look_is_recorded_as_the_tokens(shop, ask):
    get = ask(Right.SEE_CUSTOMERS)
    get("/customers", q="p7@x.it")
    get(f"/customers/{ADA}")
    rows = AuditEntry.objects.filter(action__startswith="customer").order_by("seq")
    assert [(row.action, row.subject) for row in rows] == [
        ("customer.listed", f"search {text_mark('p7@x.it')}"),
        ("customer.seen", str(ADA)),
    ]
    assert rows[0].details["customers"] == [str(ADA)]
    assert all(row.actor.startswith("token ") for row in rows)


def test_without_the_right_nothing_is_told(shop, ask):
    for role in (Role.CX_MANAGER, Role.ANALYST):
        get = ask(Right.SEE_FIGURES, role=role)
        assert get("/customers").status_code == 403
        assert get(f"/customers/{ADA}").status_code == 403
    assert Client().get(f"/api/v1/customers/{ADA}").status_code == 401


@pytest.mark.parametrize("key", ["1", "abc", "9" * 30, "-"])
def test_an_unknown_key_is_a_problem_document(key, shop, ask):
    answer = ask(Right.SEE_CUSTOMERS)(f"/customers/{key}")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_cursor_of_somebody_else_is_refused(shop, ask):
    answer = ask(Right.SEE_CUSTOMERS)("/customers", cursor="x")
    assert (answer.status_code, answer.json()["code"]) == (422, "cursor.bad")
