"""A small company whose facts, people and pulses the fielding tests work on."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq

from viaggio.kernel import utc_micros
from viaggio.pulse.fielding import plan_from_data
from viaggio.pulse.questionnaire import as_data, digest, from_data
from viaggio.store.contracts import FACTS, incoming_schema
from viaggio.store.engine import Engine, engine
from viaggio.store.fold import fold
from viaggio.store.landing import land
from viaggio.store.workspace import Workspace
from viaggio.web.pulse.models import Invitation, Pulse, Questionnaire, QuestionnaireVersion, Response
from viaggio.web.pulse.services import programmes
from viaggio.web.shared.models import User

NOON = datetime(2026, 11, 4, 11, tzinfo=UTC)  # a Wednesday, 12 o'clock in Rome
DAY = timedelta(days=1)
ALWAYS = {"first": 0, "last": 24, "weekdays": [1, 2, 3, 4, 5, 6, 7]}
Row = Mapping[str, object]

ASKED = {
    "schema": "viaggio.questionnaire/1",
    "title": {"it": "La consegna", "en": "The delivery"},
    "languages": ["it", "en"],
    "pages": [
        {"key": "one", "items": [
            {"key": "recommend", "kind": "nps", "metric": "nps",
             "text": {"it": "Ci consiglia?", "en": "Would you?"}},
            {"key": "why", "kind": "comment", "text": {"it": "Perché?", "en": "Why?"}},
        ]},
    ],
}  # fmt: skip


def bring(ws: Workspace, table: str, rows: Sequence[Row], *, source: str = "shop") -> None:
    """Land rows of one fact table and fold them."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{table}.parquet"
        pq.write_table(pa.Table.from_pylist(list(rows), schema=incoming_schema(FACTS[table])), path)
        land(ws, kind="recipe", recipe="native", source=source, label=table, files={path.name: path},
             landed_at=utc_micros(NOON), by="ada")  # fmt: skip
    fold(ws)


def customers(ws: Workspace, count: int, *, first: int = 1) -> None:
    """People who agree to surveys, each with a mail address; every third belongs to account A."""
    numbers = range(first, first + count)
    bring(ws, "customers", [
        {"id": f"c{n}", **person(n), "kind": "person", "segment": "b2c", "region": "Lazio", "language": "it"}
        for n in numbers
    ])  # fmt: skip
    bring(ws, "consents", [
        {"id": f"c{n}", "customer_number": f"C{n}", "purpose": "survey", "granted": True,
         "stated_at": utc_micros(NOON - 400 * DAY)}
        for n in numbers
    ])  # fmt: skip


def person(n: int) -> dict[str, str | None]:
    """The identifiers of customer n."""
    return {
        "customer_number": f"C{n}",
        "email": f"c{n}@example.it",
        "account_id": "A" if n % 3 == 0 else None,
    }


def orders(ws: Workspace, delivered: Mapping[str, tuple[int, datetime]]) -> None:
    """Orders: id, by whom, delivered when."""
    bring(ws, "orders", [
        {"id": key, **person(n), "status": "delivered", "channel": "web",
         "ordered_at": utc_micros(at - 3 * DAY), "delivered_at": utc_micros(at)}
        for key, (n, at) in delivered.items()
    ])  # fmt: skip


def facts(ws: Workspace) -> Engine:
    """The newest facts, with everything that has landed."""
    fold(ws)
    return engine(ws)


def questionnaire(by: User, *, published: bool = True) -> Questionnaire:
    """One recommendation and one comment."""
    definition = from_data(ASKED)
    slug = f"delivery-{Questionnaire.objects.count()}"
    made = Questionnaire.objects.create(slug=slug, title={"it": "Consegna"}, created_at=NOON - 100 * DAY)
    QuestionnaireVersion.objects.create(
        questionnaire=made, number=1, definition=as_data(definition), digest=digest(definition),
        edited_at=NOON - 100 * DAY, published_at=NOON - 99 * DAY if published else None,
    )  # fmt: skip
    return made


def running(
    by: User, *, at: datetime = NOON - 30 * DAY, anonymous: bool = False, survey_type: str = "transaction",
    **plan: object,
) -> Pulse:  # fmt: skip
    """A pulse about deliveries that runs since `at`; the same draws in every test."""
    whole = {"kind": "event", "trigger": {"event": "delivery", "delay_hours": 24}, "hours": ALWAYS, **plan}
    made = programmes.create(
        {"it": "Consegna"}, questionnaire(by), plan_from_data(whole), anonymous=anonymous,
        survey_type=survey_type, by=by, now=at,
    )  # fmt: skip
    Pulse.objects.filter(pk=made.pk).update(seed=f"seed {made.slug}")
    made.refresh_from_db()
    return programmes.publish(made, by=by, now=at)


def answered(
    invitation: Invitation, answers: Mapping[str, object], *, at: datetime, complete: bool = True
) -> Response:
    """A response as `take` stores it."""
    response, _ = Response.objects.get_or_create(
        id=f"r{invitation.id}"[:32],
        defaults={
            "pulse": invitation.pulse, "wave": invitation.wave, "invitation": invitation,
            "version": invitation.version, "state": "partial", "language": invitation.language,
            "asked_by": "email", "touchpoint": invitation.touchpoint, "phase": invitation.phase,
            "channel": invitation.channel, "started_at": at, "changed_at": at, "change": 0,
        },
    )  # fmt: skip
    response.answers, response.changed_at = dict(answers), at
    response.change += 1
    if complete:
        response.state, response.completed_at = "complete", at
    response.save()
    invitation.refresh_from_db()
    invitation.outcome = "complete" if complete else "partial"
    invitation.change += 1
    invitation.save(update_fields=["outcome", "change"])
    return response


def stored(ws: Workspace, table: str) -> list[dict]:
    """The rows of a fact table that came from our own pulses, by id."""
    found = facts(ws)
    rows = getattr(found.tables(), table)
    return found.run(rows.filter(rows.source == "pulse").order_by("id")).to_pylist()
