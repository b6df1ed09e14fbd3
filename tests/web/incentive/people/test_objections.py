"""An objection from the statement to the correction, with every date on the statement; the desk's rules."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from tests.web.incentive.people.conftest import signed_in

from viaggio.web.incentive.forms.disputes import LARGEST, DisputeForm
from viaggio.web.incentive.models import Dispute, Employee, WelfareElection
from viaggio.web.incentive.services import runs
from viaggio.web.shared.roles import Role

PDF = b"%PDF-1.7\n%paper"
FILLED = {"reason": "working_time", "line": "lines[0]", "text": "In March I worked full time."}


def paper(name: str = "contract.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def form(**files) -> DisputeForm:
    return DisputeForm(FILLED, files, lines=[("lines[0]", "NPS")])


@pytest.mark.parametrize(
    ("file", "taken"),
    [
        (paper(), True),
        (paper("photo.PNG", b"\x89PNG\r\n\x1a\n"), True),
        (paper("photo.jpg", b"\xff\xd8\xff\xe0"), True),
        (paper("page.html", b"<script>"), False),
        (paper("page.pdf", b"<script>alert(1)</script>"), False),
        (paper("big.pdf", PDF + b"x" * LARGEST), False),
    ],
)
def test_only_small_papers_that_are_what_their_name_says_are_taken(file, taken):
    assert form(attachment=file).is_valid() is taken


def test_words_and_a_known_line_are_needed():
    assert form().is_valid()
    assert not DisputeForm({**FILLED, "text": " "}, {}, lines=[("lines[0]", "NPS")]).is_valid()
    assert not DisputeForm({**FILLED, "line": "lines[7]"}, {}, lines=[("lines[0]", "NPS")]).is_valid()
    assert not DisputeForm({**FILLED, "text": "x" * 4001}, {}, lines=[("lines[0]", "NPS")]).is_valid()


@pytest.mark.django_db
def test_an_objection_goes_from_the_statement_to_the_correction(settled, person):
    client = settled.client("north-1")
    answer = client.post(settled.path("object"), {**FILLED, "attachment": paper()}, follow=True)
    assert "Your objection was sent" in answer.text
    one = Dispute.objects.get()
    assert (one.employee.pseudonym, one.line, one.attachment_name) == ("north-1", "lines[0]", "contract.pdf")
    assert "In March I worked full time." in answer.text
    assert "Confirmed by" in answer.text

    runner = signed_in(settled.office.runner)  # calculated the run: may look, may not review
    refused = runner.post(f"/pay/disputes/{one.pk}/acknowledge", follow=True)
    assert "servono due persone" in refused.text
    assert "Conferma ed esamina" not in refused.text

    desk = signed_in(person(Role.HR, email="desk@example.com", language="en"))
    assert "My working time is wrong" in desk.get("/pay/disputes/").text
    desk.post(f"/pay/disputes/{one.pk}/acknowledge")
    short = desk.post(f"/pay/disputes/{one.pk}/decide", {"outcome": "upheld", "answer": "yes"})
    assert short.status_code == 400
    desk.post(f"/pay/disputes/{one.pk}/decide", {"outcome": "upheld", "answer": "The contract shows it."})
    page = client.get(settled.path()).text
    assert "You were right" in page
    assert "The contract shows it." in page

    fixed = runs.correct(settled.run, "working time", by=settled.office.runner, now=timezone.now())
    runs.verify(fixed, now=timezone.now())
    runs.approve(fixed, by=settled.office.approver, now=timezone.now())
    runs.publish(fixed, by=settled.office.runner, now=timezone.now())
    closed = desk.post(f"/pay/disputes/{one.pk}/settle", {"correction": fixed.code}, follow=True)
    assert "It is closed." in closed.text
    old = client.get(settled.path()).text
    assert "A newer statement has replaced this one" in old
    assert f'href="/pay/mine/{fixed.code}/"' in old
    assert "Reason: working time" in client.get(f"/pay/mine/{fixed.code}/").text


@pytest.mark.django_db
def test_a_paper_is_saved_never_shown_and_only_by_the_desk(settled, person):
    settled.client("north-1").post(
        settled.path("object"), {**FILLED, "attachment": paper("il contratto (1).pdf")}
    )
    one = Dispute.objects.get()
    desk = signed_in(person(Role.HR, email="desk@example.com"))
    answer = desk.get(f"/pay/disputes/{one.pk}/paper")
    assert answer.content == PDF
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="objection-{one.pk}.pdf"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert settled.client("north-1").get(f"/pay/disputes/{one.pk}/paper").status_code == 403


@pytest.mark.django_db
def test_a_refused_objection_can_be_looked_at_once_more_by_somebody_else(settled, person):
    client = settled.client("north-1")
    client.post(settled.path("object"), FILLED)
    one = Dispute.objects.get()
    desk = signed_in(person(Role.HR, email="desk@example.com", language="en"))
    desk.post(f"/pay/disputes/{one.pk}/acknowledge")
    desk.post(f"/pay/disputes/{one.pk}/decide", {"outcome": "rejected", "answer": "The contract says half."})
    assert "Ask for a second look" in client.get(settled.path()).text
    stranger = settled.client("north-4")
    assert stranger.post(f"/pay/mine/objections/{one.pk}/appeal", {"text": "?"}).status_code == 404
    client.post(f"/pay/mine/objections/{one.pk}/appeal", {"text": "It was changed in January."})
    second = Dispute.objects.get(appeals=one)
    assert "Ask for a second look" not in client.get(settled.path()).text
    assert "nothing for you to do" in desk.get(f"/pay/disputes/{second.pk}/").text


@pytest.mark.django_db
def test_welfare_is_chosen_by_the_person_within_what_is_paid(settled):
    client = settled.client("care-2")
    employee = Employee.objects.get(pseudonym="care-2")
    answer = client.post(settled.path("welfare"), {"amount": "20.50"}, follow=True)
    assert "Your choice is saved." in answer.text
    assert WelfareElection.objects.get(employee=employee).cents == 2050
    client.post(settled.path("welfare"), {"amount": "9999999"})
    assert WelfareElection.objects.get(employee=employee).cents == 2050
    assert client.post(settled.path("welfare"), {"amount": "-3"}).status_code == 400


@pytest.mark.django_db
def test_goals_are_acknowledged_by_the_person_alone(settled):
    from viaggio.web.incentive.models import Acknowledgement

    client = settled.client("south-1")
    goals = Acknowledgement.objects.get(employee__pseudonym="south-1")
    page = client.get("/pay/mine/").text
    assert "I know my goals" in page
    assert settled.client("south-4").post(f"/pay/mine/goals/{goals.pk}/known").status_code == 404
    client.post(f"/pay/mine/goals/{goals.pk}/known")
    goals.refresh_from_db()
    assert goals.acknowledged_at is not None
    assert "I know my goals" not in client.get("/pay/mine/").text
