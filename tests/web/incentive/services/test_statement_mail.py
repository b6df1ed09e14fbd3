"""The mail about a new statement: one for each reader, in the own language, with a link and no figure."""

import re

import pytest
from tests.web.incentive.staged import LATER, paid, published

from viaggio.store.workspace import Settings, create
from viaggio.web.incentive.models import AwardLine, Employee, Run
from viaggio.web.incentive.services import staff, statement_mail
from viaggio.web.shared.models import Outgoing
from viaggio.web.shared.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def readers(staffed, person):
    """Two who sign in; a third one who was deactivated; all others never sign in."""
    found = {}
    for pseudonym, language in (("care-1", "it"), ("north-1", "en"), ("north-2", "it")):
        user = person(Role.EMPLOYEE, email=f"{pseudonym}@example.com", language=language)
        staff.change_employee(Employee.objects.get(pseudonym=pseudonym), by=staffed.runner, user=user)
        found[pseudonym] = user
    found["north-2"].is_active = False
    found["north-2"].save()
    return found


def test_each_reader_gets_one_mail_with_a_link_and_no_figure(staffed, readers, settings, tmp_path):
    run = paid(published(staffed), staffed)
    mails = {one.to: one for one in Outgoing.objects.filter(key__startswith="statement:")}
    assert set(mails) == {"care-1@example.com", "north-1@example.com"}
    subjects = {to: one.payload["subject"] for to, one in mails.items()}
    assert subjects == {"care-1@example.com": "Il tuo prospetto \u00e8 pronto",
                        "north-1@example.com": "Your statement is ready"}  # fmt: skip
    for one in mails.values():
        words, address = re.fullmatch(r"(.+)\n\n(\S+)\n", one.payload["text"], re.DOTALL).groups()
        assert re.search(r"\d", one.payload["subject"] + words) is None
        assert address.endswith(f"/pay/mine/{run.code}/")
    assert statement_mail.tell(run, now=LATER) == 0  # never twice
    correction = Run(pk=run.pk + 1, code="again", corrects=run)
    assert statement_mail.tell(correction, now=LATER) == 0  # nobody has an award in it
    quiet = create(tmp_path / "quiet", Settings(name="Quiet", statement_mails=False))
    settings.WORKSPACE_ROOT = quiet.root
    Outgoing.objects.all().delete()
    assert AwardLine.objects.filter(run=run).exists()
    assert (statement_mail.tell(run, now=LATER), Outgoing.objects.count()) == (0, 0)
