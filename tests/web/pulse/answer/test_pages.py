"""What a respondent sees and does, page by page, without a script."""

import gzip
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pulses import EVERY_KIND, invite, make_pulse

from viaggio.web.pulse.models import AnonymousBox, Invitation, Response, Submission
from viaggio.web.pulse.services import links
from viaggio.web.shared.models.outgoing import Suppression

PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"
)
BUDGET = 15 * 1024


@pytest.fixture
def browser() -> Client:
    """A phone without scripts that keeps no cookies."""
    return Client(headers={"User-Agent": PHONE, "Accept-Language": "it"})


@pytest.fixture(autouse=True)
def company(workspace):
    return workspace


def hidden(html: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', html):
        found.setdefault(name, []).append(value)
    return found


def tap(browser: Client, address: str, **chosen):
    """Fill in the form that stands at the address and send it; returns the answer to the POST."""
    page = browser.get(address)
    assert page.status_code == 200, page
    return send(browser, page.text, **chosen)


def send(browser: Client, html: str, **chosen):
    action = re.search(r'<form method="post" action="([^"]+)"', html)
    assert action
    names = {name.replace("__", "."): value for name, value in chosen.items()}
    return browser.post(action[1].replace("&amp;", "&"), {**hidden(html), **names})


@pytest.fixture
def now_asked(pulse):
    """Somebody who was asked an hour ago, by the real clock."""
    return asked_now(pulse)


def asked_now(pulse, **more) -> Invitation:
    now = timezone.now()
    wave = pulse.waves.get()
    wave.starts_at, wave.ends_at = now - timedelta(days=5), now + timedelta(days=5)
    wave.save()
    times = {"sent_at": now - timedelta(hours=1), "expires_at": now + timedelta(days=9)}
    return invite(pulse, **(times | more))


def test_one_tap_two_more_questions_and_thanks(browser, now_asked):
    start = links.answer_path(now_asked)
    first = browser.get(start)
    assert "Quanto consiglieresti Officina Blu" in first.text
    assert "La tua consegna del 12 novembre" in first.text
    assert "3 domande, meno di un minuto." in first.text
    assert len(re.findall(r'<button class="b" name="recommend"', first.text)) == 11
    second = send(browser, first.text, recommend="9")
    assert second.status_code == 303
    assert Response.objects.get().answers == {"recommend": 9}
    rest = browser.get(second.url)
    assert "La tua risposta: 9" in rest.text
    assert "Risposta salvata" in rest.text
    end = send(browser, rest.text, reasons=["price", "other"], reasons__other="Il corriere", why="Bravi!")
    done = browser.get(end.url)
    assert "Grazie!" in done.text
    response = Response.objects.get()
    assert response.state == "complete"
    assert response.answers == {
        "recommend": 9, "reasons": ["price", "other"], "reasons.other": "Il corriere", "why": "Bravi!",
    }  # fmt: skip
    assert [s.page for s in Submission.objects.order_by("page")] == [0, 1]


def test_no_page_sets_a_cookie_or_may_be_kept(browser, now_asked):
    start = links.answer_path(now_asked)
    sent = tap(browser, start, recommend="9")
    for answer in (browser.get(start), sent, browser.get(sent.url)):
        assert not answer.cookies
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert not browser.cookies


def test_every_screen_is_one_request_within_the_budget(browser, db):
    start = links.answer_path(asked_now(make_pulse(EVERY_KIND)))
    tap(browser, start, recommend="3")
    for step in ("score", "unhappy", "ratings", "lines", "choices", "last"):
        page = browser.get(f"{start}?p={step}")
        assert f'name="step" value="{step}"' in page.text
        assert len(gzip.compress(page.content, 6)) <= BUDGET
        assert not re.search(r"<(link|img|script|iframe)[^>]+(src|href)=\"(?!data:)", page.text)


def test_the_policy_allows_this_style_by_its_hash_and_nothing_else(browser, now_asked):
    policy = browser.get(links.answer_path(now_asked)).headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert re.search(r"style-src 'sha256-[^']+'", policy)
    assert re.search(r"script-src 'sha256-[^']+'", policy)
    assert "default-src 'none'" in policy


def test_a_form_sent_twice_is_stored_once(browser, now_asked):
    page = browser.get(links.answer_path(now_asked)).text
    first, again = send(browser, page, recommend="9"), send(browser, page, recommend="9")
    assert first.url == again.url
    assert Submission.objects.count() == 1


def test_the_same_page_with_another_number_is_a_change(browser, now_asked):
    page = browser.get(links.answer_path(now_asked)).text
    send(browser, page, recommend="9")
    send(browser, page, recommend="2")
    assert Response.objects.get().answers == {"recommend": 2}


def test_answering_goes_on_where_it_stopped_on_any_device(browser, now_asked):
    tap(browser, links.answer_path(now_asked), recommend="9")
    other = Client(headers={"User-Agent": PHONE, "Accept-Language": "en"})
    page = other.get(links.answer_path(now_asked))
    assert "La tua risposta: 9" in page.text  # the mail's language, whatever the device speaks
    assert 'name="step" value="first.rest"' in page.text


def test_a_required_question_left_empty_is_named_with_a_link_and_the_rest_is_kept(browser, db):
    start = links.answer_path(asked_now(make_pulse(EVERY_KIND)))
    tap(browser, start, recommend="9")
    answer = tap(browser, f"{start}?p=ratings", effort="5")
    assert answer.status_code == 422
    assert 'href="#q-satisfied"' in answer.text
    assert 'id="q-satisfied"' in answer.text
    assert "Rispondi a questa domanda, per favore." in answer.text
    assert Response.objects.get().answers == {"recommend": 9, "effort": 5}
    assert send(browser, answer.text, effort="5", satisfied="not_applicable").status_code == 303


def test_a_number_that_is_none_is_shown_again_beside_what_is_wrong(browser, db):
    start = links.answer_path(asked_now(make_pulse(EVERY_KIND)))
    answer = tap(browser, f"{start}?p=last", people="tanti", why="Bravi")
    assert answer.status_code == 422
    assert 'value="tanti"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert Response.objects.get().answers == {"why": "Bravi"}


def test_every_kind_of_question_is_stored(browser, db):
    start = links.answer_path(asked_now(make_pulse(EVERY_KIND)))
    at = tap(browser, start, recommend="3").url
    at = tap(browser, at, wrong="Il corriere").url
    at = tap(browser, at, satisfied="2", effort="5", stars="4").url
    at = tap(browser, at, pillars__kept="6", pillars__heard="not_applicable").url
    at = tap(
        browser,
        at,
        how="other",
        how__other="Al telefono",
        reasons=["time"],
        order__cost="1",
        order__speed="2",
    ).url
    at = tap(browser, at, people="3", day="2026-11-12", why="Ciao").url
    assert "Grazie di cuore." in browser.get(at).text
    assert Response.objects.get().answers == {
        "recommend": 3, "wrong": "Il corriere", "satisfied": 2, "effort": 5, "stars": 4,
        "pillars": {"kept": 6, "heard": "not_applicable"}, "how": "other", "how.other": "Al telefono",
        "reasons": ["time"], "order": ["cost", "speed"], "people": 3, "day": "2026-11-12", "why": "Ciao",
    }  # fmt: skip


def test_an_end_with_an_earlier_gap_leads_back_to_it(browser, db):
    start = links.answer_path(asked_now(make_pulse(EVERY_KIND)))
    sent = tap(browser, f"{start}?p=last", why="Ciao")
    assert sent.status_code == 303
    page = browser.get(sent.url)
    assert 'name="step" value="score"' in page.text
    assert page.status_code == 422
    assert Response.objects.get().state == "partial"


@pytest.mark.parametrize(
    ("language", "words"), [("it", "Quanto consiglieresti"), ("en", "How likely are you")]
)
def test_the_language_is_that_of_the_mail_and_changes_by_link(browser, pulse, language, words):
    start = links.answer_path(asked_now(pulse, language=language))
    page = browser.get(start)
    assert words in page.text
    assert f'<html lang="{language}"' in page.text
    assert page.headers["Content-Language"] == language
    other = re.search(r'<header>.*?<a href="([^"]+)" lang="(..)"', page.text)
    assert other
    assert other[2] != language
    sent = tap(browser, other[1].replace("&amp;", "&"), recommend="9")
    assert f'<html lang="{other[2]}"' in browser.get(sent.url).text
    assert Response.objects.get().language == other[2]


# --- a number tapped in a mail --------------------------------------------------------------------


def test_a_number_tapped_in_a_mail_is_provisional_until_the_next_tap(browser, now_asked):
    page = browser.get(links.prefill_path(now_asked, "recommend", 9))
    assert "La tua risposta: 9" in page.text
    response = Response.objects.get()
    assert (response.state, response.answers) == ("provisional", {"recommend": 9})
    now_asked.refresh_from_db()
    assert now_asked.outcome == "opened"
    send(browser, page.text, why="Bravi")
    response.refresh_from_db()
    assert (response.state, response.answers) == ("complete", {"recommend": 9, "why": "Bravi"})


def test_the_page_in_view_makes_it_count(browser, now_asked):
    page = browser.get(links.prefill_path(now_asked, "recommend", 9))
    seen = re.search(r'data-seen="([^"]+)" data-item="([^"]+)" data-value="([^"]+)"', page.text)
    assert seen
    wrong = browser.post(seen[1], {"item": seen[2], "value": "3"})
    assert wrong.status_code == 204
    assert Response.objects.get().state == "provisional"
    browser.post(seen[1], {"item": seen[2], "value": seen[3]})
    assert Response.objects.get().state == "partial"
    now_asked.refresh_from_db()
    assert now_asked.outcome == "partial"


def test_a_question_alone_asks_for_one_more_tap_after_a_mail(browser, db):
    alone = type(EVERY_KIND)(title=EVERY_KIND.title, languages=("it", "en"), pages=EVERY_KIND.pages[:1])
    page = browser.get(links.prefill_path(asked_now(make_pulse(alone)), "recommend", 9))
    done = send(browser, page.text)
    assert "Grazie" in browser.get(done.url).text
    assert Response.objects.get().answers == {"recommend": 9}


@pytest.mark.parametrize("agent", ["", "Barracuda Sentinel (EE)", "python-requests/2.34", "Googlebot/2.1"])
def test_a_scanner_answers_nothing_and_opens_nothing(now_asked, agent):
    scanner = Client(headers={"User-Agent": agent})
    for value in range(11):
        assert scanner.get(links.prefill_path(now_asked, "recommend", value)).status_code == 200
    now_asked.refresh_from_db()
    assert now_asked.outcome == "invited"
    response = Response.objects.get()
    assert (response.state, response.answers) == ("provisional", {})
    assert {"scanner", "all_links"} <= set(response.flags)


def test_asking_for_the_head_does_nothing(browser, now_asked):
    assert browser.head(links.prefill_path(now_asked, "recommend", 9)).status_code == 200
    now_asked.refresh_from_db()
    assert (now_asked.outcome, Response.objects.count()) == ("invited", 0)


def test_a_link_with_a_number_off_the_scale_is_an_ordinary_link(browser, now_asked):
    page = browser.get(links.prefill_path(now_asked, "recommend", 11))
    assert "Quanto consiglieresti" in page.text
    assert Response.objects.count() == 0


def test_who_answered_already_and_taps_again_in_the_mail_chooses_first(browser, now_asked):
    tap(browser, links.answer_path(now_asked), recommend="9")
    page = browser.get(links.prefill_path(now_asked, "recommend", 2))
    assert Response.objects.get().answers == {"recommend": 9}
    assert 'value="2" aria-current="true"' in page.text
    send(browser, page.text, recommend="2")
    assert Response.objects.get().answers == {"recommend": 2}


def test_the_link_that_no_person_sees_marks_a_program(browser, now_asked):
    assert browser.get(links.trap_path(now_asked)).status_code == 200
    page = browser.get(links.prefill_path(now_asked, "recommend", 9))
    seen = re.search(r'data-seen="([^"]+)"', page.text)
    assert seen
    browser.post(seen[1], {"item": "recommend", "value": "9"})
    response = Response.objects.get()
    assert response.state == "provisional"
    assert "honeypot" in response.flags
    send(browser, page.text, why="I am a person")
    assert Response.objects.get().state == "complete"


# --- ends -----------------------------------------------------------------------------------------


def test_a_link_that_is_none_is_explained(browser, db):
    page = browser.get("/a/abc")
    assert page.status_code == 404
    assert "Questo link non funziona" in page.text


def test_what_is_over_is_said_kindly_and_nothing_is_stored(browser, pulse):
    asked = asked_now(pulse, expires_at=timezone.now() - timedelta(days=1))
    page = browser.get(links.answer_path(asked))
    assert page.status_code == 410
    assert "Questo sondaggio è finito" in page.text
    assert browser.post(links.answer_path(asked), {"recommend": "9"}).status_code == 410
    assert Response.objects.count() == 0


def test_who_answered_sees_thanks_after_the_end_too(browser, now_asked):
    at = tap(browser, links.answer_path(now_asked), recommend="9").url
    tap(browser, at)
    now_asked.wave.closed_at = timezone.now()
    now_asked.wave.save()
    assert "Grazie!" in browser.get(links.answer_path(now_asked)).text


def test_not_wanting_to_answer(browser, now_asked):
    page = browser.get(links.answer_path(now_asked)).text
    no = re.search(r'href="(/a/[^"]+/no[^"]*)"', page)
    assert no
    asking = browser.get(no[1])
    now_asked.refresh_from_db()
    assert now_asked.outcome == "opened"
    send(browser, asking.text)
    now_asked.refresh_from_db()
    assert (now_asked.outcome, now_asked.reason) == ("refused", "declined")


def test_how_answers_are_used_is_told(browser, now_asked):
    page = browser.get(links.answer_path(now_asked)).text
    use = re.search(r'href="(/a/[^"]+/use[^"]*)"', page)
    assert use
    told = browser.get(use[1]).text
    assert "Come usiamo le tue risposte" in told
    assert "finché non ci chiedi di cancellarle" in told


def test_unsubscribing_asks_first_and_needs_neither_cookie_nor_token(now_asked):
    strict = Client(enforce_csrf_checks=True)
    path = links.unsubscribe_path(now_asked)
    assert "Non scrivetemi più" in strict.get(path).text
    assert Suppression.objects.count() == 0
    done = strict.post(path, {"List-Unsubscribe": "One-Click"})
    assert done.status_code == 200
    assert Suppression.objects.get().kind == "unsubscribed"
    strict.post(path, {"List-Unsubscribe": "One-Click"})
    assert Suppression.objects.count() == 1
    now_asked.refresh_from_db()
    assert (now_asked.outcome, now_asked.reason) == ("refused", "unsubscribed")


# --- open links and kiosks ------------------------------------------------------------------------


@pytest.fixture
def hanging(db):
    made = make_pulse(EVERY_KIND, kind="open", pages={"kiosk_seconds": 5})
    asked_now(made)  # its wave is now
    return made


def test_an_open_link_begins_and_goes_on_under_an_address_of_its_own(browser, hanging):
    path = links.open_path(links.OpenLink(pulse=hanging.pk, asked_by="qr", touchpoint="store"))
    first, second = tap(browser, path, recommend="9").url, tap(browser, path, recommend="2").url
    assert first.split("?")[0] != second.split("?")[0]
    tap(browser, first, satisfied="5")
    assert sorted(r.answers["recommend"] for r in Response.objects.all()) == [2, 9]
    assert {r.wave.code for r in Response.objects.all()} == {"2026-11"}


def test_a_kiosk_starts_again_by_itself(browser, hanging):
    path = links.open_path(links.OpenLink(pulse=hanging.pk, asked_by="kiosk"))
    assert path.startswith("/k/")
    start = browser.get(path).text
    assert '<html lang="it" class="kiosk"' in start
    assert "http-equiv" not in start
    at = tap(browser, path, recommend="9").url
    assert at.startswith(path)
    assert f'content="90; url={path}"' in browser.get(at).text
    for chosen in ({"satisfied": "4"}, {}, {}):
        at = tap(browser, at, **chosen).url
    done = tap(browser, at).url
    assert f'content="5; url={path}"' in browser.get(done).text


# --- anonymous ------------------------------------------------------------------------------------


def test_an_anonymous_answer_is_stored_once_at_the_end_and_points_at_nobody(browser, db):
    pulse = make_pulse(EVERY_KIND, anonymous=True)
    asked = asked_now(pulse)
    before = {name: getattr(asked, name) for name in ("outcome", "opened_at", "change", "ended_at")}
    path = links.answer_path(asked)
    page = browser.get(path)
    assert "anonimo" in page.text
    for chosen in (
        {"recommend": "3"}, {"wrong": "Il corriere"}, {"satisfied": "2"}, {"pillars__kept": "6"},
        {"order": ["cost", "care"]}, {"why": "Ciao"},
    ):  # fmt: skip
        assert AnonymousBox.objects.count() == 0
        assert not page.cookies
        page = send(browser, page.text, **chosen)
        assert page.status_code == 200, page.text
    assert "Grazie" in page.text
    kept = [answer for box in AnonymousBox.objects.all() for answer in box.answers]
    assert kept == [{
        "recommend": 3, "wrong": "Il corriere", "satisfied": 2, "pillars": {"kept": 6},
        "order": ["cost", "care"], "why": "Ciao",
    }]  # fmt: skip
    asked.refresh_from_db()
    assert before == {name: getattr(asked, name) for name in before}
    assert Response.objects.count() == Submission.objects.count() == 0
    again = browser.get(path)
    assert again.status_code == 410
    assert "Abbiamo già le tue risposte" in again.text


def test_going_back_in_an_anonymous_survey_keeps_what_was_said(browser, db):
    path = links.answer_path(asked_now(make_pulse(EVERY_KIND, anonymous=True)))
    second = send(browser, browser.get(path).text, recommend="9")
    third = send(browser, second.text, satisfied="4")
    back = send(browser, third.text, go="back")
    assert 'name="step" value="ratings"' in back.text
    assert 'name="satisfied" value="4" checked' in back.text
    assert hidden(back.text)["recommend"] == ["9"]


def test_a_tapped_number_of_an_anonymous_mail_is_only_shown(browser, db):
    page = browser.get(links.prefill_path(asked_now(make_pulse(anonymous=True)), "recommend", 9))
    assert 'value="9" aria-current="true"' in page.text
    assert Response.objects.count() == AnonymousBox.objects.count() == 0


def test_how_often_one_link_may_be_used_does_not_hold_up_another(browser, pulse, monkeypatch):
    from viaggio.web.pulse.views import answer

    monkeypatch.setattr(answer, "PERSONAL", 2)
    one, other = asked_now(pulse), asked_now(pulse)
    start = f"{links.answer_path(one)}?p=first"
    codes = [tap(browser, start, recommend=str(n)).status_code for n in range(4)]
    assert codes == [303, 303, 429, 429]
    assert tap(browser, links.answer_path(other), recommend="9").status_code == 303
