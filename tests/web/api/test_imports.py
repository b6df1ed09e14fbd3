"""Imports over the API: brought in, listed, their rejected rows taken."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from viaggio.store.fold import fold
from viaggio.store.landing import items
from viaggio.web.shared.models import AuditEntry
from viaggio.web.shared.roles import Right, Role
from viaggio.web.shared.tokens import issue

ROWS = b"id,customer,at\n1,ada@example.it,2024-05-01 10:00\n2,bo@example.it,whenever\n"
MAPPING = """
source = "crm"
timezone = "Europe/Rome"
[[table]]
name = "interactions"
id = "id"
[table.columns]
email = "customer"
touchpoint = { value = "contact" }
channel = { value = "phone" }
phase = { value = "care" }
moment = { value = "after" }
started_at = { column = "at", format = "%Y-%m-%d %H:%M" }
"""


@pytest.fixture
def caller(person) -> Callable[..., Client]:
    """A client that calls with a token of these rights, of an owner."""

    def make(*rights: Right) -> Client:
        owner = person(Role.OWNER, email=f"{'-'.join(rights)}@example.com")
        _, secret = issue(
            owner,
            name="test",
            scopes=[*rights, Right.USE_API],
            lifetime=timedelta(days=1),
            now=datetime.now(UTC),
        )
        return Client(headers={"Authorization": f"Bearer {secret}"})

    return make


def sent(client: Client, *files: SimpleUploadedFile, **form: str):
    given = list(files) or [SimpleUploadedFile("contacts.csv", ROWS)]
    return client.post("/api/v1/imports", {"files": given, **form})


def test_files_land_once_and_are_told_apart_when_they_come_again(caller, workspace):
    client = caller(Right.IMPORT_DATA)
    first = sent(client, mapping=MAPPING)
    again = sent(client, mapping=MAPPING)
    assert (first.status_code, first.json()) == (202, {"item": 1, "new": True})
    assert (again.status_code, again.json()) == (200, {"item": 1, "new": False})
    assert len(items(workspace)) == 1
    assert AuditEntry.objects.filter(action="data.imported").count() == 2


def test_an_import_tells_what_became_of_its_rows(caller, workspace):
    sent(caller(Right.IMPORT_DATA), mapping=MAPPING)
    client = caller(Right.SEE_DATA)
    assert client.get("/api/v1/imports/1").json()["folded"] is False
    fold(workspace)
    told = client.get("/api/v1/imports/1").json()
    assert (told["read"], told["rejected"]) == (2, 1)
    assert told["tables"]["interactions"] == {"new": 1, "changed": 0, "duplicate": 0, "rejected": 1}
    assert client.get("/api/v1/imports/9").status_code == 404


def test_imports_come_page_by_page(caller, workspace):
    bring = caller(Right.IMPORT_DATA)
    for number in range(3):
        row = f"id,customer,at\n{number},a@example.it,2024-05-01 10:00\n".encode()
        sent(bring, SimpleUploadedFile("contacts.csv", row), mapping=MAPPING)
    client = caller(Right.SEE_DATA)
    first = client.get("/api/v1/imports?limit=2").json()
    last = client.get(f"/api/v1/imports?limit=2&cursor={first['next']}").json()
    assert [item["item"] for item in first["items"] + last["items"]] == [1, 2, 3]
    assert last["next"] is None


def test_rejected_rows_are_taken_by_those_who_see_customers_and_it_is_recorded(caller, workspace):
    sent(caller(Right.IMPORT_DATA), mapping=MAPPING)
    fold(workspace)
    client = caller(Right.SEE_CUSTOMERS)
    taken = b"".join(client.get("/api/v1/imports/1/rejects").streaming_content).decode()
    (row,) = csv.DictReader(io.StringIO(taken))
    assert (row["at"], row["_line"], row["_reason"]) == ("whenever", "3", "value.not_a_time")
    assert AuditEntry.objects.filter(action="data.rejects.taken").count() == 1
    assert client.get("/api/v1/imports/1/rejects?number=2").status_code == 404
    assert caller(Right.SEE_DATA).get("/api/v1/imports/1/rejects").status_code == 403


def test_every_source_file_with_rejects_has_its_own(caller, workspace):
    files = [
        SimpleUploadedFile(name, ROWS.replace(b"1,", mark))
        for name, mark in (("a.csv", b"7,"), ("b.csv", b"8,"))
    ]
    sent(caller(Right.IMPORT_DATA), *files, mapping=MAPPING)
    fold(workspace)
    client = caller(Right.SEE_CUSTOMERS)
    seen = set()
    for number in (1, 2):
        answer = client.get(f"/api/v1/imports/1/rejects?number={number}")
        seen |= {
            row["_file"] for row in csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode()))
        }
    assert seen == {"a.csv", "b.csv"}


def test_mistakes_are_problems_and_nothing_lands(caller, workspace):
    client = caller(Right.IMPORT_DATA)
    twice = [SimpleUploadedFile("a.csv", ROWS), SimpleUploadedFile("a.csv", ROWS)]
    answers = [
        sent(client),
        sent(client, mapping=MAPPING, recipe="olist"),
        sent(client, mapping="no toml ["),
        sent(client, recipe="nothing"),
        sent(client, *twice, mapping=MAPPING),
    ]
    assert [answer.status_code for answer in answers] == [422] * 5
    assert {answer.headers["Content-Type"] for answer in answers} == {"application/problem+json"}
    assert items(workspace) == []
