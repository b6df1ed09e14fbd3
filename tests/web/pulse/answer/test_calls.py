"""Answers that programs and widgets send: the same rules, in JSON."""

import gzip
import json
import re
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from django.utils import timezone
from pulses import EVERY_KIND, invite, make_pulse

from viaggio.web.pulse.models import AnonymousBox, Response, Submission
from viaggio.web.pulse.services import links
from viaggio.web.pulse.views.answer_code import code_svg

SHOP = "https://negozio.example.com"


@pytest.fixture(autouse=True)
def company(workspace):
    return workspace


def running(**more):
    """A pulse whose wave is open by the real clock."""
    now = timezone.now()
    pulse = make_pulse(EVERY_KIND, **more)
    pulse.waves.update(starts_at=now - timedelta(days=5), ends_at=now + timedelta(days=5))
    return pulse


def call(path, body, **headers):
    sent = body if isinstance(body, str) else json.dumps(body)
    return Client().post(path, sent, content_type="application/json", headers=headers)


@pytest.fixture
def path(db):
    later = timezone.now() + timedelta(days=9)
    return links.answer_path(invite(running(), expires_at=later)) + "/answers"


def test_a_call_is_acknowledged_again_for_the_same_submission(path):
    body = {"submission": "a", "answers": {"recommend": 9}, "page": 0, "language": "en"}
    first, again = call(path, body), call(path, body)
    assert first.status_code == again.status_code == 200
    assert (first.json()["again"], again.json()["again"]) == (False, True)
    assert first.json()["response"] == Response.objects.get().id
    assert Submission.objects.count() == 1


def test_an_end_with_nothing_in_it_is_refused(path):
    refused = call(path, {"submission": "a", "answers": {}, "finished": True})
    assert refused.status_code == 422
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert {(each["code"], each["item"]) for each in refused.json()["faults"]} == {
        ("answer.required", "recommend"), ("answer.required", "satisfied"),
    }  # fmt: skip
    assert Response.objects.count() == 0


