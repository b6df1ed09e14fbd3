"""Answers come in once, whole, in any order, or not at all."""

import itertools
import random
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pulses import EVERY_KIND, NOW, SHORT, invite, make_pulse

from viaggio.web.pulse.models import Invitation, Response, Submission
from viaggio.web.pulse.services.answering import NotTaken, Taken, take
from viaggio.web.pulse.services.links import OpenLink, PersonalLink, ResponseLink
from viaggio.web.shared.models.outgoing import Outgoing, WebhookEndpoint


def send(link, submission="s1", *, answers, finished=False, page=0, language="it", now=NOW) -> Taken:
    return take(link, submission, page=page, answers=answers, finished=finished, language=language, now=now)


def refused(link, **how) -> NotTaken:
    with pytest.raises(NotTaken) as found:
        send(link, **how)
    return found.value


@pytest.fixture
def link(asked) -> PersonalLink:
    return PersonalLink(asked.id)


def test_the_first_tap_is_stored(link, asked):
    taken = send(link, answers={"recommend": 9})
    assert (taken.state, taken.answers, taken.again) == ("partial", {"recommend": 9}, False)
    response = Response.objects.get()
    assert response.invitation_id == asked.id
    assert (response.touchpoint, response.channel, response.phase) == ("courier", "home", "purchase")
    assert (response.answers, response.started_at, response.change) == ({"recommend": 9}, NOW, 1)


def test_the_same_submission_again_changes_nothing(link):
    send(link, answers={"recommend": 9})
    later = send(link, answers={"recommend": 2}, now=NOW + timedelta(minutes=1))
    assert later.again
    assert later.answers == {"recommend": 9}
    assert Submission.objects.count() == 1
    assert Response.objects.get().change == 1


def test_a_changed_mind_counts(link):
    send(link, answers={"recommend": 9})
    assert send(link, "s2", answers={"recommend": 2}).answers == {"recommend": 2}


def test_an_empty_value_takes_an_answer_back(link):
    send(link, answers={"recommend": 9, "why": "Bravi"})
    assert send(link, "s2", answers={"why": ""}).answers == {"recommend": 9}


@pytest.mark.parametrize("data", [{}, {"recommend": ""}, {"why": ""}])
def test_an_end_without_what_is_required_is_refused(link, data):
    fault = refused(link, answers=data, finished=True)
    assert fault.code == "faults"
    assert [(each.code, each.item) for each in fault.faults] == [("answer.required", "recommend")]
    assert Response.objects.count() == Submission.objects.count() == 0


def test_an_end_without_any_answer_is_refused_where_nothing_is_required(db):
    optional = make_pulse(
        type(SHORT)(title=SHORT.title, languages=SHORT.languages, pages=(EVERY_KIND.pages[-1],))
    )
    link = PersonalLink(invite(optional).id)
    assert refused(link, answers={}, finished=True).code == "nothing_answered"
    assert Response.objects.count() == 0


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"recommend": 11}, "answer.off_scale"),
        ({"recommend": -1}, "answer.off_scale"),
        ({"recommend": "9"}, "answer.not_a_rating"),
        ({"recommend": True}, "answer.not_a_rating"),
        ({"recommend": 9.5}, "answer.not_a_rating"),
        ({"reasons": ["price", "gone"]}, "answer.unknown_option"),
        ({"reasons": ["none", "price"]}, "answer.exclusive_with_others"),
        ({"why": "x" * 5001}, "answer.too_long"),
        ({"elsewhere": 1}, "answer.unknown_item"),
    ],
)
def test_what_can_not_be_an_answer_is_refused_and_nothing_is_stored(link, answers, code):
    fault = refused(link, answers={"why": "Bravi", **answers})
    assert [each.code for each in fault.faults] == [code]
    assert Response.objects.count() == Submission.objects.count() == 0


