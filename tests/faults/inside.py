"""Programs with a workspace's records at hand: `python inside.py ROOT VERB [ARGUMENT ...]`, prints JSON.

Prepares people to ask and quotas to fill before the server starts, and tells afterwards what is stored,
by plain reading of records and facts.
"""

# ruff: noqa: E402, T201 -- a program: Django is set up before its models are read, and it prints
import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from viaggio.web.serve import prepare

prepare(Path(sys.argv[1]))

import pyarrow.parquet as pq
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pulses import REASONS, RECOMMEND, SHORT, WHY, invite, make_pulse
from tests.web.pulse.fielding.company import ALWAYS, bring, running

from viaggio.kernel import utc_micros
from viaggio.pulse.questionnaire.model import Feeds
from viaggio.store.doctor import doctor
from viaggio.store.engine import engine
from viaggio.store.fold import fold
from viaggio.store.intake import land_mapping, land_recipe
from viaggio.store.landing import items
from viaggio.web.pulse.models import Quota, QuotaPlace, Response, Submission
from viaggio.web.pulse.services import links
from viaggio.web.pulse.services.schedule import settle_now
from viaggio.web.shared.models.outgoing import Outgoing, WebhookEndpoint
from viaggio.web.shared.persons import create_user
from viaggio.web.shared.roles import Right, Role
from viaggio.web.shared.tokens import issue
from viaggio.web.shared.workspace import workspace

NOW = timezone.now()
DAY = timedelta(days=1)
SCORED = replace(
    SHORT, pages=(replace(SHORT.pages[0], items=(replace(RECOMMEND, metric=Feeds.NPS), REASONS, WHY)),)
)
"""The short questionnaire, and its first question feeds the NPS."""


def asked(people: str, *, slug: str = "consegna") -> list[str]:
    """So many people who were asked by mail; the tokens of their links."""
    pulse = make_pulse(SCORED, slug=slug)
    pulse.waves.update(starts_at=NOW - 5 * DAY, ends_at=NOW + 5 * DAY)
    same = {"channel": "courier", "eligible_at": NOW - DAY, "due_at": NOW - DAY, "sent_at": NOW - DAY}
    names = [
        {"about": f"shop:A{n}", "customer": 10**6 + n, "customer_number": f"A{n}"} for n in range(int(people))
    ]
    with transaction.atomic():
        invited = [invite(pulse, **name, **same, expires_at=NOW + 9 * DAY) for name in names]
    return [links.token_of(one.id) for one in invited]


def hook(url: str, secret: str) -> bool:
    """Somebody wants to hear of every complete response."""
    WebhookEndpoint.objects.create(url=url, secret=secret, events=["response.completed"], created_at=NOW)
    return True


def delivered(people: str) -> list[str]:
    """So many parcels that arrived, and a running pulse that will ask about them: their mail addresses."""
    count = int(people)
    names = [{"customer_number": f"C{n}", "email": f"c{n}@example.it"} for n in range(count)]
    ws = workspace()
    bring(ws, "customers", [
        {"id": f"c{n}", **name, "kind": "person", "segment": "b2c", "language": "it"}
        for n, name in enumerate(names)
    ])  # fmt: skip
    bring(ws, "consents", [
        {"id": f"c{n}", "customer_number": name["customer_number"], "purpose": "survey", "granted": True,
         "stated_at": utc_micros(NOW - 400 * DAY)}
        for n, name in enumerate(names)
    ])  # fmt: skip
    bring(ws, "orders", [
        {"id": f"O{n}", **name, "status": "delivered", "channel": "web",
         "ordered_at": utc_micros(NOW - 5 * DAY), "delivered_at": utc_micros(NOW - 2 * DAY)}
        for n, name in enumerate(names)
    ])  # fmt: skip
    boss = create_user("capo@example.com", name="Ada Neri", roles=[Role.CX_MANAGER])
    running(boss, at=NOW - 30 * DAY, hours=ALWAYS)
    return [name["email"] for name in names]


