"""A table as a file: the same whether it is short or long, recorded, and not for everybody."""

import csv
import io

import pytest
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory
from openpyxl import load_workbook

from viaggio.web.shared import export
from viaggio.web.shared.models import AuditEntry
from viaggio.web.shared.roles import Role

ROWS = [(n, f"=word {n}") for n in range(500)]


def exported(person, kind: str):
    request = RequestFactory().get("/", {"format": kind})
    request.user = person
    return export.table_response(request, ("number", "word"), iter(ROWS), "Some words")


def content(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.mark.parametrize("in_memory", [8 << 20, 100])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_long_table_is_streamed_and_is_the_same_file(kind, in_memory, person, monkeypatch):
    monkeypatch.setattr(export, "IN_MEMORY", in_memory)
    response = exported(person(Role.OWNER), kind)
    assert response.streaming == (in_memory == 100)
    assert response.headers["Content-Disposition"] == f'attachment; filename="some-words.{kind}"'
    made = content(response)
    response.close()
    if kind == "csv":
        rows = list(csv.reader(io.StringIO(made.decode("utf-8-sig"))))
    else:
        rows = [[str(cell) for cell in row] for row in load_workbook(io.BytesIO(made)).active.values]
    assert rows == [["number", "word"], *([str(n), f"'{word}"] for n, word in ROWS)]
    assert AuditEntry.objects.get(action="export.table").subject == "Some words"


def test_who_may_not_export_gets_nothing(person):
    with pytest.raises(PermissionDenied):
        exported(person(Role.EMPLOYEE), "csv")
