"""Building a questionnaire through the pages: from nothing to a published version that never changes."""

import json

import pytest

from viaggio.pulse.questionnaire import from_data, from_json
from viaggio.web.pulse.models import Questionnaire, QuestionnaireVersion
from viaggio.web.shared.models import AuditEntry
from viaggio.web.shared.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(signed_in, workspace):
    return signed_in(Role.CX_MANAGER, language="en")


def make(client, **fields) -> Questionnaire:
    answer = client.post("/questionnaires/new/", {"title": "", "ready": "", **fields})
    assert answer.status_code == 302, answer.context["form"].errors
    return Questionnaire.objects.latest("pk")


def draft(record: Questionnaire):
    return from_data(record.versions.latest("number").definition)


def test_a_ready_questionnaire_can_be_published_as_it_is(client):
    page = client.get("/questionnaires/new/").content.decode()
    assert "After" in page or "delivery" in page
    ready = [
        value
        for value, _ in client.get("/questionnaires/new/").context["form"].fields["ready"].choices
        if value
    ]
    for key in ready:
        record = make(client, ready=key)
        client.post(f"/questionnaires/{record.slug}/publish/")
        assert record.versions.get().published_at is not None, key
    listed = client.get("/questionnaires/").content.decode()
    assert listed.count("version 1 published") == len(ready)


def test_questions_are_added_edited_moved_and_taken_out(client):
    record = make(client, title="After the visit")
    address = f"/questionnaires/{record.slug}/"
    client.post(f"{address}add/", {"entry": "recommend", "page": "new"})
    client.post(f"{address}add/", {"entry": "why", "page": "0"})
    answer = client.post(f"{address}add/", {"kind": "single", "page": "0"})
    assert answer.url == f"{address}items/single/"
    form = {
        "text_it": "Hai trovato quello che cercavi?", "text_en": "Did you find what you wanted?",
        "options": "Sì | Yes\nNo | No", "metric": "other", "pillar": "", "phase": "", "touchpoint": "",
        "show_if": "{recommend} <= 6",
    }  # fmt: skip
    assert client.post(answer.url, form).status_code == 302
    item = draft(record).by_key["single"]
    assert [(o.text.text("it"), o.text.text("en")) for o in item.options] == [("Sì", "Yes"), ("No", "No")]
    client.post(f"{address}arrange/", {"key": "single", "verb": "up"})
    assert [i.key for i in draft(record).items] == ["recommend", "single", "why"]
    client.post(f"{address}arrange/", {"key": "why", "verb": "own_page"})
    assert [len(page.items) for page in draft(record).pages] == [2, 1]
    client.post(f"{address}arrange/", {"key": "why", "verb": "remove"})
    assert [i.key for i in draft(record).items] == ["recommend", "single"]


def test_an_options_key_survives_new_words(client):
    record = make(client, title="Keys")
    client.post(f"/questionnaires/{record.slug}/add/", {"kind": "multiple", "page": "new"})
    options = "Prezzo | Price\nTempi | Time\nAltro | Else"
    form = {"text_it": "Che cosa?", "text_en": "What?", "metric": "other", "pillar": "", "phase": "",
            "touchpoint": "", "show_if": "", "options": options}  # fmt: skip
    address = f"/questionnaires/{record.slug}/items/multiple/"
    client.post(address, form)
    before = {o.text.text("en"): o.key for o in draft(record).by_key["multiple"].options}
    client.post(address, form | {"options": "Tempi | Waiting time\nPrezzo | Price\nAltro | Else"})
    after = {o.text.text("it"): o.key for o in draft(record).by_key["multiple"].options}
    assert after == {"Prezzo": before["Price"], "Tempi": before["Time"], "Altro": before["Else"]}


def test_a_condition_that_can_not_be_read_is_said_beside_its_field(client):
    record = make(client, title="Conditions")
    client.post(f"/questionnaires/{record.slug}/add/", {"entry": "why", "page": "new"})
    form = {"text_it": "P", "text_en": "W", "metric": "other", "pillar": "", "phase": "", "touchpoint": ""}
    page = client.post(f"/questionnaires/{record.slug}/items/why/", form | {"show_if": "{recommend <="})
    assert page.status_code == 200
    assert page.context["form"].errors["show_if"]


def test_a_draft_with_missing_words_is_not_published_and_says_why(client):
    record = make(client, title="Not yet")
    client.post(f"/questionnaires/{record.slug}/add/", {"kind": "csat", "page": "new"})
    page = client.get(f"/questionnaires/{record.slug}/").content.decode()
    assert "The text is missing in one of the languages." in page
    client.post(f"/questionnaires/{record.slug}/publish/")
    assert record.versions.get().published_at is None


def test_two_who_edit_at_once_do_not_overwrite_each_other(client):
    record = make(client, title="Two hands")
    seen = record.versions.get().digest
    client.post(f"/questionnaires/{record.slug}/add/", {"entry": "recommend", "page": "new", "seen": seen})
    late = client.post(
        f"/questionnaires/{record.slug}/add/", {"entry": "why", "page": "new", "seen": seen}, follow=True
    )
    assert "Somebody changed this questionnaire meanwhile" in late.content.decode()
    assert [item.key for item in draft(record).items] == ["recommend"]


def test_changing_a_published_one_begins_a_draft_and_leaves_it_alone(client):
    record = make(client, ready=_first_ready(client))
    client.post(f"/questionnaires/{record.slug}/publish/")
    published = record.versions.get()
    client.post(f"/questionnaires/{record.slug}/add/", {"entry": "one_change", "page": "new"})
    assert record.versions.count() == 2
    assert QuestionnaireVersion.objects.get(pk=published.pk).definition == published.definition
    client.post(f"/questionnaires/{record.slug}/put-away/", {"what": "draft"})
    assert record.versions.count() == 1


def _first_ready(client) -> str:
    choices = client.get("/questionnaires/new/").context["form"].fields["ready"].choices
    return next(value for value, _ in choices if value)


def test_what_is_exported_reads_back_as_the_same(client):
    record = make(client, ready=_first_ready(client))
    text = client.get(f"/questionnaires/{record.slug}/export/").content.decode()
    assert from_json(text) == draft(record)
    assert json.loads(text)["schema"].startswith("viaggio.questionnaire/")


def test_every_step_is_in_the_audit(client):
    record = make(client, title="Seen")
    client.post(f"/questionnaires/{record.slug}/add/", {"entry": "recommend", "page": "new"})
    client.post(f"/questionnaires/{record.slug}/publish/")
    actions = list(
        AuditEntry.objects.filter(subject=record.slug).order_by("seq").values_list("action", flat=True)
    )
    assert actions == [
        "pulse.questionnaire.created", "pulse.questionnaire.edited", "pulse.questionnaire.published",
    ]  # fmt: skip


def test_who_may_not_manage_pulses_sees_no_builder(signed_in, workspace):
    assert signed_in(Role.ANALYST).get("/questionnaires/").status_code == 403
