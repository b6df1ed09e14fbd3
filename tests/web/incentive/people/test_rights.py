"""Nobody sees another person's statement, and every address opens for exactly those who have its right."""

import pytest
from django.urls import reverse
from tests.web.incentive.people.conftest import signed_in

from viaggio.web.incentive.models import AwardLine, Dispute, Employee
from viaggio.web.incentive.services import runs
from viaggio.web.incentive.urls.people import urlpatterns
from viaggio.web.shared.models.audit import AuditEntry
from viaggio.web.shared.roles import Right, Role, rights_of

pytestmark = pytest.mark.django_db

RIGHTS = {
    "mine": Right.SEE_OWN_STATEMENT, "notice": Right.SEE_OWN_STATEMENT,
    "acknowledge": Right.SEE_OWN_STATEMENT,
    "appeal": Right.SEE_OWN_STATEMENT, "statement": Right.SEE_OWN_STATEMENT,
    "statement-pdf": Right.SEE_OWN_STATEMENT, "object": Right.SEE_OWN_STATEMENT,
    "welfare": Right.SEE_OWN_STATEMENT, "figure": Right.SEE_OWN_STATEMENT,
    "disputes": Right.REVIEW_DISPUTES, "dispute": Right.REVIEW_DISPUTES,
    "dispute-paper": Right.REVIEW_DISPUTES, "acknowledge-dispute": Right.REVIEW_DISPUTES,
    "decide-dispute": Right.REVIEW_DISPUTES, "settle-dispute": Right.REVIEW_DISPUTES,
    "units": Right.SEE_CELL, "company-unit": Right.SEE_CELL, "unit": Right.SEE_CELL,
    "totals": Right.SEE_PAY_TOTALS, "run-totals": Right.SEE_PAY_TOTALS, "pack": Right.SEE_PAY_TOTALS,
    "statements": Right.SEE_ALL_STATEMENTS, "any-statement": Right.SEE_ALL_STATEMENTS,
    "any-statement-pdf": Right.SEE_ALL_STATEMENTS, "ledger": Right.SEE_ALL_STATEMENTS,
    "payroll": Right.EXPORT_PAYROLL, "payroll-period": Right.EXPORT_PAYROLL,
    "payroll-export": Right.EXPORT_PAYROLL,
}  # fmt: skip
"""Written down here, not read from the views."""
OWN = {"notice", "statement", "statement-pdf", "object", "welfare", "figure", "acknowledge", "appeal"}
POSTED = {
    "acknowledge", "appeal", "object", "welfare", "acknowledge-dispute", "decide-dispute", "settle-dispute",
    "payroll-export",
}  # fmt: skip


def arguments(name: str, code: str, dispute: int, period: str) -> dict[str, object]:
    known = {
        "code": {"pack": "CX-SHARED", "notice": "CX-SHARED", "unit": "north"}.get(name, code),
        "run": code, "person": "north-1", "pk": dispute, "number": 1, "period": period, "form": "csv",
    }  # fmt: skip
    route = str(next(p.pattern for p in urlpatterns if p.name == name))
    return {key: value for key, value in known.items() if f":{key}>" in route}


@pytest.fixture
def objection(settled) -> Dispute:
    """An objection of north-1."""
    from datetime import date

    from django.utils import timezone

    return Dispute.objects.create(
        run=settled.run, employee=Employee.objects.get(pseudonym="north-1"), reason="measure", text="Why?",
        opened_at=timezone.now(), acknowledge_by=date(2030, 1, 1),
    )  # fmt: skip


def test_every_address_is_in_the_list():
    assert {pattern.name for pattern in urlpatterns} == set(RIGHTS)


@pytest.mark.parametrize("role", list(Role))
def test_an_address_opens_for_those_with_its_right_only(settled, objection, role):
    period = "1900-01"
    client = settled.as_role(role)
    client.raise_request_exception = False
    wrong = {}
    for name, right in RIGHTS.items():
        path = reverse(f"incentive:{name}", kwargs=arguments(name, settled.run.code, objection.pk, period))
        answer = client.post(path) if name in POSTED else client.get(path)
        if right not in rights_of([role]):
            expected = {403}
        elif name in OWN:
            expected = {404}  # nobody here is an employee
        elif name in {"unit", "company-unit"}:
            expected = {404}  # nobody here heads a unit
        elif name in {"payroll-period", "payroll-export", "dispute-paper"}:
            expected = {404}  # no such period, no paper
        else:
            expected = {200, 302, 400}
        if answer.status_code not in expected:
            wrong[name] = answer.status_code
    assert wrong == {}


