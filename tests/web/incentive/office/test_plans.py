"""Pages of plans: what they say is what the plan says; four eyes; nothing typed is lost."""

import re

import pytest
from django.test import Client

from viaggio.web.incentive.models import PlanVersion

pytestmark = pytest.mark.django_db


def at(version: PlanVersion, last: str = "") -> str:
    return f"/pay/plans/{version.plan.code}/{version.number}/{last}"


def signed(person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


def test_the_list_names_plan_state_and_author(draft, author):
    said = text_of(signed(author).get("/pay/plans/"))
    assert "Shared incentive 2027" in said
    assert "Irene Autrice" in said
    assert "draft" in said
    assert "9 groups" in said


def test_the_version_page_says_the_plan(draft, author):
    answer = signed(author).get(at(draft))
    assert answer.status_code == 200
    said = text_of(answer)
    assert "60%" in said
    assert "weight 35%" in said
    assert "n / (n + 240)" in said
    assert draft.sha256 in said
