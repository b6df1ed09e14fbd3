"""The staff's pages of pulses: what they show adds up, and everybody sees what is theirs."""

import csv
import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.web.pulse.fielding.company import NOON, questionnaire, running

from viaggio.pulse.fielding import aapor, dispositions, plan_from_data
from viaggio.web.pulse.models import Invitation, Pulse, Response
from viaggio.web.pulse.services import programmes
from viaggio.web.pulse.services.schedule import tick
from viaggio.web.shared.models import AuditEntry
from viaggio.web.shared.roles import Role

pytestmark = pytest.mark.django_db

PLAN = {
    "name_it": "Dopo la consegna", "name_en": "After delivery", "survey_type": "transaction",
    "kind": "event", "event": "delivery", "touchpoints": ["delivery"], "delay_hours": "24",
    "active_days": "365", "share": "50", "consent": "stated", "channels": ["email"], "hour_first": "9",
    "hour_last": "20", "weekdays": ["1", "2"], "rest_person": "30", "rest_person_type": "90",
    "rest_account": "0", "rest_account_type": "0", "reminders": "1", "reminder_days": "5", "wave": "month",
    "expires_days": "21", "quotas": "Lazio: 20",
}  # fmt: skip


@pytest.fixture
def client(signed_in):
    return signed_in(Role.CX_MANAGER, email="cx@example.com", language="en")


def text(answer) -> str:
    assert answer.status_code == 200, answer
    bare = re.sub(r"<(script|style)[^>]*>.*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", bare))


def wave_of(pulse: Pulse):
    return pulse.waves.get()


# --- from nothing to a running pulse -------------------------------------------------------------------


def test_an_empty_list_leads_to_the_first_pulse(client, workspace):
    page = client.get("/pulses/")
    assert "The first pulse in three steps" in text(page)
    assert "/questionnaires/new/" in page.content.decode()
    assert client.get("/pulses/new/").url == "/questionnaires/new/"


def test_a_pulse_is_planned_started_paused_and_ended_and_the_audit_knows(client, shop, manager):
    asked = questionnaire(manager)
    answer = client.post("/pulses/new/", PLAN | {"questionnaire": asked.slug})
    assert answer.status_code == 302, answer.context["form"].errors
    made = Pulse.objects.get()
    assert answer.url == f"/pulses/{made.slug}/"
    plan = plan_from_data(made.plan)
    assert (plan.sample.rate, plan.hours.weekdays, plan.quotas[0].limit) == (0.5, (1, 2), 20)
    assert made.state == "draft"
    for verb, state in (("start", "running"), ("pause", "paused"), ("start", "running"), ("end", "ended")):
        client.post(f"{answer.url}move/", {"verb": verb})
        made.refresh_from_db()
        assert made.state == state
    mine = AuditEntry.objects.filter(actor=client.person.email).order_by("seq")
    actions = [action for action in mine.values_list("action", flat=True) if action.startswith("pulse.")]
    assert actions == [
        "pulse.created", "pulse.published", "pulse.paused", "pulse.published", "pulse.ended",
    ]  # fmt: skip


def test_a_copy_draws_people_of_its_own(client, pulse):
    client.post(f"/pulses/{pulse.slug}/move/", {"verb": "copy"})
    copied = Pulse.objects.exclude(pk=pulse.pk).get()
    assert copied.plan == pulse.plan
    assert copied.seed != pulse.seed
    assert copied.state == "draft"


def test_anonymity_and_kind_are_fixed_once_somebody_was_drawn(client, pulse):
    page = f"/pulses/{pulse.slug}/edit/"
    form = client.get(page).context["form"]
    assert form.fields["anonymous"].disabled
    assert form.fields["kind"].disabled
    client.post(page, PLAN | {"anonymous": "on", "kind": "periodic", "share": "40", "quotas": ""})
    pulse.refresh_from_db()
    assert (pulse.anonymous, pulse.kind) == (False, "event")
    assert plan_from_data(pulse.plan).sample.rate == 0.4


def test_what_stops_a_plan_is_said_at_its_field_and_nothing_is_saved(client, shop, manager):
    asked = questionnaire(manager)
    bad = PLAN | {"questionnaire": asked.slug, "event": "interaction", "touchpoints": []}
    form = client.post("/pulses/new/", bad).context["form"]
    assert "touchpoints" in form.errors
    assert not Pulse.objects.exists()


