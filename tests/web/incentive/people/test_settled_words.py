"""What lies ahead is not told as done: the day of payment in the list, on the statement and in print."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from viaggio.web.incentive.models import Employee, Run
from viaggio.web.incentive.services.statement_pdf import statement_html
from viaggio.web.incentive.services.statements import statement_of

pytestmark = pytest.mark.django_db

AHEAD = {"en": ("To be paid on", "to be paid on"), "it": ("Si paga il", "si paga il")}
DONE = {"en": ("Paid on", "paid on"), "it": ("Pagato il", "pagato il")}


def told(settled, language: str) -> tuple[str, str, str]:
    """The list, the statement, its print."""
    client = settled.client("care-1", language=language)
    employee, run = Employee.objects.get(pseudonym="care-1"), Run.objects.get(pk=settled.run.pk)
    with translation.override(language):
        printed = statement_html(statement_of(run, employee), {})
    return client.get("/pay/mine/").text, client.get(settled.path()).text, printed


@pytest.mark.parametrize("language", ["en", "it"])
def test_a_day_of_payment_is_past_only_when_it_is(settled, language):
    today = timezone.localdate()
    for day, (begins, within), other in (
        (today + timedelta(days=3), AHEAD[language], DONE[language]),
        (today - timedelta(days=1), DONE[language], AHEAD[language]),
    ):
        Run.objects.filter(pk=settled.run.pk).update(pay_date=day)
        listed, statement, printed = told(settled, language)
        assert f">{within} " in listed
        assert f"<dt>{begins}</dt>" in statement
        assert f"<dt>{begins}</dt>" in printed
        assert f">{other[1]} " not in listed
        assert f"<dt>{other[0]}</dt>" not in statement + printed
