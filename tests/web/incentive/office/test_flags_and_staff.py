"""Flags are decided by who is not concerned, with a reason; staff comes in without who has a fault."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from tests.web.incentive.office.conftest import signed
from tests.web.incentive.office.test_plans import text_of

from viaggio.web.incentive.models import Employee, Flag
from viaggio.web.incentive.services import staff
from viaggio.web.shared.models import AuditEntry
from viaggio.web.shared.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def flag(paid) -> Flag:
    now = timezone.now()
    return Flag.objects.create(
        version=paid.version, period=paid.period, detector="begging", unit="depot", measure="on_time",
        finding={"statistic": 0.12, "p": 0.0004, "adjusted": 0.002, "excluded": 0, "responses": ["r1"],
                 "values": {"item_hits": 12, "item_n": 100, "by": "item"}},
        found_at=now, due_at=now + timedelta(days=60),
    )  # fmt: skip


@pytest.fixture
def decider(person):
    return person(Role.CX_MANAGER, email="chi-decide@example.com", language="en")


def test_a_flag_says_what_was_found_in_words(flag, decider):
    said = text_of(signed(decider).get(f"/pay/flags/{flag.pk}/"))
    assert "Asking for a score" in said
    assert "said that they were asked for a score 12" in said
    assert "were asked about it 100" in said
    assert "probability by chance 0.0004" in said
    assert "seen in the control question" in said
    assert "r1" not in said


def test_a_decision_needs_a_reason(flag, decider):
    client = signed(decider)
    client.post(f"/pay/flags/{flag.pk}/", {"decision": "hold", "reason": ""})
    assert Flag.objects.get(pk=flag.pk).state == "open"
    client.post(f"/pay/flags/{flag.pk}/", {"decision": "hold", "reason": "twelve customers say so"})
    decided = Flag.objects.get(pk=flag.pk)
    assert (decided.state, decided.decided_by, decided.reason) == ("held", decider, "twelve customers say so")


def test_a_held_flag_shows_the_cents_that_wait(flag, decider):
    """On time pays 0.4 x 0.5 of 500 euro to each of six people: 600 euro."""
    client = signed(decider)
    client.post(f"/pay/flags/{flag.pk}/", {"decision": "hold", "reason": "twelve customers say so"})
    row = client.get(f"/pay/flags/{flag.pk}/").context["row"]
    assert row.held_cents == 60_000
    assert "€600.00" in text_of(client.get("/pay/flags/"))


def test_the_head_of_the_unit_or_of_one_above_can_not_decide(flag, company, decider, author):
    staff.change_unit(company["depot"].parent, by=author, head=decider)
    client = signed(decider)
    said = text_of(client.get(f"/pay/flags/{flag.pk}/"))
    assert "You head this unit or one above it, so somebody else decides." in said
    answer = client.post(f"/pay/flags/{flag.pk}/", {"decision": "release", "reason": "mine"})
    assert answer.status_code == 403
    assert Flag.objects.get(pk=flag.pk).state == "open"


def test_the_staff_page_counts_units_with_those_below(company, author):
    page = signed(author).get("/pay/staff/").context
    counted = {row.unit.code: (row.depth, row.people, row.below) for row in page["units"]}
    assert counted == {"": (0, 0, 12), "depot": (1, 6, 6), "shop": (1, 4, 4), "kiosk": (1, 2, 2)}
    assert [row.employee.pseudonym for row in page["rows"]] == [f"P{n:02}" for n in range(12)]
    found = signed(author).get("/pay/staff/?unit=kiosk").context["rows"]
    assert [row.employee.pseudonym for row in found] == ["P10", "P11"]


def test_looking_at_an_employee_is_recorded(company, author):
    signed(author).get("/pay/staff/P03/")
    seen = AuditEntry.objects.filter(action="incentive.employee.seen").get()
    assert (seen.actor, seen.subject) == (author.email, "P03")


def upload(client, verb: str):
    rows = [
        "person,kind,first,last,unit,group,fte,target",
        "N1,stay,2026-01-01,2026-12-31,depot,logistics,1,2000.00",
        "N2,stay,2026-13-01,2026-12-31,depot,logistics,1,2000.00",
    ]
    file = SimpleUploadedFile("people.csv", "\n".join(rows).encode())
    return client.post("/pay/staff/import", {"file": file, "verb": verb})


def test_a_file_is_looked_at_first_and_then_taken_without_who_has_a_fault(company, author):
    client = signed(author)
    looked = upload(client, "look")
    assert looked.context["done"].dry
    assert not Employee.objects.filter(pseudonym="N1").exists()
    taken = upload(client, "take")
    assert Employee.objects.filter(pseudonym="N1").exists()
    assert not Employee.objects.filter(pseudonym="N2").exists()
    (reject,) = taken.context["done"].rejects
    assert (reject.line, reject.column) == (3, "first")
    assert "no day, such as 2026-01-31" in text_of(taken)


def test_stays_and_absences_of_one_employee_are_told(company, author):
    one = Employee.objects.get(pseudonym="P05")
    staff.add_absence(one, "maternity", date(2026, 2, 1), date(2026, 3, 1), by=author)
    said = text_of(signed(author).get("/pay/staff/P05/"))
    assert "Depot Logistics 1 Jan 2021" in said
    assert "€2,000.00" in said
    assert "Maternity 1 Feb 2026 1 Mar 2026" in said
