"""A crowd that answers at the same moment, run as a program of its own on a workspace.

`python crowd.py ROOT fill PEOPLE LIMIT` makes a pulse with a quota and prints its open link's token;
`python crowd.py ROOT answer TOKEN PEOPLE START` answers as so many people in threads of one process, each
first one question, then to the end, from the moment START on; prints outcome by count;
`python crowd.py ROOT count` prints what is stored.
"""

# ruff: noqa: E402, T201 -- a program: Django is set up before its models are read, and it prints
import json
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
from viaggio.web.serve import prepare

prepare(Path(sys.argv[1]))

from django.db import connections
from pulses import NOW, make_pulse

from viaggio.web.pulse.models import Quota, QuotaPlace, Response, Submission
from viaggio.web.pulse.services.answering import NotTaken, take
from viaggio.web.pulse.services.links import OpenLink, ResponseLink, open_link_of, open_token


def fill(people: int, limit: int) -> dict[str, object]:
    pulse = make_pulse(kind="open")
    Quota.objects.create(pulse=pulse, name="everybody", limit=limit)
    return {"token": open_token(OpenLink(pulse=pulse.pk)), "people": people}


def one(link: OpenLink, name: str, start: float) -> str:
    time.sleep(max(0.0, start - time.time()))
    try:
        send = {"language": "it", "now": NOW}
        begun = take(link, name, page=0, answers={"recommend": 9}, finished=False, **send)
        on = ResponseLink(begun.response)
        return take(on, "end", page=1, answers={"why": "Bravi"}, finished=True, **send).state
    except NotTaken as why:
        return why.code
    finally:
        connections.close_all()


def crowd(token: str, people: int, start: float) -> dict[str, int]:
    link = open_link_of(token)
    assert link is not None
    names = [f"{time.time_ns()}-{number}" for number in range(people)]
    with ThreadPoolExecutor(people) as pool:
        return Counter(pool.map(lambda name: one(link, name, start), names))


def count() -> dict[str, object]:
    return {
        "complete": Response.objects.filter(state="complete").count(),
        "partial": Response.objects.filter(state="partial").count(),
        "submissions": Submission.objects.count(),
        "taken": Quota.objects.get().taken,
        "places": QuotaPlace.objects.count(),
        "reserved": QuotaPlace.objects.filter(until__isnull=False).count(),
    }


verb, *rest = sys.argv[2:]
if verb == "fill":
    print(json.dumps(fill(int(rest[0]), int(rest[1]))))
elif verb == "answer":
    print(json.dumps(crowd(rest[0], int(rest[1]), float(rest[2]))))
else:
    print(json.dumps(count()))
