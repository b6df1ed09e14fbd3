"""Pages of plans: what they say is what the plan says; four eyes; nothing typed is lost."""

import re

import pytest
from tests.web.incentive.office.conftest import NOW, PLAN, signed

from viaggio.web.incentive.models import IncentivePlan, PlanVersion
from viaggio.web.incentive.services import plans
from viaggio.web.incentive.services.plan_drafts import seal
from viaggio.web.shared.roles import Role

pytestmark = pytest.mark.django_db


def at(version: PlanVersion, last: str = "") -> str:
    return f"/pay/plans/{version.plan.code}/{version.number}/{last}"


def text_of(answer) -> str:
    text = re.sub(r"<(script|svg).*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text))


def test_the_list_names_plan_state_and_author(draft, author):
    said = text_of(signed(author).get("/pay/plans/"))
    assert "Shared incentive 2027" in said
    assert "Irene Autrice" in said
    assert "draft" in said
    assert "9 groups" in said


def test_the_version_page_says_the_plan(published, author):
    answer = signed(author).get(at(published))
    said = text_of(answer)
    assert re.search(r"Logistics 60% 40% 100%", said)
    assert re.search(r"Sales 100% 0% 100%", said)
    assert "The pool is €40,000." in said
    assert "A group of fewer than 3 people" in said
    assert "1 Jan 2026 – 31 Dec 2026" in said
    assert "Settled in 4 equal parts" in said
    assert published.sha256 in said
    assert "Irene Autrice" in said
    assert "Aldo Approva" in said


def test_curves_are_drawn_once_for_all_who_have_them(published, author):
    page = signed(author).get(at(published)).context["page"]
    lines = [line for block in page.said.shared for line in block.lines]
    assert [(line.name, line.weight, line.everybody) for line in lines] == [
        ("NPS of the company", "60%", False), ("NPS of the company", "100%", False),
    ]  # fmt: skip
    assert len(page.said.shared) == 1
    drawn = str(page.said.shared[0].chart.html)
    assert [f">{value}<" in drawn for value in (24, 36, 42)] == [True, True, True]


def test_a_new_plan_begins_with_nine_functions_that_nothing_refuses(workspace, author):
    client = signed(author)
    said = {"code": "NEW-2027", "name_it": "Nuovo", "name_en": "New", "year": "2027", "parts": "4"}
    answer = client.post("/pay/plans/new/", said)
    made = PlanVersion.objects.get()
    assert answer.url == at(made, "edit")
    assert len(made.document["groups"]) == 9
    page = client.get(answer.url)
    assert page.context["read"].findings == ()
    assert made.parts == 4
    again = client.post("/pay/plans/new/", said)
    assert "open it and begin a new version" in text_of(again)
    assert IncentivePlan.objects.count() == 1


def test_the_check_names_place_and_line(draft, author):
    wrong = draft.source.replace('weight: "0.40"', 'weight: "0.30"', 1)
    line = next(n for n, words in enumerate(draft.source.split("\n"), 1) if words == "  marketing:")
    answer = signed(author).post("/pay/plans/check", {"source": wrong})
    said = text_of(answer)
    assert f"line {line} groups.marketing" in said
    assert "The weights add up to 0.9, not to 1." in said
    assert "Marketing 60% 30%" in said
    assert f'data-line="{line}"' in answer.content.decode()


def test_what_was_typed_stays_when_it_can_not_be_read(draft, author):
    form = {"source": "plan: [", "seen": seal(draft.source), "parts": "4", "changes": ""}
    answer = signed(author).post(at(draft, "edit"), form)
    assert "Not saved yet." in text_of(answer)
    assert "plan: [" in answer.content.decode()
    assert PlanVersion.objects.get(pk=draft.pk).source == draft.source


def test_of_two_editors_none_loses_a_word(draft, author, person):
    other = person(Role.HR, email="altra@example.com", language="en")
    seen = seal(draft.source)
    mine, theirs = (draft.source.replace("n_min: 30", f"n_min: {n}") for n in (40, 50))
    saved = signed(other).post(at(draft, "edit"), {"source": theirs, "seen": seen, "parts": "4"})
    assert saved.status_code == 302
    late = signed(author).post(at(draft, "edit"), {"source": mine, "seen": seen, "parts": "4"})
    assert "Somebody saved this plan meanwhile" in text_of(late)
    assert "n_min: 40" in late.context["form"]["source"].value()
    assert ("-", "  n_min: 50") in late.context["difference"]
    assert ("+", "  n_min: 40") in late.context["difference"]
    assert "n_min: 50" in PlanVersion.objects.get(pk=draft.pk).source
    fresh = late.context["form"]["seen"].value()
    again = signed(author).post(at(draft, "edit"), {"source": mine, "seen": fresh, "parts": "4"})
    assert again.status_code == 302
    assert "n_min: 40" in PlanVersion.objects.get(pk=draft.pk).source


def test_line_ends_of_browsers_are_no_conflict(draft, author):
    typed = draft.source.replace("\n", "\r\n")
    answer = signed(author).post(
        at(draft, "edit"), {"source": typed, "seen": seal(draft.source), "parts": "2", "changes": "halves"}
    )
    assert answer.status_code == 302
    saved = PlanVersion.objects.get(pk=draft.pk)
    assert (saved.source, saved.parts, saved.changes) == (draft.source, 2, "halves")


def test_an_author_never_approves_and_the_page_says_why(workspace, person):
    both = person(Role.HR, Role.APPROVER, email="both@example.com", language="en")
    version = plans.create(PLAN, by=both, now=NOW)
    plans.mark_simulated(version, by=both, now=NOW)
    client = signed(both)
    client.post(at(version, "move"), {"verb": "submit"})
    page = client.get(at(version))
    assert 'value="approve"' not in page.content.decode()
    assert "who wrote a plan never approves it" in text_of(page)
    answer = client.post(at(version, "move"), {"verb": "approve"}, follow=True)
    assert "Two people are needed" in text_of(answer)
    assert PlanVersion.objects.get(pk=version.pk).state == "submitted"


def test_somebody_else_approves_and_the_author_publishes(workspace, author, approver):
    version = plans.create(PLAN.replace("period:", "accrues_from: 2026-12-01\nperiod:"), by=author, now=NOW)
    for who, verb in (
        (author, "mark_simulated"),
        (author, "submit"),
        (approver, "approve"),
        (author, "publish"),
    ):
        page = signed(who).get(at(version))
        assert f'value="{verb}"' in page.content.decode()
        signed(who).post(at(version, "move"), {"verb": verb})
    assert PlanVersion.objects.get(pk=version.pk).published_at


def test_a_plan_sent_back_needs_a_reason(workspace, author, approver):
    version = plans.create(PLAN, by=author, now=NOW)
    plans.mark_simulated(version, by=author, now=NOW)
    plans.submit(version, by=author, now=NOW)
    signed(approver).post(at(version, "move"), {"verb": "send_back", "reason": " "})
    assert PlanVersion.objects.get(pk=version.pk).state == "submitted"
    signed(approver).post(at(version, "move"), {"verb": "send_back", "reason": "the cap is missing"})
    assert PlanVersion.objects.get(pk=version.pk).state == "closed"


def test_a_new_version_says_what_differs(published, author):
    client = signed(author)
    answer = client.post(at(published, "move"), {"verb": "new_version"})
    fresh = PlanVersion.objects.get(number=2)
    assert answer.url == at(fresh, "edit")
    plans.edit(fresh, fresh.source.replace('"0.6"', '"0.5"').replace('"0.4"', '"0.5"'), by=author, now=NOW)
    page = client.get(at(fresh)).context["page"]
    assert [(c.place, c.before, c.now) for c in page.changes] == [
        ("groups.logistics.shared[company_nps].weight", "0.6", "0.5"),
        ("groups.logistics.function[on_time].weight", "0.4", "0.5"),
    ]


def test_a_version_that_was_handed_in_can_not_be_edited(published, author):
    answer = signed(author).post(
        at(published, "edit"), {"source": "x", "seen": seal(published.source), "parts": "1"}, follow=True
    )
    assert "can not be edited any more" in text_of(answer)
    assert PlanVersion.objects.get(pk=published.pk).source == published.source