def test_nobody_opens_the_statement_of_somebody_else(settled):
    """All pairs: whoever guesses an address with another person's run, pseudonym or figure finds nothing."""
    people = ["care-1", "north-1", "tiny-1"]
    awards = {a.person: a for a in AwardLine.objects.filter(run=settled.run)}
    for reader in people:
        client = settled.client(reader)
        own = client.get(settled.path()).text
        for other in set(awards) - {reader}:
            assert other not in own
            assert client.get(f"/pay/statements/{settled.run.code}/{other}/").status_code == 403
            assert client.get(f"/pay/statements/{settled.run.code}/{other}/pdf").status_code == 403
        assert client.get(settled.path("figures/99/")).status_code == 404


def test_somebody_who_left_the_company_s_list_sees_nothing(settled, person):
    client = signed_in(person(Role.EMPLOYEE, email="stranger@example.com"))
    assert client.get(settled.path()).status_code == 404
    assert client.get(settled.path("pdf")).status_code == 404
    assert "/pay/mine/CX-" not in client.get("/pay/mine/").text


def test_a_statement_is_readable_only_once_it_is_published(settled):
    from django.utils import timezone

    later = runs.calculate(settled.run.version, 2, by=settled.office.runner, now=timezone.now())
    client = settled.client("care-1")
    assert client.get(f"/pay/mine/{later.code}/").status_code == 404
    assert later.code not in client.get("/pay/mine/").text


def test_an_auditor_reads_any_statement_and_every_look_is_recorded(settled):
    client = settled.as_role(Role.AUDITOR)
    page = client.get(f"/pay/statements/{settled.run.code}/north-2/")
    assert page.status_code == 200
    assert "<form" not in page.text.split("<main")[1]
    looks = AuditEntry.objects.filter(action="incentive.statement.seen", subject="north-2")
    assert [entry.details["run"] for entry in looks] == [settled.run.code]
    ledger = client.get("/pay/ledger/")
    assert "sealed and whole" in ledger.text


def test_the_works_council_takes_its_own_files_and_no_others(settled):
    council, totals = settled.as_role(Role.WORKS_COUNCIL), f"/pay/totals/{settled.run.code}/"
    pack = "/pay/totals/pack/CX-SHARED/1/"
    assert "?format=csv" in council.get(totals).text
    for form, kind in (("csv", "text/csv"), ("xlsx", "spreadsheetml")):
        answer = council.get(f"{totals}?format={form}")
        assert (answer.status_code, kind in answer.headers["Content-Type"]) == (200, True)
    taken = council.get(f"{pack}?format=text")
    assert taken.content.decode() == settled.run.version.source
    actions = AuditEntry.objects.filter(actor__startswith="works_council").values_list("action", flat=True)
    assert list(actions).count("export.table") == 2
    assert list(actions).count("incentive.pack.taken") == 1
    assert council.get("/scores/?format=csv").status_code == 403  # figures are read, not taken away
    approver = settled.as_role(Role.APPROVER)  # sees the totals and takes nothing away
    assert approver.get(totals).status_code == 200
    assert approver.get(f"{totals}?format=csv").status_code == 403
    assert approver.get(f"{pack}?format=text").status_code == 403


def test_everybody_reads_how_the_own_plan_is_worked_out_by_program(settled):
    client = settled.client("care-1")
    for page in ("/pay/mine/", settled.path()):
        assert 'href="/pay/mine/notice/CX-SHARED/1/"' in client.get(page).text
    notice = client.get("/pay/mine/notice/CX-SHARED/1/")
    assert notice.status_code == 200
    assert "The system does not learn by itself." in notice.text
    file = client.get("/pay/mine/notice/CX-SHARED/1/?format=text")
    assert file.headers["Content-Type"].startswith("text/markdown")
    assert client.get("/pay/mine/notice/CX-SHARED/2/").status_code == 404
    stranger = signed_in(settled.person(Role.EMPLOYEE, email="stranger@example.com"))
    assert stranger.get("/pay/mine/notice/CX-SHARED/1/").status_code == 404


def test_siblings_never_stand_on_a_statement(settled):
    """North's people read of north and the company, never of south or tiny."""
    text = settled.client("north-1").get(settled.path()).text.split("<main")[1]
    assert "North" in text
    assert "South" not in text
    assert "Tiny" not in text


def test_what_a_small_team_said_is_not_on_its_statement(settled):
    """Tiny has two people: neither its own figure nor how many answered is shown."""
    award = AwardLine.objects.get(run=settled.run, person="tiny-1")
    line = next(one for one in award.tree["lines"] if one["measure"] == "team")
    assert line["reason"].startswith(("privacy", "fallback"))
    page = settled.client("tiny-1").get(settled.path()).text.split("<main")[1]
    assert "the unit above" in page
    if line.get("raw") is not None and line["raw"] != line["used"]:
        assert f"{float(line['raw']):.2f}".rstrip("0").rstrip(".") + "%" not in page