def test_the_planner_answers_without_saving(client, shop, manager):
    asked = questionnaire(manager)
    said = PLAN | {"questionnaire": asked.slug, "share": "100", "plan_rate": "20", "plan_margin": "5"}
    page = text(client.post("/pulses/new/", said | {"look": "planner"}))
    part = client.post("/pulses/planner/", said)
    assert part.context["ahead"].units == 30
    assert part.context["ahead"].asked == 25
    assert part.context["ahead"].answers == pytest.approx(5)
    assert "Would be asked 25" in page
    assert not Pulse.objects.exists()


# --- the wave ------------------------------------------------------------------------------------------


def test_the_funnel_sums_to_everybody_and_rates_are_aapors(client, pulse):
    page = client.get(f"/pulses/{pulse.slug}/{wave_of(pulse).code}/").context["page"]
    found = {part.outcome: part.units for part in page.parts}
    assert found == {
        "complete": 12, "partial": 2, "opened": 0, "refused": 1, "expired": 0, "bounced": 0, "invited": 10,
        "not_sampled": 0, "resting": 0, "no_consent": 5, "no_address": 0,
    }  # fmt: skip
    assert sum(found.values()) == page.numbers.units == 30
    rates = {rate.code: rate.value for rate in page.rates}
    assert rates["RR1"] == pytest.approx(12 / 25)
    assert rates["RR2"] == pytest.approx(14 / 25)
    assert rates["REF1"] == pytest.approx(1 / 25)
    by_hand = aapor(dispositions(found))
    assert rates["COOP1"] == by_hand.coop1


def test_every_group_of_who_is_missing_leads_to_as_many_answers(client, pulse):
    page = client.get(f"/pulses/{pulse.slug}/{wave_of(pulse).code}/").context["page"]
    listed = client.get(next(part.href for part in page.parts if part.outcome == "complete")).context["found"]
    assert listed.total == 12
    for cut in page.cuts:
        assert sum(group.asked for group in cut.groups) == 25
        for group in cut.groups:
            assert client.get(group.href).context["found"].total == group.complete, group.label


