"""A figure from outside counts only when two people stand behind it."""

import pytest
from tests.web.incentive.office.conftest import signed
from tests.web.incentive.office.test_plans import at, text_of

from viaggio.web.incentive.models import ManualKpi
from viaggio.web.shared.roles import Role

pytestmark = pytest.mark.django_db

SAID = {"name": "company_nps", "days": "2026-01-01..2026-03-31", "value": "33.5", "note": "the auditors"}


def test_one_enters_and_another_confirms(published, author, approver):
    client = signed(author)
    client.post(at(published, "figures"), SAID)
    kpi = ManualKpi.objects.get()
    assert (kpi.value, kpi.note, kpi.entered_by, kpi.confirmed_at) == ("33.5", "the auditors", author, None)
    own = client.get(at(published, "figures"))
    assert "somebody else confirms it" in text_of(own)
    assert 'value="confirm"' not in own.content.decode()
    refused = client.post(at(published, f"figures/{kpi.pk}"), {"verb": "confirm"}, follow=True)
    assert "Two people are needed" in text_of(refused)
    signed(approver).post(at(published, f"figures/{kpi.pk}"), {"verb": "confirm"})
    kpi.refresh_from_db()
    assert kpi.confirmed_by == approver


@pytest.mark.parametrize("wrong", [{"value": "33,5"}, {"note": " "}, {"name": "other"}, {"days": "ever"}])
def test_what_is_not_exact_or_has_no_note_is_not_entered(published, author, wrong):
    answer = signed(author).post(at(published, "figures"), SAID | wrong)
    assert answer.status_code == 200
    assert not ManualKpi.objects.exists()


def test_who_only_reads_enters_nothing(published, person):
    client = signed(person(Role.WORKS_COUNCIL, email="rsu@example.com"))
    assert client.get(at(published, "figures")).context["form"] is None
    assert client.post(at(published, "figures"), SAID).status_code == 403
    assert not ManualKpi.objects.exists()
