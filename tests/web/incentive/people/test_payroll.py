"""What goes to pay-roll adds up to the ledger, is the same every time, and runs no formula."""

import csv
import io
from decimal import Decimal

import pytest
from django.db.models import Sum

from viaggio.web.incentive.models import Employee, LedgerEntry, PayrollExport
from viaggio.web.incentive.services import staff
from viaggio.web.incentive.services.identity import Identity
from viaggio.web.shared.roles import Role

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
