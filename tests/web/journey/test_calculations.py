"""A question is computed once, says how far it is, and stops when nobody waits for it."""

import re
from threading import Event

import numpy as np
import pytest
from tests.journey.short_logs import CODES

from viaggio.journey.index import MemoryJourneys, build_bucket
from viaggio.journey.kernels.last_seen import LastSeenKernel
from viaggio.journey.run import run
from viaggio.web.journey.services.explore.asking import calculations
from viaggio.web.journey.services.explore.calculations import Calculations, Stopped, UnderWay, Watched
from viaggio.web.shared.roles import Role

ADA, BEN = 1, 2


class Time:
    """A clock that stands until it is set."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def four_buckets():
    bucket = build_bucket({name: np.array([1, 2]) for name in ("customer", "time", "touchpoint")})
    return MemoryJourneys((bucket,) * 4, CODES)


class Slow:
    """A computation that goes one bucket each time it is let."""

    def __init__(self) -> None:
        self.at, self.go_on, self.counted = Event(), Event(), 0

    def __call__(self, calculation) -> int:
        self.counted += 1
        watched = Watched(four_buckets(), calculation)
        watched.bucket(0)
        self.at.set()
        assert self.go_on.wait(20)
        return run(watched, LastSeenKernel())


def begun(asked: Calculations, slow: Slow, *people: int):
    for person in people:
        with pytest.raises(UnderWay) as going:
            asked.ask("question", slow, person=person, patience=0, walks=2)
    assert slow.at.wait(20)
    return going.value.calculation


def test_who_asks_again_gets_the_same_calculation_and_then_its_answer():
    asked, slow = Calculations(4, Time()), Slow()
    one = begun(asked, slow, ADA, BEN)
    assert one.per_cent == 12  # one bucket of two walks over four
    assert asked.named(one.code) is one
    slow.go_on.set()
    assert asked.ask("question", slow, person=ADA, patience=20) == run(four_buckets(), LastSeenKernel())
    assert (slow.counted, one.per_cent) == (1, 100)


def test_it_stops_when_the_last_one_who_waits_stops_it():
    asked, slow = Calculations(4, Time()), Slow()
    one = begun(asked, slow, ADA, BEN)
    one.left_by(ADA)
    assert not one.stopped
    one.left_by(BEN)
    slow.go_on.set()
    assert one.finished.wait(20)
    with pytest.raises(Stopped):
        one.answer()
    assert one.done == 2  # the bucket at which it saw that nobody waits was not walked
    assert asked.ask("question", slow, person=ADA, patience=20) > 0
    assert slow.counted == 2


def test_it_stops_when_those_who_waited_went_away():
    time, slow = Time(), Slow()
    one = begun(Calculations(4, time), slow, ADA)
    time.now = 61.0
    slow.go_on.set()
    assert one.finished.wait(20)
    assert isinstance(one.failure, Stopped)


def test_what_goes_wrong_is_told_to_who_asks_and_asked_again():
    asked = Calculations(4, Time())

    def wrong(_calculation):
        raise ZeroDivisionError

    for _time in range(2):
        with pytest.raises(ZeroDivisionError):
            asked.ask("question", wrong, person=ADA, patience=20)
    assert asked.ask("question", lambda _c: 7, person=ADA, patience=20) == 7


def test_only_the_latest_answers_are_kept():
    asked, made = Calculations(2, Time()), []
    for question in ("a", "b", "c", "c", "b", "a"):
        asked.ask(question, lambda _c: made.append(0), person=ADA, patience=20)
    assert len(made) == 4


@pytest.mark.django_db
def test_a_page_that_takes_longer_shows_its_progress_and_a_file_waits(company, signed_in, settings):
    settings.PATIENCE_SECONDS = 0.0
    client = signed_in(Role.OWNER)
    address = "/journeys/paths/?period=2026-03&steps=3"
    page = client.get(address).content.decode()
    assert '<progress max="100"' in page
    assert '<noscript><meta http-equiv="refresh"' in page
    code = re.search(r"/journeys/working/([0-9a-f]+)/stop", page)[1]
    file = client.get(f"{address}&table=paths&format=csv")
    assert file["Content-Type"].startswith("text/csv")
    assert client.get(f"/journeys/working/{code}/").headers["HX-Refresh"] == "true"
    assert "<progress" not in client.get(address).content.decode()


@pytest.mark.django_db
def test_the_button_stops_what_nobody_else_waits_for(company, signed_in):
    client, slow = signed_in(Role.OWNER), Slow()
    with pytest.raises(UnderWay) as going:
        calculations.ask("slow", slow, person=client.person.pk, patience=0)
    code = going.value.calculation.code
    assert slow.at.wait(20)
    bar = client.get(f"/journeys/working/{code}/")
    assert 'value="25"' in bar.content.decode()
    answer = client.post(f"/journeys/working/{code}/stop", {"address": "/journeys/paths/?steps=3"})
    assert answer.url == "/journeys/paths/?steps=3&stopped=yes"
    slow.go_on.set()
    assert going.value.calculation.finished.wait(20)
    assert going.value.calculation.stopped
    stopped = client.get(answer.url).content.decode()
    assert "<progress" not in stopped
    assert 'href="/journeys/paths/?steps=3"' in stopped
    other = client.post(f"/journeys/working/{code}/stop", {"address": "https://evil.example/"})
    assert other.url == "/journeys/"
