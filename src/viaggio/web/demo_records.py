"""The records of the sample company: questionnaires, pulses, waves, requests and answers of the last wave.

The facts hold two years of asking. Here they get the records that a company would have beside them, so that
every page of the pulse has something to show; then the clock ticks once, and everything goes on by itself.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from viaggio.demo.designed import MOVES, NAME
from viaggio.demo.forms import DRAFT, FORMS
from viaggio.demo.programmes import (
    COLLEAGUES,
    COLLEAGUES_PLAN,
    PROGRAMMES,
    WEBSITE,
    WEBSITE_PLAN,
    Programme,
    plan_of,
)
from viaggio.demo.voices import COLLEAGUES_BEFORE, COLLEAGUES_NOW, Voice, of_colleagues, of_visitors
from viaggio.pulse.fielding import Plan, aapor, coverage, dispositions, wave_of
from viaggio.web.demo_requests import Requests
from viaggio.web.journey.services.explore import designs
from viaggio.web.pulse.models import Drawing, Pulse, Wave
from viaggio.web.pulse.services import anonymous, answering, building, programmes
from viaggio.web.pulse.services.drawing import open_wave
from viaggio.web.pulse.services.ledger import Ledger, Reasons, counts_of
from viaggio.web.pulse.services.links import OpenLink
from viaggio.web.pulse.services.schedule import tick
from viaggio.web.shared.models import User
from viaggio.web.shared.models.outgoing import WebhookEndpoint
from viaggio.web.shared.webhooks import EVENTS, new_secret

if TYPE_CHECKING:
    from viaggio.store.workspace import Workspace

SEED = 2026
DRAWING = 1


def make_records(ws: "Workspace", *, by: User, now: datetime) -> None:
    """Everything of the pulse that is no fact; `now` is today, the facts end where they end."""
    from viaggio.store.engine import engine

    facts = Requests(engine(ws))
    with transaction.atomic():
        for programme in PROGRAMMES:
            pulse = _pulse(programme, plan_of(programme), facts.begin, by, survey_type=_type_of(programme))
            _waves(pulse, facts)
            facts.rest(pulse)
            # what happened before the end was decided about, and nothing has happened since
            Pulse.objects.filter(pk=pulse.pk).update(asks_from=facts.end, looked_at=now)
        website = _pulse(WEBSITE, WEBSITE_PLAN, facts.begin, by, survey_type="transaction")
        colleagues = _pulse(COLLEAGUES, COLLEAGUES_PLAN, facts.begin, by, survey_type="internal",
                            anonymous=True)  # fmt: skip
        building.create(DRAFT, by=by, now=facts.end)
        designs.keep_design(designs.read_design(NAME, MOVES.encode()), by=by, now=facts.end)
        _webhook(facts.end)
    _heard(website, WEBSITE_PLAN, ws, of_visitors(SEED, facts.responses), facts.end)
    before = wave_of(facts.end - timedelta(days=1), COLLEAGUES_PLAN.wave, ws.zone).starts_at
    _whispered(colleagues, ws, of_colleagues(SEED, COLLEAGUES_BEFORE), before)
    _whispered(colleagues, ws, of_colleagues(SEED, COLLEAGUES_NOW), facts.end)
    tick(now)


def weigh_waves(ws: "Workspace", *, made_at: datetime, now: datetime) -> None:
    """Land the weights of every wave that was answered; the next fold makes them count.

    `made_at` is the end of the facts; from `now` on, waves are weighed by themselves.
    """
    from viaggio.kernel import utc_micros
    from viaggio.store.engine import engine
    from viaggio.store.weighting import land_weights, weigh

    facts = engine(ws)
    land_weights(facts, weigh(facts), made_at=utc_micros(made_at), by="demo")
    waves = list(Wave.objects.exclude(pulse__kind="open"))
    for wave in waves:
        state = "final" if wave.closed_at else "running"
        wave.counts |= {"weighed": state, "weighed_at": now.isoformat()}
    Wave.objects.bulk_update(waves, ["counts"], batch_size=200)


def _type_of(programme: Programme) -> str:
    return "transaction" if programme.touchpoints else "relationship"


def _pulse(
    programme: Programme, plan: Plan, begin: datetime, by: User, *, survey_type: str, anonymous: bool = False
) -> Pulse:
    """A pulse that has been running since the beginning, with draws that are the same in every build."""
    form = building.create(FORMS[programme.slug], by=by, now=begin)
    made = programmes.create(
        programme.name, form, plan, survey_type=survey_type, anonymous=anonymous, by=by, now=begin
    )
    Pulse.objects.filter(pk=made.pk).update(seed=f"officina-blu {programme.slug}")
    return programmes.publish(made, by=by, now=begin)


def _waves(pulse: Pulse, facts: Requests) -> None:
    """The waves of the facts: all but the last are over, their ledger is kept; the last has its requests."""
    plan = programmes.plan_of(pulse)
    counts = facts.counts(pulse.slug)
    for code, reasons in counts.items():
        wave = _wave(pulse, plan, code, facts)
        if code != facts.last:
            wave.closed_at = wave.ends_at + timedelta(days=42)
            wave.counts = counts_of(_ledger(reasons))
        wave.save()
    if facts.last in counts:
        Drawing.objects.create(
            pulse=pulse, number=DRAWING, at=facts.end, counts={facts.last: counts[facts.last]},
            sha256=facts.sha256, item=facts.item,
        )  # fmt: skip
        facts.write(pulse, pulse.waves.get(code=facts.last))


def _wave(pulse: Pulse, plan: Plan, code: str, facts: Requests) -> Wave:
    year, month = (int(part) for part in code.split("-"))
    span = wave_of(datetime(year, month, 15, tzinfo=facts.zone), plan.wave, facts.zone)
    return Wave(pulse=pulse, code=code, starts_at=span.starts_at, ends_at=span.ends_at, drawn_at=span.ends_at)


def _ledger(reasons: Reasons) -> Ledger:
    """The ledger of a wave that is over, from the facts."""
    counts = {outcome: sum(by_reason.values()) for outcome, by_reason in reasons.items()}
    found = coverage(counts, sum(counts.values()))
    return Ledger(
        coverage=found, reasons=reasons, rates=aapor(dispositions(counts)), sent=found.asked, waiting=0,
        reminded=0, open_links=0,
    )  # fmt: skip


def _heard(pulse: Pulse, plan: Plan, ws: "Workspace", voices: Iterable[Voice], end: datetime) -> None:
    """Answers on the site's link, one visit each, the way they come in."""
    open_wave(pulse, plan, end - timedelta(days=1), ws.zone)
    link = OpenLink(
        pulse=pulse.pk, asked_by="link", touchpoint="shop_browse", phase="discovery", channel="web"
    )
    for number, voice in enumerate(voices):
        at = end - timedelta(minutes=voice.minutes_before)
        open_wave(pulse, plan, at, ws.zone)
        answering.take(
            link, f"visit-{number}", page=0, answers=voice.answers, finished=True, language=voice.language,
            now=at,
        )  # fmt: skip


def _whispered(pulse: Pulse, ws: "Workspace", voices: Iterable[Voice], end: datetime) -> None:
    """Anonymous answers of the quarter that holds the last minute before `end`."""
    open_wave(pulse, COLLEAGUES_PLAN, end - timedelta(minutes=1), ws.zone)
    for number, voice in enumerate(voices):
        at = end - timedelta(minutes=voice.minutes_before)
        anonymous.take(OpenLink(pulse=pulse.pk), f"{end:%Y%m%d}-{number}", answers=voice.answers, now=at)


def _webhook(now: datetime) -> None:
    """An example of an endpoint; it is paused, so nothing is ever called."""
    WebhookEndpoint.objects.create(
        url="https://erp.officinablu.example/viaggio", secret=new_secret(), events=list(EVENTS), active=False,
        created_at=now, note="ERP",
    )  # fmt: skip
