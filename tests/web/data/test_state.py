"""What the data pages say: sources, imports, rejected rows, coverage, kinds of data."""

import csv
import io
import json
import os
import time
from datetime import UTC, date, datetime

import pytest

from viaggio.store.engine import engine
from viaggio.store.fold import fold
from viaggio.store.intake import land_mapping
from viaggio.store.rejected import first_rejected, reasons
from viaggio.store.status import item_statuses
from viaggio.web.data.services.imports import running_fold
from viaggio.web.data.services.moments import ago, days_since
from viaggio.web.data.services.state import coverage_table, kind_lines, source_lines
from viaggio.web.shared.models import AuditEntry
from viaggio.web.shared.roles import Role

TODAY = date(2024, 5, 20)
CONTACTS = """id,customer,at,channel,phase
1,ada@example.it,2024-05-01 10:00,phone,care
2,ada@example.it,2024-05-03 10:00,phone,care
3,bo@example.it,2024-05-10 10:00,web,discovery
4,bo@example.it,whenever,web,discovery
5,bo@example.it,,web,discovery
"""
MAPPING = """
source = "crm"
timezone = "Europe/Rome"
[[table]]
name = "interactions"
id = "id"
[table.columns]
email = "customer"
touchpoint = { value = "contact" }
channel = "channel"
phase = "phase"
moment = { value = "after" }
started_at = { column = "at", format = "%Y-%m-%d %H:%M" }
"""


@pytest.fixture
def filled(workspace, tmp_path):
    """A workspace with one import of contacts: three good rows, two rejected."""
    path = tmp_path / "contacts.csv"
    path.write_text(CONTACTS)
    land_mapping(workspace, {"contacts.csv": path}, MAPPING, by="ada@example.com")
    fold(workspace)
    return workspace


