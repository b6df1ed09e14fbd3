"""Alerts: once for each key, to who wants them and may see what they speak of."""

import json
from datetime import UTC, date, datetime

import pytest

from viaggio.kernel import Direction, Period, Reading, Unit
from viaggio.web.shared.alerts import Finding, alert, wanting
from viaggio.web.shared.models import Alert, AlertSubscription, Outgoing, WebhookEndpoint
from viaggio.web.shared.roles import Role
from viaggio.web.shared.webhooks import new_secret

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def reading(value: float) -> Reading:
    return Reading(
        metric="nps",
        version=1,
        unit=Unit.POINTS,
        better=Direction.UP,
        value=value,
        n=412,
        low=value - 4,
        high=value + 4,
        level=0.95,
        period=Period(date(2026, 10, 1), date(2026, 11, 1)),
    )


FINDING = Finding(
    reading=reading(21.0),
    before=reading(38.0),
    of=(("touchpoint", "courier"),),
    test="wave_difference",
    p=0.001,
    path="/scores/?wave=2026-11",
    names={"it": "Consegna del corriere", "en": "Courier's delivery"},
)


def test_an_alert_is_raised_once_ever(db, connected, person):
    WebhookEndpoint.objects.create(
        url="https://one.example/", secret=new_secret(), events=["alert.raised"], created_at=NOW
    )
    ada, bob = person(Role.CX_MANAGER, language="it"), person(Role.ANALYST, language="en")
    assert alert("score.worsened", "nps/courier/2026-11", FINDING, [ada, bob], NOW)
    assert not alert("score.worsened", "nps/courier/2026-11", FINDING, [ada, bob], NOW)
    assert Alert.objects.count() == 1
    mails = {row.to: row.payload for row in Outgoing.objects.filter(kind="mail")}
    assert set(mails) == {ada.email, bob.email}
    assert mails[ada.email]["subject"] == "Un punteggio è peggiorato: NPS, Consegna del corriere, 21"
    assert "Prima 38" in mails[ada.email]["text"]
    assert mails[bob.email]["subject"] == "A score has worsened: NPS, Courier's delivery, 21"
    assert "https://ascolto.example.com/scores/?wave=2026-11" in mails[bob.email]["text"]


def test_the_webhook_carries_the_same_reading_as_every_interface(db, connected):
    WebhookEndpoint.objects.create(
        url="https://one.example/", secret=new_secret(), events=["alert.raised"], created_at=NOW
    )
    assert alert("score.worsened", "k", FINDING, [], NOW)
    body = json.loads(Outgoing.objects.get().payload["body"])
    assert body["type"] == "alert.raised"
    assert body["data"]["reading"] == json.loads(json.dumps(FINDING.reading.plain()))
    assert body["data"]["of"] == {"touchpoint": "courier"}


def test_an_unknown_kind_is_refused(db):
    with pytest.raises(KeyError):
        alert("weather", "k", FINDING, [], NOW)


def test_alerts_go_to_who_wants_them_and_may_see_the_rows(db, person):
    manager = person(Role.CX_MANAGER)
    employee = person(Role.EMPLOYEE)
    gone = person(Role.ANALYST, is_active=False)
    logistics = person(Role.HEAD_OF_FUNCTION, function="logistics")
    for user in (manager, employee, gone, logistics):
        AlertSubscription.objects.create(user=user, kind="score.worsened")
    assert wanting("score.worsened") == [manager]
    assert wanting("score.worsened", [("function", "sales")]) == [manager]
    assert wanting("score.worsened", [("function", "logistics")]) == [manager, logistics]
    assert wanting("score.improved") == []