def test_the_invitation_follows(link, asked):
    send(link, answers={"recommend": 9})
    asked.refresh_from_db()
    assert (asked.outcome, asked.opened_at, asked.ended_at, asked.change) == ("partial", NOW, None, 2)
    later = NOW + timedelta(minutes=2)
    send(link, "s2", answers={"why": "Bravi"}, finished=True, now=later)
    asked.refresh_from_db()
    assert (asked.outcome, asked.ended_at, asked.change) == ("complete", later, 3)


def test_a_finished_response_stays_finished_and_a_later_change_is_marked(link, asked):
    send(link, answers={"recommend": 9}, finished=True)
    taken = send(link, "s2", answers={"recommend": 3})
    response = Response.objects.get()
    assert (taken.state, response.answers, response.flags) == (
        "complete", {"recommend": 3}, ["changed_after_end"],
    )  # fmt: skip
    assert (response.change, response.completed_at) == (2, NOW)


PAGES = [
    ("p0", 0, {"recommend": 3}),
    ("p1", 1, {"wrong": "In ritardo"}),
    ("p2", 2, {"satisfied": 2, "effort": 5}),
    ("p3", 3, {"pillars": {"kept": 6}}),
    ("p3b", 3, {"pillars": {"heard": "not_applicable"}}),
    ("p4", 4, {"how": "other", "how.other": "Al telefono", "order": ["cost", "care"]}),
]
WHOLE = {
    "recommend": 3,
    "wrong": "In ritardo",
    "satisfied": 2,
    "effort": 5,
    "pillars": {"kept": 6, "heard": "not_applicable"},
    "how": "other",
    "how.other": "Al telefono",
    "order": ["cost", "care"],
}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_pages_in_any_order_and_sent_again_give_the_same_answers(transactional_free, data):
    sent = data.draw(st.permutations(list(itertools.chain.from_iterable([page] * 2 for page in PAGES))))
    link = PersonalLink(invite(transactional_free).id)
    for name, page, answers in sent:
        send(link, name, answers=answers, page=page)
    taken = send(link, "end", answers={}, finished=True, page=5)
    assert taken.answers == WHOLE
    assert taken.state == "complete"
    response = Response.objects.get(pk=taken.response)
    assert (response.submissions.count(), response.change) == (len(PAGES) + 1, len(PAGES) + 1)


@pytest.fixture
def transactional_free(db):
    return make_pulse(EVERY_KIND, slug="tutte")


def test_answers_that_are_not_shown_yet_wait_for_the_page_that_shows_them(db):
    link = PersonalLink(invite(make_pulse(EVERY_KIND)).id)
    early = send(link, "late page", answers={"wrong": "In ritardo"}, page=1)
    assert early.answers == {"wrong": "In ritardo"}
    assert send(link, "first", answers={"recommend": 2}).answers == {"wrong": "In ritardo", "recommend": 2}


def test_an_end_that_overtakes_its_pages_is_refused_and_taken_when_sent_again(db):
    link = PersonalLink(invite(make_pulse(EVERY_KIND)).id)
    last = {"answers": {"why": "Bravi"}, "finished": True, "page": 5}
    assert {each.item for each in refused(link, submission="end", **last).faults} == {
        "recommend",
        "satisfied",
    }
    send(link, "b", answers={"satisfied": 4}, page=2)
    send(link, "a", answers={"recommend": 9})
    assert send(link, "end", **last).state == "complete"


def test_the_event_is_told_once_with_the_answers_that_count(db):
    WebhookEndpoint.objects.create(
        url="https://example.com/hook", secret="whsec_AAAA", events=["response.completed"], created_at=NOW
    )
    pulse = make_pulse(EVERY_KIND)
    link = PersonalLink(invite(pulse).id)
    send(link, "a", answers={"recommend": 9, "wrong": "was never shown", "satisfied": 5})
    assert Outgoing.objects.count() == 0
    for name in ("b", "b", "c"):
        send(link, name, answers={"why": name}, finished=True)
    told = Outgoing.objects.get()
    assert '"wrong"' not in told.payload["body"]
    assert '"recommend":9' in told.payload["body"]
    assert Response.objects.get().told