def limited(limit: str) -> str:
    """An open link whose pulse takes so many and no more."""
    pulse = make_pulse(SHORT, kind="open", slug="limite")
    pulse.waves.update(starts_at=NOW - 5 * DAY, ends_at=NOW + 5 * DAY)
    Quota.objects.create(pulse=pulse, name="everybody", limit=int(limit))
    return links.open_token(links.OpenLink(pulse=pulse.pk))


def api() -> str:
    """A token that may read everything."""
    reader = create_user("lettore@example.com", name="Ugo Blu", roles=[Role.OWNER])
    scopes = [Right.SEE_FIGURES, Right.SEE_CUSTOMERS, Right.EXPORT]
    return issue(reader, name="walk", scopes=scopes, lifetime=DAY, now=timezone.now())[1]


def session() -> str:
    """The session of somebody who has signed in."""
    browser = Client()
    browser.force_login(create_user("guarda@example.com", name="Ida Rosa", roles=[Role.OWNER], language="en"))
    return browser.cookies["sessionid"].value


MAPPING = """
source = "archive"
timezone = "UTC"
[[table]]
name = "answers"
id = "id"
[table.columns]
response = "response"
customer_number = "customer_number"
item = "item"
metric = "metric"
value = "value"
scale_min = "scale_min"
scale_max = "scale_max"
touchpoint = "touchpoint"
phase = "phase"
channel = "channel"
answered_at = { column = "answered_at", format = "iso" }
"""


def brought(folder: str, seconds: str, folded: str) -> int:
    """Import the files of a folder one after the other; the ids of what is folded go to a file."""
    files, ws = sorted(Path(folder).iterdir()), workspace()
    start = time.monotonic()
    for number, path in enumerate(files):
        time.sleep(max(0.0, start + number * float(seconds) / len(files) - time.monotonic()))
        if path.suffix == ".csv":
            land_mapping(ws, {path.name: path}, MAPPING, by="test")
            ids = [line.partition(",")[0] for line in path.read_text().splitlines()[1:]]
        else:
            land_recipe(ws, {"answers.parquet": path}, "native", {"source": "archive"}, by="test")
            ids = pq.read_table(path, columns=["id"])["id"].to_pylist()
        fold(ws)
        with Path(folded).open("a") as out:
            out.write("".join(f"{each}\n" for each in ids))
    return len(files)


def records() -> dict[str, Any]:
    """What the records hold: responses by token or id, their submissions, what was told and sent."""
    return {
        "responses": {
            r.id: {
                "token": links.token_of(r.invitation_id) if r.invitation_id else "",
                "state": r.state,
                "answers": r.answers,
                "pages": sorted(Submission.objects.filter(response=r).values_list("page", flat=True)),
            }
            for r in Response.objects.all()
        },
        "submissions": Submission.objects.count(),
        "outgoing": list(Outgoing.objects.order_by("key").values_list("key", "state", "tries")),
        "quotas": [
            {"limit": q.limit, "taken": q.taken, "places": QuotaPlace.objects.filter(quota=q).count(),
             "reserved": QuotaPlace.objects.filter(quota=q, until__isnull=False).count()}
            for q in Quota.objects.all()
        ],
    }  # fmt: skip


def facts() -> dict[str, Any]:
    """What the facts hold once everything has settled and is folded, and what is wrong with the workspace."""
    settle_now(timezone.now())
    ws = workspace()
    fold(ws)
    found = engine(ws)
    tables = found.tables()
    answers = tables.answers.select("id", "response", "item", "metric", "value", "source").order_by("id")
    texts = tables.texts.select("id", "response", "body", "source").order_by("id")
    coverage = tables.coverage.select("id", "invitation", "outcome", "response").order_by("id")
    landed = items(ws)
    return {
        "answers": found.run(answers).to_pylist(),
        "texts": found.run(texts).to_pylist(),
        "coverage": found.run(coverage).to_pylist(),
        "landed_twice": len(landed) - len({item.digest for item in landed}),
        "doctor": [str(finding) for finding in doctor(ws)],
    }


VERBS: dict[str, Callable[..., Any]] = {
    each.__name__: each for each in (asked, hook, delivered, limited, api, session, brought, records, facts)
}

if __name__ == "__main__":
    print(json.dumps(VERBS[sys.argv[2]](*sys.argv[3:])))
