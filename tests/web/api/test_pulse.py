"""The API for pulses: a program builds, starts, reads the ledger, and walks every answer once."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from viaggio.pulse.bank import READY
from viaggio.pulse.fielding import Plan, PulseKind, plan_data
from viaggio.pulse.model import AskedBy
from viaggio.pulse.questionnaire import as_data
from viaggio.web.pulse.models import Pulse, Response
from viaggio.web.pulse.services import versions
from viaggio.web.pulse.services.answering import take
from viaggio.web.pulse.services.links import OpenLink
from viaggio.web.shared.roles import Right, Role
from viaggio.web.shared.tokens import issue

KEY = next(iter(READY))
SCOPES = [Right.SEE_FIGURES, Right.MANAGE_PULSES, Right.MANAGE_CONNECTIONS, Right.SEE_CUSTOMERS, Right.EXPORT]


@pytest.fixture(autouse=True)
def fresh_versions():
    """Records of another test are gone; so is what was read of them."""
    versions.forget()


@pytest.fixture
def call(workspace, person):
    """Calls the API as an owner; `call("get", "/pulses")` gives status and body."""
    _, secret = issue(
        person(Role.OWNER), name="t", scopes=SCOPES, lifetime=timedelta(days=1), now=timezone.now()
    )

    def ask(verb: str, address: str, body=None):
        more = {"data": body, "content_type": "application/json"} if body is not None else {}
        answer = getattr(Client(), verb)(
            f"/api/v1{address}", headers={"Authorization": f"Bearer {secret}"}, **more
        )
        return answer.status_code, answer.json()

    return ask


@pytest.fixture
def running(call) -> Pulse:
    """A pulse with an open link that runs."""
    made = call("post", "/questionnaires", as_data(READY[KEY]))[1]
    plan = Plan(kind=PulseKind.OPEN, channels=(AskedBy.LINK,))
    status, pulse = call(
        "post", "/pulses",
        {"name": {"it": "Sito", "en": "Site"}, "questionnaire": made["questionnaire"],
         "plan": plan_data(plan)},
    )  # fmt: skip
    assert status == 200, pulse
    assert call("post", f"/pulses/{pulse['pulse']}/start", {})[1]["state"] == "running"
    return Pulse.objects.get(slug=pulse["pulse"])


def answer(pulse: Pulse, number: int) -> str:
    item = READY[KEY].items[0]
    taken = take(
        OpenLink(pulse=pulse.pk, asked_by="link"), f"sent-{number}", page=0, answers={item.key: 5},
        finished=True, language="it", now=timezone.now(),
    )  # fmt: skip
    return taken.response


def test_what_was_made_is_listed_with_its_versions(call, running):
    listed = call("get", "/questionnaires")[1]["items"]
    assert [len(one["versions"]) for one in listed] == [1]
    whole = call("get", f"/questionnaires/{listed[0]['questionnaire']}")[1]
    assert whole["definition"] == as_data(READY[KEY])
    assert not any(finding["stops"] for finding in whole["findings"])
    assert [one["state"] for one in call("get", "/pulses")[1]["items"]] == ["running"]


def test_a_walk_along_the_cursor_meets_every_response_once(call, running):
    stored = {answer(running, number) for number in range(25)}
    met, cursor = [], ""
    while cursor is not None:
        page = call("get", f"/responses?pulse={running.slug}&limit=4&cursor={cursor}")[1]
        met += [row["response"] for row in page["items"]]
        cursor = page["next"]
    assert len(met) == len(set(met))
    assert set(met) == stored == set(Response.objects.values_list("id", flat=True))


def test_pausing_and_ending_are_done_and_what_can_not_be_is_refused(call, running):
    assert call("post", f"/pulses/{running.slug}/pause", {})[1]["state"] == "paused"
    assert call("post", f"/pulses/{running.slug}/end", {})[1]["state"] == "ended"
    status, problem = call("post", f"/pulses/{running.slug}/start", {})
    assert status == 422
    assert problem["hint" if "hint" in problem else "detail"]
    assert call("post", f"/pulses/{running.slug}/dance", {})[0] == 404


def test_a_broken_definition_is_refused_with_its_place(call):
    status, problem = call("post", "/questionnaires", {"schema": "viaggio.questionnaire/1"})
    assert status == 422
    assert problem["place"] == "languages"


def test_a_webhooks_secret_is_told_once(call, settings):
    status, made = call(
        "post", "/webhooks", {"url": "https://93.184.215.14/hook", "events": ["response.completed"]}
    )
    assert status == 200, made
    assert made["secret"].startswith("whsec_")
    listed = call("get", "/webhooks")[1]["items"]
    assert [one["url"] for one in listed] == ["https://93.184.215.14/hook"]
    assert "secret" not in listed[0]
    assert call("delete", f"/webhooks/{made['id']}")[0] == 200
    assert call("get", "/webhooks")[1]["items"] == []


def test_an_address_inside_the_house_is_refused(call):
    status, problem = call(
        "post", "/webhooks", {"url": "https://127.0.0.1/hook", "events": ["response.completed"]}
    )
    assert status == 422
    assert problem["place"] == "url"


def test_without_the_scope_nothing_is_made(workspace, person):
    _, secret = issue(
        person(Role.ANALYST),
        name="t",
        scopes=[Right.SEE_FIGURES],
        lifetime=timedelta(days=1),
        now=timezone.now(),
    )
    refused = Client().post(
        "/api/v1/questionnaires", as_data(READY[KEY]), content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )  # fmt: skip
    assert refused.status_code == 403