@pytest.mark.parametrize(
    "body",
    [
        "", "[]", "nonsense", "{", {"answers": {}}, {"submission": "", "answers": {}},
        {"submission": 5}, {"submission": "a", "answers": [1]}, {"submission": "a", "page": "x"},
        {"submission": "a", "page": -1}, {"submission": "a" * 65}, "[" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_submission_is_named_so(path, body):
    assert call(path, body).status_code == 400
    assert Response.objects.count() == 0


@pytest.mark.parametrize("value", [float("1e400"), {"a": 1}, [1], "\ud800", None, True, 1e300])
def test_any_json_value_is_taken_or_refused_and_never_breaks(path, value):
    for item in ("recommend", "why", "pillars", "order", "people", "day", "how"):
        body = {"submission": f"{item}{value!r}"[:60], "answers": {item: value}}
        assert call(path, body).status_code in {200, 400, 422}


def test_an_open_link_begins_by_call_and_goes_on_with_its_token(db):
    link = links.OpenLink(pulse=running(kind="open").pk, asked_by="qr")
    begun = call(f"{links.open_path(link)}/answers", {"submission": "a", "answers": {"recommend": 9}}).json()
    on = call(f"/a/{begun['token']}/answers", {"submission": "b", "answers": {"why": "Bravi"}}).json()
    assert on["response"] == begun["response"]
    assert Response.objects.get().answers == {"recommend": 9, "why": "Bravi"}


def test_an_anonymous_answer_by_call_is_taken_once(db):
    path = links.answer_path(invite(running(anonymous=True))).split("?")[0] + "/answers"
    body = {"submission": "a", "answers": {"recommend": 9, "satisfied": 4}, "finished": True}
    assert [call(path, body).json()["again"] for _ in range(3)] == [False, True, True]
    assert sum(len(box.answers) for box in AnonymousBox.objects.all()) == 1


# --- the widget -----------------------------------------------------------------------------------


@pytest.fixture
def shop(db):
    return running(
        kind="open", slug="sito", pages={"origins": [SHOP], "share": 0.5, "touchpoint": "product_page"}
    )


def send(fields, token="", origin=SHOP):
    return call("/w/sito/answers", {"token": token, "language": "it", "fields": fields}, Origin=origin)


def test_the_widgets_script_is_small_and_says_the_first_question(shop):
    script = Client().get("/w/sito.js")
    assert script.headers["Content-Type"].startswith("text/javascript")
    assert len(gzip.compress(script.content, 6)) <= 10 * 1024
    assert "Quanto consiglieresti" in script.text
    assert "How likely are you" in script.text
    assert not re.search(r"document\.cookie|localStorage|eval\(|innerHTML|new Function", script.text)
    assert not script.cookies


def test_a_pulse_that_does_not_run_has_an_empty_script(shop):
    shop.state = "paused"
    shop.save()
    assert Client().get("/w/sito.js").content == b""
    assert Client().get("/w/unknown.js").content == b""


def test_the_widget_answers_screen_by_screen(shop):
    first = send([["recommend", "9"], ["submission", "visit"], ["step", "score"], ["shown", "recommend"]])
    assert first.status_code == 200
    assert first.headers["Access-Control-Allow-Origin"] == SHOP
    assert not first.cookies
    said = first.json()
    assert said["next"]["step"] == "ratings"
    assert said["next"]["fields"][0]["na"] == ["not_applicable", "Non lo so o non mi riguarda"]
    shown = ["shown", "satisfied,effort,stars"]
    refused = send([["submission", "visit1"], ["step", "ratings"], shown], token=said["token"])
    assert refused.status_code == 422
    assert refused.json()["faults"] == [{"code": "answer.required", "item": "satisfied"}]
    fields = [["satisfied", "4"], ["submission", "visit2"], ["step", "ratings"], shown]
    assert send(fields, token=said["token"]).json()["next"]["step"] == "lines"
    for step in ("lines", "choices", "last"):
        last = send([["submission", step], ["step", step], ["shown", ""]], token=said["token"]).json()
    assert last["next"] is None
    response = Response.objects.get()
    assert (response.state, response.asked_by, response.touchpoint) == ("complete", "widget", "product_page")
    assert response.answers == {"recommend": 9, "satisfied": 4}


def test_a_first_answer_sent_twice_is_one_visit(shop):
    fields = [["recommend", "9"], ["submission", "visit"], ["step", "score"], ["shown", "recommend"]]
    assert send(fields).json() == send(fields).json()
    assert Response.objects.count() == 1


@pytest.mark.parametrize("origin", ["https://elsewhere.example.com", "null", ""])
def test_other_origins_are_refused(shop, origin):
    fields = [["recommend", "9"], ["submission", "visit"]]
    refused = send(fields, origin=origin)
    assert refused.status_code == 404
    assert "Access-Control-Allow-Origin" not in refused.headers
    assert Response.objects.count() == 0


def test_the_browsers_question_before_a_call_is_answered(shop):
    asked = Client().options("/w/sito/answers", headers={"Origin": SHOP})
    assert asked.status_code == 204
    assert asked.headers["Access-Control-Allow-Origin"] == SHOP
    assert "Content-Type" in asked.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("fields", [None, "x", [["a"]], [["a", 1]], [1]])
def test_fields_that_are_none_are_named_so(shop, fields):
    assert send(fields).status_code == 400


def test_a_token_of_another_pulse_is_refused(shop):
    other = links.OpenLink(pulse=running(kind="open", slug="altro").pk)
    begun = call(f"{links.open_path(other)}/answers", {"submission": "a", "answers": {"recommend": 9}})
    assert send([["submission", "b"]], token=begun.json()["token"]).status_code == 404


# --- codes to scan --------------------------------------------------------------------------------


def test_the_code_of_an_open_link_is_an_image_without_scripts(shop):
    token = links.open_token(links.OpenLink(pulse=shop.pk, asked_by="qr"))
    image = Client().get(f"/a/{token}/code.svg")
    assert image.headers["Content-Type"] == "image/svg+xml"
    drawn = ET.fromstring(image.content)
    assert {element.tag.split("}")[1] for element in drawn.iter()} <= {"svg", "g", "path"}


def test_a_personal_link_has_no_code(db):
    token = links.token_of(invite(running()).id)
    assert Client().get(f"/a/{token}/code.svg").status_code == 404


def test_codes_differ_with_their_text():
    assert code_svg("https://a.example.com/") != code_svg("https://b.example.com/")