@pytest.mark.parametrize(
    ("invitation", "wave", "pulse_state", "code"),
    [
        ({"expires_at": NOW}, {}, "running", "expired"),
        ({"outcome": "expired"}, {}, "running", "expired"),
        ({}, {"closed_at": NOW}, "running", "closed"),
        ({}, {}, "draft", "not_yet"),
        ({}, {}, "paused", ""),
        ({}, {}, "ended", ""),
    ],
)
def test_when_answers_are_no_longer_taken(pulse, invitation, wave, pulse_state, code):
    asked = invite(pulse, **invitation)
    pulse.waves.update(**(wave or {"code": "2026-11"}))
    pulse.state = pulse_state
    pulse.save()
    if code:
        assert refused(PersonalLink(asked.id), answers={"recommend": 9}).code == code
        assert Response.objects.count() == 0
    else:
        assert send(PersonalLink(asked.id), answers={"recommend": 9}).state == "partial"


def test_a_submission_that_was_acknowledged_is_acknowledged_after_the_end_too(link, asked):
    send(link, answers={"recommend": 9})
    asked.wave.closed_at = NOW
    asked.wave.save()
    assert send(link, answers={"recommend": 9}, now=NOW + timedelta(days=30)).again


def test_an_unknown_invitation_is_refused(db):
    assert refused(PersonalLink("0" * 32), answers={"recommend": 9}).code == "unknown"


def test_who_refused_and_answers_after_all_is_heard(link, asked):
    Invitation.objects.filter(pk=asked.pk).update(outcome="refused", ended_at=NOW)
    send(link, answers={"recommend": 9})
    asked.refresh_from_db()
    assert (asked.outcome, asked.ended_at) == ("partial", None)


# --- open links -----------------------------------------------------------------------------------


@pytest.fixture
def hanging(db) -> OpenLink:
    pulse = make_pulse(kind="open")
    return OpenLink(pulse=pulse.pk, asked_by="qr", touchpoint="store", channel="store", place="Torino")


def test_each_first_submission_on_an_open_link_begins_a_response_once(hanging):
    first = send(hanging, "visitor 1", answers={"recommend": 9})
    assert send(hanging, "visitor 1", answers={"recommend": 9}).response == first.response
    second = send(hanging, "visitor 2", answers={"recommend": 4})
    assert second.response != first.response
    kept = Response.objects.get(pk=first.response)
    assert (kept.asked_by, kept.touchpoint, kept.wave.code, kept.invitation) == (
        "qr",
        "store",
        "2026-11",
        None,
    )
    assert kept.shown == {"store": "Torino"}


def test_what_was_begun_on_an_open_link_goes_on_for_a_day(hanging):
    begun = ResponseLink(send(hanging, answers={"recommend": 9}).response)
    assert send(begun, "s2", answers={"why": "Bravi"}, finished=True).state == "complete"
    tomorrow = NOW + timedelta(hours=25)
    assert refused(begun, submission="s3", answers={"why": "?"}, now=tomorrow).code == "expired"


def test_an_open_link_of_a_paused_pulse_begins_nothing(hanging):
    begun = ResponseLink(send(hanging, answers={"recommend": 9}).response)
    Response.objects.get().pulse.__class__.objects.update(state="paused")
    assert refused(hanging, submission="s2", answers={"recommend": 9}).code == "closed"
    assert send(begun, "s3", answers={"why": "Bravi"}, finished=True).state == "complete"


def test_an_anonymous_pulse_has_no_responses(db):
    pulse = make_pulse(kind="open", anonymous=True)
    assert refused(OpenLink(pulse=pulse.pk), answers={"recommend": 9}).code == "unknown"


def test_few_questions_are_asked_of_the_database(link, django_assert_max_num_queries):
    send(link, "warm up", answers={"why": "Bravi"})
    with django_assert_max_num_queries(9):  # savepoints of the test's own transaction counted
        send(link, "s2", answers={"recommend": 9})
    numbers = random.Random(1).sample(range(10_000), 30)
    for number in numbers:
        send(link, str(number), answers={"recommend": 9})
    with django_assert_max_num_queries(10):
        send(link, "s3", answers={"recommend": 8}, finished=True)