def rows_of(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_an_empty_workspace_shows_three_steps_and_where_to_begin(signed_in, workspace):
    page = signed_in(Role.CX_MANAGER, language="en").get("/data/").text
    assert page.count("<li><b>") == 3
    assert 'href="/data/new/"' in page
    reader = signed_in(Role.ANALYST, language="en").get("/data/").text
    assert 'href="/data/new/"' not in reader


def test_a_source_is_as_fresh_as_its_newest_record(filled):
    (crm,) = source_lines(filled, TODAY)
    assert (crm.source, crm.rows, crm.rejected, crm.days) == ("crm", 3, 2, 10)
    assert crm.latest == datetime(2024, 5, 10, 8, tzinfo=UTC)


def test_days_are_local_days_and_never_negative():
    late_evening = 1_714_514_400_000_000  # 2024-04-30 22:00 UTC is May the first in Rome
    assert days_since(late_evening, date(2024, 5, 1)) == 0
    assert days_since(late_evening, date(2024, 4, 1)) == 0
    assert days_since(None, TODAY) is None
    assert ago(None) == ""


def test_coverage_counts_cells_and_hides_small_ones(filled):
    shown = coverage_table(engine(filled), TODAY, minimum=1)
    cells = {(c.phase, c.channel): (c.interactions, c.customers, c.days) for c in shown.cells}
    assert cells == {("care", "phone"): (2, 1, 17), ("discovery", "web"): (1, 1, 10)}
    assert len(shown.empty_phases) == 2
    assert len(shown.silent) == 10
    hidden = coverage_table(engine(filled), TODAY, minimum=10)
    assert [cell.customers for cell in hidden.cells] == [None, None]


def test_missing_kinds_name_the_figures_that_rest_on_them(filled):
    there, missing = kind_lines(engine(filled).manifest)
    assert [kind.table for kind in there] == ["interactions"]
    costs = {kind.table: kind.figures for kind in missing}
    assert "NPS" in " ".join(costs["answers"])
    assert costs["texts"] == ()


def test_rejected_rows_are_counted_by_reason_and_read_back(filled):
    (status,) = item_statuses(filled)
    found = {(r.column, r.code): r.rows for r in reasons(status.rejects)}
    assert found == {("at", "value.not_a_time"): 1, ("at", "value.missing"): 1}
    first = first_rejected(status.rejects)
    assert [(row.line, row.value, row.cells["id"]) for row in first] == [(5, "whenever", "4"), (6, "", "5")]
    assert len(first_rejected(status.rejects, 1)) == 1


def test_only_those_who_see_customers_see_rejected_rows_and_it_is_recorded(signed_in, filled):
    analyst = signed_in(Role.ANALYST, language="en").get("/data/imports/1/").text
    assert "2 rows kept apart" in analyst
    assert "whenever" not in analyst
    assert not AuditEntry.objects.filter(action="data.rejects.seen").exists()
    auditor = signed_in(Role.AUDITOR, language="en").get("/data/imports/1/").text
    assert "whenever" in auditor
    assert AuditEntry.objects.filter(action="data.rejects.seen", actor="auditor@example.com").exists()


def test_the_rejects_are_taken_as_they_came_and_it_is_recorded(signed_in, filled):
    answer = signed_in(Role.CX_MANAGER).get("/data/imports/1/rejects/1")
    taken = b"".join(answer.streaming_content).decode()
    assert next(csv.DictReader(io.StringIO(taken)))["at"] == "whenever"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert AuditEntry.objects.filter(action="data.rejects.taken").count() == 1
    assert signed_in(Role.ANALYST).get("/data/imports/1/rejects/1").status_code == 403
    assert signed_in(Role.OWNER).get("/data/imports/1/rejects/2").status_code == 404


@pytest.mark.parametrize("table", ["sources", "imports", "coverage", "kinds"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_every_table_of_the_first_page_is_a_file(table, form, signed_in, filled):
    answer = signed_in(Role.ANALYST).get(f"/data/?table={table}&format={form}")
    assert answer.status_code == 200
    if form == "csv":
        assert len(rows_of(answer)) >= 2
    else:
        assert answer.content[:2] == b"PK"


@pytest.mark.parametrize(("table", "rows"), [("counts", 2), ("reasons", 3), ("files", 2)])
def test_every_table_of_an_import_is_a_file(table, rows, signed_in, filled):
    answer = signed_in(Role.ANALYST).get(f"/data/imports/1/?table={table}&format=csv")
    assert len(rows_of(answer)) == rows


def test_what_is_not_there_is_not_found(signed_in, filled):
    client = signed_in(Role.OWNER)
    for path in ("/data/imports/7/", "/data/?table=x&format=csv", "/data/imports/1/?table=x&format=csv"):
        assert client.get(path).status_code == 404


def test_an_import_that_cannot_be_read_says_why(signed_in, workspace, tmp_path):
    path = tmp_path / "contacts.csv"
    path.write_text("other,columns\n1,2\n")
    land_mapping(workspace, {"contacts.csv": path}, MAPPING, by="ada@example.com")
    fold(workspace)
    page = signed_in(Role.ANALYST, language="en").get("/data/imports/1/").text
    assert "Nothing of it was taken." in page
    assert "could not be read" in page


def test_progress_tells_bytes_rows_and_time_left(signed_in, workspace):
    note = {
        "item": 3, "label": "orders.csv", "stage": "read", "rows": 5000, "bytes_done": 1_000_000,
        "bytes_total": 4_000_000, "rejected": 2, "duplicates": 0, "pid": os.getpid(),
        "began": time.time() - 10,
    }  # fmt: skip
    (workspace.root / "cache").mkdir(exist_ok=True)
    (workspace.root / "cache" / "folding.json").write_text(json.dumps(note))
    now = running_fold(workspace)
    assert now is not None
    assert now.rate == pytest.approx(500, rel=0.1)
    assert now.seconds_left == pytest.approx(30, rel=0.1)
    page = signed_in(Role.ANALYST, language="en").get("/data/progress")
    assert "5,000 rows" in page.text
    assert 'hx-trigger="every 1s"' in page.text
    assert "<noscript>" in page.text
    assert "HX-Refresh" not in page.headers


def test_progress_ends_with_a_new_page(signed_in, filled):
    page = signed_in(Role.ANALYST).get("/data/progress?import=1")
    assert page.headers["HX-Refresh"] == "true"
    assert "hx-trigger" not in page.text


def test_what_waits_can_be_set_going(signed_in, workspace, tmp_path):
    path = tmp_path / "contacts.csv"
    path.write_text(CONTACTS)
    land_mapping(workspace, {"contacts.csv": path}, MAPPING, by="ada@example.com")
    client = signed_in(Role.CX_MANAGER, language="en")
    assert "waits its turn" in client.get("/data/").text
    assert client.post("/data/fold").status_code == 302
    assert AuditEntry.objects.filter(action="data.fold.asked").exists()


def test_the_list_of_imports_has_pages(signed_in, workspace, tmp_path):
    path = tmp_path / "contacts.csv"
    for number in range(26):
        path.write_text(f"id,customer,at,channel,phase\n{number},a@example.it,2024-05-01 10:00,web,care\n")
        land_mapping(workspace, {"contacts.csv": path}, MAPPING, by="ada@example.com")
    client = signed_in(Role.ANALYST)
    assert client.get("/data/imports/").text.count('href="/data/imports/') == 25
    assert 'href="/data/imports/1/"' in client.get("/data/imports/?page=2").text
