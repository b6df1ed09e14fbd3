"""Alerts are raised only when the test says so, once for each figure and month."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from viaggio.estimate.monitor import Verdict
from viaggio.kernel import Period
from viaggio.store.changes import Screen, changes
from viaggio.store.engine import engine
from viaggio.web.scores.models import Look, Watch
from viaggio.web.scores.services import watching
from viaggio.web.scores.services.watching import NotWatchable, judge, look, watch
from viaggio.web.shared.models import Alert, Outgoing
from viaggio.web.shared.roles import Role

NOW = datetime(2026, 11, 3, 8, tzinfo=UTC)
MONTH = Period.parse("2026-10")

pytestmark = pytest.mark.django_db


def test_watched_figures_are_tested_together_as_one_screen(company, person):
    owner = person(Role.OWNER)
    for metric in ("nps", "ces"):
        watch(owner, metric, {}, by_mail=True, now=NOW)
    watch(owner, "csat_top", {"touchpoint": "delivery"}, by_mail=True, now=NOW)
    found = judge(engine(company), list(Watch.objects.all()), MONTH)
    assert len(found) == 3
    for one in Watch.objects.all():
        screen = Screen(
            metrics=(one.metric,), population=watching.population_of(one.where), weights="base",
            minimum_cell=company.settings.minimum_cell,
        )  # fmt: skip
        (alone,) = changes(engine(company), screen, MONTH, MONTH.previous())
        assert found[one.figure].judged.p == alone.judged.p
        if alone.judged.p is not None:
            assert found[one.figure].judged.adjusted >= alone.judged.p


def test_nothing_is_raised_where_nothing_changed(company, person):
    watch(person(Role.OWNER), "nps", {}, by_mail=True, now=NOW)
    expected = judge(engine(company), list(Watch.objects.all()), MONTH)
    assert {one.judged.verdict for one in expected.values()} <= {Verdict.NO_CLEAR_CHANGE, Verdict.TOO_FEW}
    assert look(NOW) == 0
    assert Alert.objects.count() == 0
    assert Look.objects.get().wave == str(MONTH)


def test_a_real_change_is_told_once_by_mail_to_whoever_watches_it(company, person, monkeypatch):
    owner, analyst = person(Role.OWNER), person(Role.ANALYST)
    watch(owner, "nps", {"touchpoint": "delivery"}, by_mail=True, now=NOW)
    watch(analyst, "nps", {"touchpoint": "delivery"}, by_mail=False, now=NOW)
    watch(analyst, "ces", {}, by_mail=True, now=NOW)
    whole = watching.judge

    def worse(source, watches, period):
        """The test's own answer, with the verdict that a change as planted has."""
        return {
            figure: replace(one, judged=replace(one.judged, verdict=Verdict.WORSENED))
            if one.metric == "nps"
            else one
            for figure, one in whole(source, watches, period).items()
        }

    monkeypatch.setattr(watching, "judge", worse)
    assert look(NOW) == 1
    assert look(NOW) == 0  # the month was looked at
    raised = Alert.objects.get()
    assert raised.kind == "score.worsened"
    assert raised.data["of"] == {"touchpoint": "delivery"}
    assert raised.data["reading"]["metric"] == "nps"
    assert "/scores/nps/?" in raised.data["url"]
    mails = list(Outgoing.objects.filter(kind="mail"))
    assert [mail.to for mail in mails] == [owner.email]


def test_a_month_that_was_looked_at_is_never_tested_again(company, person):
    owner = person(Role.OWNER)
    watch(owner, "nps", {}, by_mail=True, now=NOW)
    look(NOW)
    watch(owner, "ces", {}, by_mail=True, now=NOW)
    before = Look.objects.get().found
    assert look(NOW) == 0
    assert Look.objects.get().found == before


def test_a_head_of_function_watches_the_own_rows_only(company, person):
    head = person(Role.HEAD_OF_FUNCTION)
    with pytest.raises(NotWatchable):
        watch(head, "nps", {}, by_mail=True, now=NOW)
    watch(head, "nps", {"function": "logistics"}, by_mail=True, now=NOW)
    with pytest.raises(NotWatchable):
        watch(head, "revenue", {"function": "logistics"}, by_mail=True, now=NOW)


def test_whoever_lost_the_right_hears_nothing(company, person):
    owner = person(Role.OWNER)
    watch(owner, "nps", {}, by_mail=True, now=NOW)
    owner.is_active = False
    owner.save(update_fields=["is_active"])
    assert look(NOW) == 0
    assert not Look.objects.exists()


def test_watching_begins_and_ends_on_the_page(company, signed_in):
    client = signed_in(Role.CX_MANAGER, language="en")
    answer = client.post("/scores/alerts/?touchpoint=delivery", {"metric": "nps", "by_mail": "on"})
    assert answer.status_code == 302
    one = Watch.objects.get()
    assert (one.user, one.metric, one.where) == (client.person, "nps", {"touchpoint": "delivery"})
    assert "Delivery" in client.get("/scores/alerts/").content.decode()
    other = signed_in(Role.OWNER)
    assert other.post(f"/scores/alerts/{one.pk}/stop").status_code == 404
    assert client.post(f"/scores/alerts/{one.pk}/stop").status_code == 302
    assert not Watch.objects.exists()
