"""A plan is held against the rules of the company's country: refused, warned of, said in words."""

from dataclasses import replace

import pytest
from tests.web.incentive.office.conftest import BEFORE, NOW, PLAN, signed
from tests.web.incentive.office.test_plans import at, text_of

from viaggio.incentive.italy.checks import FINDINGS as CODES
from viaggio.store.workspace import change_settings
from viaggio.web.incentive.plan_words import FINDINGS
from viaggio.web.incentive.services import plans
from viaggio.web.incentive.services.country import NO_RULES, OWN, WRONG_RULES
from viaggio.web.incentive.services.errors import PlanRefused
from viaggio.web.shared.workspace import workspace as served

pytestmark = pytest.mark.django_db

PROTECTED = PLAN.replace('{unpaid_leave: {lost: "1"}}', '{maternity: {lost: "0.5"}}')
LATE = PLAN.replace(
    "legal_basis: PROGRAM",
    "legal_basis: PDR\nagreement: {signed: 2026-02-09}\nbaseline: {start: 2025-01-01, end: 2025-12-31}",
).replace(
    "period: {start: 2026-01-01, end: 2026-12-31}\nabsences",
    "period: {start: 2026-01-01, end: 2026-12-31, baseline: {start: 2025-01-01, end: 2025-12-31}}\nabsences",
)


def drafted(text: str, author):
    return plans.create(text, by=author, now=BEFORE, parts=4)


def test_every_finding_has_a_sentence():
    assert {*CODES, NO_RULES, WRONG_RULES} <= set(FINDINGS)


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "The law protects this absence: it must not cost anything"),
     ("it", "Questa assenza è protetta dalla legge: non può togliere nulla")],
)  # fmt: skip
def test_what_the_law_protects_costs_nothing(workspace, author, language, said):
    version = drafted(PROTECTED, author)
    client = signed(author)
    author.language = language
    author.save()
    assert said in text_of(client.get(at(version)))
    with pytest.raises(PlanRefused, match=r"absence\.protected_by_law"):
        plans.mark_simulated(version, by=author, now=NOW)


def test_a_late_signature_is_said_with_the_first_day_that_counts(workspace, author):
    text = LATE.replace("baseline: {start: 2025-01-01, end: 2025-12-31}\nperiod", "period")
    version = drafted(text, author)
    said = text_of(signed(author).get(at(version)))
    assert "what is earned from 10 Feb 2026 on can have the tax regime" in said
    assert plans.mark_simulated(version, by=author, now=NOW).state == "simulated"


def test_approval_looks_at_the_rules_again(workspace, author, approver, request):
    version = drafted(PLAN.replace("unpaid_leave", "family_day"), author)
    plans.mark_simulated(version, by=author, now=BEFORE)
    plans.submit(version, by=author, now=BEFORE)
    own = served().root / OWN
    request.addfinalizer(lambda: own.unlink(missing_ok=True))
    own.write_text(
        'country = "it"\n[[absence]]\ncode = "family_day"\nlost = "0"\nprotected = true\n'
        'source = "a new law"\nname = {it = "Giorno", en = "Day"}\n', encoding="utf-8"
    )  # fmt: skip
    with pytest.raises(PlanRefused, match=r"absence\.protected_by_law"):
        plans.approve(version, by=approver, now=NOW)
    own.write_text("country = [", encoding="utf-8")
    with pytest.raises(PlanRefused, match=r"country\.wrong_rules"):
        plans.approve(version, by=approver, now=NOW)
    own.unlink()
    assert plans.approve(version, by=approver, now=NOW).state == "approved"


def test_a_country_without_rules_is_said_and_refuses_nothing(workspace, author, request):
    before = served()
    request.addfinalizer(lambda: change_settings(before, before.settings))
    change_settings(before, replace(before.settings, country="pt"))
    version = drafted(PROTECTED, author)
    assert "Viaggio has no rules for the country “pt”" in text_of(signed(author).get(at(version)))
    assert plans.mark_simulated(version, by=author, now=NOW).state == "simulated"