def test_the_ledger_as_a_file_has_every_unit_once(client, pulse):
    answer = client.get(f"/pulses/{pulse.slug}/{wave_of(pulse).code}/?format=csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == len({row["about"] for row in rows}) == 30
    assert sum(row["outcome"] == "complete" for row in rows) == 12


def test_who_may_not_see_customers_gets_a_ledger_without_them(signed_in, pulse):
    analyst = signed_in(Role.ANALYST, language="en")
    answer = analyst.get(f"/pulses/{pulse.slug}/{wave_of(pulse).code}/?format=csv")
    columns = answer.content.decode("utf-8-sig").splitlines()[0].split(",")
    assert not {"about", "customer", "invitation", "response"} & set(columns)


# --- answers -------------------------------------------------------------------------------------------


def test_the_list_shows_newest_first_with_score_and_comment_and_records_the_look(client, pulse):
    found = client.get(f"/pulses/{pulse.slug}/answers/?state=complete").context["found"]
    assert found.total == 12
    assert {line.score for line in found.lines} == {"10", "9", "8", "3"}
    assert any("333 12345" in line.body for line in found.lines)
    seen = AuditEntry.objects.filter(action="customer.listed").latest("seq")
    assert sorted(seen.details["customers"]) == found.customers


def test_bands_of_recommendation_filter_by_the_value(client, pulse):
    counts = {
        band: client.get(f"/pulses/{pulse.slug}/answers/?state=complete&band={band}").context["found"].total
        for band in ("pro", "pas", "det")
    }
    assert counts == {"pro": 6, "pas": 3, "det": 3}


def test_an_analyst_sees_what_was_said_but_nobody(signed_in, pulse):
    analyst = signed_in(Role.ANALYST, language="en")
    page = analyst.get(f"/pulses/{pulse.slug}/answers/")
    assert "333 12345" not in page.content.decode()
    assert page.context["found"].customers == []
    assert analyst.get(f"/pulses/{pulse.slug}/answers/{Response.objects.first().pk}/").status_code == 403
    few = analyst.get(f"/pulses/{pulse.slug}/answers/?state=complete&band=det").context["found"]
    assert few.hidden
    assert few.lines == ()


def test_one_answer_shows_wording_values_and_the_journey_and_is_recorded(client, pulse):
    response = Response.objects.filter(answers__why__isnull=False).first()
    page = client.get(f"/pulses/{pulse.slug}/answers/{response.pk}/")
    words = text(page)
    assert "Ci consiglia?" in words or "Would you?" in words
    assert f"{response.answers['recommend']} out of 10" in words
    assert response.answers["why"] in words
    assert [step.kind for step in page.context["page"].before] == ["Order"]
    entry = AuditEntry.objects.filter(action="pulse.answer.seen").latest("seq")
    assert entry.details["customers"] == [response.invitation.customer]


# --- scope, anonymity, counts ---------------------------------------------------------------------------


def test_a_head_of_function_sees_the_own_touchpoints_only(signed_in, pulse):
    logistics = signed_in(Role.HEAD_OF_FUNCTION, email="log@example.com", function="logistics", language="en")
    billing = signed_in(Role.HEAD_OF_FUNCTION, email="bil@example.com", function="billing", language="en")
    address = f"/pulses/{pulse.slug}/{wave_of(pulse).code}/"
    assert logistics.get(address).context["page"].numbers.units == 30
    assert billing.get(address).context["page"].numbers.units == 0
    assert logistics.get("/pulses/").context["lines"][0].asked == 25
    assert billing.get("/pulses/").context["lines"][0].asked == 0
    assert billing.get(f"/pulses/{pulse.slug}/answers/").context["found"].total == 0
    assert billing.post(f"/pulses/{pulse.slug}/move/", {"verb": "end"}).status_code == 403


def test_an_anonymous_pulse_shows_no_answer_and_no_group(client, shop, manager):
    made = running(manager, anonymous=True)
    tick(NOON)
    wave = wave_of(made)
    assert Invitation.objects.filter(wave=wave).exists()
    page = client.get(f"/pulses/{made.slug}/{wave.code}/").context["page"]
    assert page.numbers.hidden
    assert page.cuts == ()
    assert "found" not in client.get(f"/pulses/{made.slug}/answers/").context
    assert client.get("/pulses/").context["lines"][0].answered is None


def test_the_list_asks_as_often_for_three_pulses_as_for_one(client, pulse, manager):
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get("/pulses/").status_code == 200
        return len(queries)

    asked()
    one = asked()
    running(manager)
    running(manager)
    tick(NOON)
    assert asked() == one


def test_what_goes_out_next_counts_every_request_and_reminder_once(client, pulse):
    days = client.get(f"/pulses/{pulse.slug}/").context["page"].next.days
    # ten who have not answered and two who have in part are reminded five days after the request
    assert sum(day.reminders for day in days) == 12
    assert {day.day.isoformat() for day in days if day.reminders} == {"2026-11-09"}
    assert sum(day.requests for day in days) == 0


def test_open_links_lead_to_the_pulse_and_know_their_place(client, shop, manager):
    made = programmes.create(
        {"en": "Shop"}, questionnaire(manager), plan_from_data({"kind": "open"}), by=manager, now=NOON
    )
    programmes.publish(made, by=manager, now=NOON)
    page = client.get(f"/pulses/{made.slug}/?touchpoint=delivery&place=Po").context["page"]
    from viaggio.web.pulse.services.links import open_link_of

    found = {way.kind: way.address for way in page.addresses}
    link = open_link_of(found["qr"].rpartition("/")[2])
    assert (link.pulse, link.asked_by, link.touchpoint, link.place) == (made.pk, "qr", "delivery", "Po")
    assert found["widget"].startswith("<script src=")
    picture = client.get(next(way.code for way in page.addresses if way.code))
    assert picture["Content-Type"] == "image/svg+xml"


def test_the_mail_is_shown_in_both_languages(client, pulse):
    assert "Ci consiglia?" in text(client.get(f"/pulses/{pulse.slug}/mail/it/"))
    assert "Would you?" in text(client.get(f"/pulses/{pulse.slug}/mail/en/"))


def test_no_pulse_is_called_like_a_page(manager, shop):
    asked = questionnaire(manager)
    plan = plan_from_data({"kind": "open"})
    made = [
        programmes.create({"en": name}, asked, plan, by=manager, now=NOON).slug for name in ("New", "Planner")
    ]
    assert not {"new", "planner"} & set(made)
