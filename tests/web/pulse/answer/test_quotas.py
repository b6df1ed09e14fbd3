"""Quotas: so many and no more, whoever comes at the same moment."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from pulses import NOW, invite, make_pulse

from viaggio.store.workspace import Settings, create
from viaggio.web.pulse.models import Quota, QuotaPlace, Response
from viaggio.web.pulse.services import quotas
from viaggio.web.pulse.services.answering import NotTaken, take
from viaggio.web.pulse.services.links import PersonalLink

CROWD = Path(__file__).parent / "crowd.py"


def send(invitation, submission="a", *, answers=None, finished=False, now=NOW):
    link = PersonalLink(invitation.id)
    said = {"recommend": 9} if answers is None else answers
    return take(link, submission, page=0, answers=said, finished=finished, language="it", now=now)


def quota(pulse, limit, **more) -> Quota:
    return Quota.objects.create(pulse=pulse, name=f"q{Quota.objects.count()}", limit=limit, **more)


def refused(invitation, submission="a", **more) -> str:
    with pytest.raises(NotTaken) as found:
        send(invitation, submission, **more)
    return found.value.code


def test_a_place_is_reserved_at_the_beginning_and_filled_at_the_end(pulse):
    kept = quota(pulse, 1, hold_minutes=30)
    first, second = invite(pulse), invite(pulse)
    send(first)
    assert QuotaPlace.objects.get().until == NOW + timedelta(minutes=30)
    assert refused(second) == "quota_full"
    assert Response.objects.count() == 1
    send(first, "b", finished=True)
    assert QuotaPlace.objects.get().until is None
    kept.refresh_from_db()
    assert kept.taken == 1


def test_a_place_held_for_too_long_goes_to_the_next_and_its_holder_is_refused_at_the_end(pulse):
    kept = quota(pulse, 1, hold_minutes=30)
    slow, quick = invite(pulse), invite(pulse)
    send(slow)
    later = NOW + timedelta(minutes=31)
    assert send(quick, finished=True, now=later).state == "complete"
    assert refused(slow, "b", finished=True, now=later) == "quota_full"
    kept.refresh_from_db()
    assert (kept.taken, QuotaPlace.objects.count()) == (1, 1)
    assert sorted(Response.objects.values_list("state", flat=True)) == ["complete", "partial"]


def test_a_place_that_nobody_wanted_is_still_there_after_its_time(pulse):
    quota(pulse, 1, hold_minutes=30)
    slow = invite(pulse)
    send(slow)
    assert send(slow, "b", finished=True, now=NOW + timedelta(hours=5)).state == "complete"


def test_a_quota_counts_only_those_it_means(pulse):
    kept = quota(pulse, 1, where={"recommend": [0, 1, 2]})
    for score in (9, 10, 2):
        send(invite(pulse), answers={"recommend": score})
    assert refused(invite(pulse), answers={"recommend": 1}) == "quota_full"
    assert send(invite(pulse), answers={"recommend": 8}).state == "partial"
    kept.refresh_from_db()
    assert kept.taken == 1


def test_changing_the_answer_gives_the_place_back(pulse):
    kept = quota(pulse, 1, where={"recommend": [2]})
    fickle = invite(pulse)
    send(fickle, answers={"recommend": 2})
    send(fickle, "b", answers={"recommend": 9})
    kept.refresh_from_db()
    assert kept.taken == 0
    send(invite(pulse), answers={"recommend": 2})


@pytest.mark.parametrize(
    ("where", "counts"),
    [
        ({"touchpoint": ["courier"]}, True),
        ({"touchpoint": ["store"]}, False),
        ({"language": "it"}, True),
        ({"date": ["12 novembre"]}, True),
        ({"segment": ["b2b"]}, True),  # nothing is known of it: it counts everybody, and never too few
    ],
)
def test_what_a_quota_may_ask(pulse, where, counts):
    kept = quota(pulse, 5, where=where)
    send(invite(pulse))
    kept.refresh_from_db()
    assert kept.taken == counts


def test_two_quotas_hold_at_once(pulse):
    first, second = quota(pulse, 2), quota(pulse, 1, where={"touchpoint": "courier"})
    send(invite(pulse))
    assert refused(invite(pulse)) == "quota_full"
    for kept in (first, second):
        kept.refresh_from_db()
    assert (first.taken, second.taken) == (1, 1)


def test_an_open_link_of_a_full_pulse_is_closed_before_anybody_begins(pulse):
    quota(pulse, 1, hold_minutes=30)
    assert not quotas.is_full(pulse.pk, now=NOW)
    send(invite(pulse))
    assert quotas.is_full(pulse.pk, now=NOW)
    assert not quotas.is_full(pulse.pk, now=NOW + timedelta(minutes=31))


def test_the_database_itself_refuses_one_too_many(pulse):
    from django.db import IntegrityError, transaction

    kept = quota(pulse, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Quota.objects.filter(pk=kept.pk).update(taken=2)


def test_an_anonymous_pulse_stops_at_its_quota(db):
    from viaggio.web.pulse.services import anonymous
    from viaggio.web.pulse.services.links import anonymous_link_of, answer_token

    pulse = make_pulse(anonymous=True)
    quota(pulse, 2)
    got = []
    for _ in range(4):
        token = answer_token(invite(pulse))
        link = anonymous_link_of(token)
        assert link is not None
        try:
            got.append(anonymous.take(link, token, answers={"recommend": 9}, now=NOW))
        except NotTaken as why:
            got.append(why.code)
    assert got == [True, True, "quota_full", "quota_full"]


# --- a hundred at the same moment -----------------------------------------------------------------


def program(root: Path, *arguments: str) -> subprocess.Popen[str]:
    kept = {name: value for name, value in os.environ.items() if name != "VIAGGIO_WORKSPACE"}
    source = str(Path(__file__).parents[4] / "src")
    return subprocess.Popen(
        [sys.executable, str(CROWD), str(root), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**kept, "PYTHONPATH": source},
    )


def said(process: subprocess.Popen[str]) -> dict:
    out, errors = process.communicate(timeout=200)
    assert process.returncode == 0, errors[-3000:]
    return json.loads(out)


@pytest.mark.slow
def test_of_a_hundred_at_the_same_moment_exactly_fifty_end(tmp_path):
    root = create(tmp_path / "workspace", Settings(name="Officina Blu")).root
    token = str(said(program(root, "fill", "100", "50"))["token"])
    start = str(time.time() + 12)  # all processes are up by then
    processes = [program(root, "answer", token, "25", start) for _ in range(4)]
    ends: Counter[str] = Counter()
    for process in processes:
        ends.update(said(process))
    assert ends == {"complete": 50, "quota_full": 50}
    assert said(program(root, "count")) == {
        "complete": 50, "partial": 0, "submissions": 100, "taken": 50, "places": 50, "reserved": 0,
    }  # fmt: skip
