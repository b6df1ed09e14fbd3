"""What goes to pay-roll adds up to the ledger, is the same every time, and runs no formula."""

import csv
import io
import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from click.testing import CliRunner
from django.db.models import Sum
from tests.web.incentive import staged

from viaggio.cli.app import app
from viaggio.web.incentive.models import Employee, LedgerEntry, PayrollExport
from viaggio.web.incentive.services import payroll as paying
from viaggio.web.incentive.services import runs, staff
from viaggio.web.incentive.services.country import OWN
from viaggio.web.incentive.services.identity import Identity
from viaggio.web.shared.roles import Role
from viaggio.web.shared.workspace import workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def sealed(settled, monkeypatch, tmp_path):
    from cryptography.fernet import Fernet

    monkeypatch.setenv("VIAGGIO_PAYROLL_KEY", Fernet.generate_key().decode())
    for number, employee in enumerate(Employee.objects.order_by("pseudonym")):
        name = "=HYPERLINK(1)" if number == 0 else f"{number:05}"
        staff.seal(employee, Identity(name, "Ada Neri", "CC1"), by=settled.office.runner)
    return settled


def period_of(settled) -> str:
    return LedgerEntry.objects.filter(run=settled.run.code).values_list("pay_period", flat=True).first()


def exported(client, period: str, form: str) -> bytes:
    answer = client.post(f"/pay/payroll/{period}/{form}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="payroll-{period}.{form}"'
    return answer.content


def test_the_trailer_is_the_sum_of_the_rows_and_of_the_ledger(sealed):
    client = sealed.as_role(Role.PAYROLL)
    period = period_of(sealed)
    page = client.get(f"/pay/payroll/{period}/").text
    assert "The file adds up to the ledger." in page
    *rows, trailer = csv.DictReader(io.StringIO(exported(client, period, "csv").decode()), delimiter=";")
    assert trailer["payroll_id"] == "TRAILER"
    assert int(trailer["pay_code"]) == len(rows)
    total = sum(Decimal(row["amount"]) for row in rows)
    assert total == Decimal(trailer["amount"])
    ledger = LedgerEntry.objects.filter(pay_period=period).aggregate(cents=Sum("amount_cents"))["cents"]
    assert total * 100 == ledger


def test_no_cell_is_taken_for_a_formula(sealed):
    text = exported(sealed.as_role(Role.PAYROLL), period_of(sealed), "csv").decode()
    assert "'=HYPERLINK(1)" in text
    cells = [cell for row in csv.reader(io.StringIO(text), delimiter=";") for cell in row if cell]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]


def test_made_again_it_is_the_same_byte_by_byte(sealed):
    client = sealed.as_role(Role.PAYROLL)
    period = period_of(sealed)
    for form in ("csv", "xlsx"):
        assert exported(client, period, form) == exported(client, period, form), form
    seals = list(PayrollExport.objects.values_list("sha256", flat=True))
    assert len(seals) == 4
    assert len(set(seals)) == 2
    listed = client.get("/pay/payroll/").text
    assert all(seal in listed for seal in set(seals))


def test_excel_holds_the_rows_of_the_csv(sealed):
    from openpyxl import load_workbook

    client = sealed.as_role(Role.PAYROLL)
    period = period_of(sealed)
    rows = list(csv.reader(io.StringIO(exported(client, period, "csv").decode()), delimiter=";"))
    sheet = load_workbook(io.BytesIO(exported(client, period, "xlsx"))).active
    cells = [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert len(cells) == len(rows)
    amount = rows[0].index("amount")
    assert [Decimal(c[amount]) for c in cells[1:]] == [Decimal(r[amount]) for r in rows[1:]]
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_a_file_is_handed_over_by_post_only(sealed):
    client = sealed.as_role(Role.PAYROLL)
    assert client.get(f"/pay/payroll/{period_of(sealed)}/csv").status_code == 405
    assert PayrollExport.objects.count() == 0


SAME = ("payroll_id", "pay_code", "kind", "amount", "currency", "regime_flag", "limit_used",
        "welfare_amount", "cost_centre")  # fmt: skip


@pytest.fixture
def bonus(company, person):
    """A quarter of a performance bonus whose agreement was signed in the middle of it, and who exports it."""
    office = staged.handlers(person)
    staged.people(office)
    version = staged.published(office, legal_basis="PDR", agreement={"signed": "2026-02-09"})
    return office, staged.paid(version, office), person(Role.PAYROLL, email="pays@example.com")


def period_paid(run) -> str:
    return LedgerEntry.objects.filter(run=run.code).values_list("pay_period", flat=True).first()


def rows_of(run, by) -> tuple[list[dict[str, str]], dict[str, str]]:
    made, _kept = paying.export(period_paid(run), "csv", by=by, now=staged.LATER)
    *rows, trailer = csv.DictReader(io.StringIO(made.decode()), delimiter=";")
    return rows, trailer


def by_command_line(run, folder) -> list[dict[str, str]]:
    """The rows of the run's own file, written by the command line."""
    file = folder / "run.json"
    file.write_text(json.dumps(runs.document(run)), encoding="utf-8")
    done = CliRunner().invoke(app, ["incentive", "export", str(file), "--period", period_paid(run)])
    assert done.exit_code == 0, done.output
    *rows, _trailer = csv.DictReader(io.StringIO(done.stdout), delimiter=";")
    return rows


def test_regime_and_limit_are_those_that_the_command_line_writes_for_the_run(bonus, tmp_path):
    _office, run, payroll = bonus
    rows, trailer = rows_of(run, payroll)
    other = by_command_line(run, tmp_path)
    assert [[row[name] for name in SAME] for row in rows] == [[row[name] for name in SAME] for row in other]
    assert {row["regime_flag"] for row in rows} == {"pdr", "ordinary"}
    flagged = sum(Decimal(row["amount"]) for row in rows if row["regime_flag"] == "pdr")
    assert Decimal(trailer["limit_used"]) == flagged > 0


def test_the_limit_is_one_for_all_that_is_paid_in_a_year(bonus, request):
    office, first, payroll = bonus
    own = workspace().root / OWN
    request.addfinalizer(lambda: own.unlink(missing_ok=True))
    own.write_text(
        'country = "it"\nmark = "pdr"\n[[bonus_tax]]\nyear = 2026\nrate = "0.01"\nlimit = "300"\n'
        'income_cap = "80000"\nsource = "a company agreement"\n', encoding="utf-8"
    )  # fmt: skip
    second = staged.paid(first.version, office, part=2, now=datetime(2026, 7, 20, 9, tzinfo=UTC))
    flagged: dict[str, Decimal] = {}
    used: dict[str, Decimal] = {}
    for run in (first, second):
        for row in rows_of(run, payroll)[0]:
            name = row["payroll_id"]
            used[name] = used.get(name, Decimal(0)) + Decimal(row["limit_used"])
            if row["regime_flag"] == "pdr":
                flagged[name] = flagged.get(name, Decimal(0)) + Decimal(row["amount"])
    assert max(flagged.values()) > 300
    assert used == {name: min(Decimal(300), flagged.get(name, Decimal(0))) for name in used}
