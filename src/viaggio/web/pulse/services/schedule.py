"""Everything that is due: `tick` draws, sends, reminds, expires, closes waves and settles.

Any number of processes may tick; the one that holds the fielding lock does the work, the others pass by. A
step that fails is told in the log and does not hold up the others: the next tick tries it again.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from viaggio.kernel import BadWorkspace
from viaggio.pulse.fielding import Plan, PulseKind, plan_from_data
from viaggio.web.pulse.models import Invitation, Pulse, Wave
from viaggio.web.pulse.services import opening
from viaggio.web.pulse.services.answering import OPEN_FOR
from viaggio.web.pulse.services.drawing import draw_now, landed, open_wave
from viaggio.web.pulse.services.ledger import counts_of, ledger
from viaggio.web.pulse.services.ledger_files import fielding_lock
from viaggio.web.pulse.services.sending import expire, remind, send, thank
from viaggio.web.pulse.services.settling import Settled, settle, settle_boxes, wait_for, waiting
from viaggio.web.pulse.services.weighing import weigh_due
from viaggio.web.shared.workspace import workspace

if TYPE_CHECKING:
    from viaggio.store.workspace import Workspace

logger = logging.getLogger("viaggio.pulse")

GRACE = timedelta(days=7)
"""How long after its last request may have expired a wave is kept open: nights, weekends, late mail."""


@dataclass(slots=True, kw_only=True)
class Ticked:
    """What one tick did. `busy`: another process was at it, nothing was done."""

    busy: bool = False
    drawn: int = 0
    queued: int = 0
    reminded: int = 0
    thanked: int = 0
    expired: int = 0
    closed: int = 0
    confirmed: int = 0
    settled: int = 0
    weighed: int = 0
    failed: int = 0


class Pace:
    """When the last batch was settled; what a process remembers from tick to tick."""

    def __init__(self) -> None:
        self.settled_at: datetime | None = None

    def may_settle(self, rows: int, now: datetime) -> bool:
        """Whether enough time has passed for so many waiting rows."""
        return self.settled_at is None or now - self.settled_at >= wait_for(rows)


def tick(now: datetime, *, pace: Pace | None = None) -> Ticked:
    """Do what is due at `now`. Without a `pace`, whatever waits is settled."""
    ws = workspace()
    done = Ticked()
    try:
        with fielding_lock(ws, wait=False):
            _steps(ws, done, now, pace)
    except BadWorkspace as error:
        if error.code != BadWorkspace.code:
            raise
        done.busy = True
    return done


def _steps(ws: "Workspace", done: Ticked, now: datetime, pace: Pace | None) -> None:
    _try(done, "confirm", lambda: _set(done, "confirmed", opening.confirm_waiting(now=now)))
    for pulse in Pulse.objects.filter(state="running").select_related("version"):
        _try(done, pulse.slug, partial(_field, ws, pulse, done, now))
    for pulse in Pulse.objects.exclude(state__in=["draft", "running"]):
        _try(done, pulse.slug, partial(landed, pulse, ws))
    _try(done, "expire", lambda: _set(done, "expired", expire(now)))
    _try(done, "close", lambda: _set(done, "closed", close_waves(now)))
    _try(done, "settle", lambda: _settle(ws, done, now, pace))
    _try(done, "weigh", lambda: _set(done, "weighed", weigh_due(ws, now=now)))


def _try(done: Ticked, what: str, step: Callable[[], object]) -> None:
    try:
        step()
    except Exception:
        logger.exception("Fielding could not do a step: %s.", what)
        done.failed += 1


def _set(done: Ticked, name: str, value: int) -> None:
    setattr(done, name, value)


def _field(ws: "Workspace", pulse: Pulse, done: Ticked, now: datetime) -> None:
    plan = plan_from_data(pulse.plan)
    open_wave(pulse, plan, now, ws.zone)
    if plan.kind is PulseKind.OPEN:
        return
    drawing = draw_now(pulse, ws, now=now)
    done.drawn += drawing is not None
    done.queued += send(pulse, plan, zone=ws.zone, now=now)
    done.reminded += remind(pulse, plan, zone=ws.zone, now=now)
    done.thanked += thank(pulse, plan, zone=ws.zone, now=now)


def _settle(ws: "Workspace", done: Ticked, now: datetime, pace: Pace | None) -> None:
    done.settled += settle_boxes(ws, now=now)
    rows = waiting(now)
    if rows and (pace is None or pace.may_settle(rows, now)):
        batch = settle_all(ws, now=now)
        done.settled += batch.responses + batch.invitations
        if pace is not None:
            pace.settled_at = now


def settle_all(ws: "Workspace", *, now: datetime) -> Settled:
    """Settle batch after batch until a batch was not full; under the fielding lock.

    Not until nothing waits: while people answer, something always does, and each few answers would become an
    item of their own.
    """
    whole, full = Settled(), True
    while full and (batch := settle(ws, now=now)).item is not None:
        full = batch.full
        whole = Settled(
            item=batch.item,
            responses=whole.responses + batch.responses,
            invitations=whole.invitations + batch.invitations,
            answers=whole.answers + batch.answers,
            texts=whole.texts + batch.texts,
        )
    return whole


def settle_now(now: datetime) -> Settled:
    """Settle what waits because somebody looks; waits for a tick that is under way."""
    ws = workspace()
    with fielding_lock(ws, wait=True):
        return settle_all(ws, now=now)


def close_waves(now: datetime) -> int:
    """Close the waves in which nobody can be asked or answer any more; returns how many."""
    closed = 0
    for wave in Wave.objects.filter(closed_at=None, ends_at__lte=now).select_related("pulse"):
        if now >= closes_at(wave, plan_from_data(wave.pulse.plan)) and not _undecided(wave, now):
            Wave.objects.filter(pk=wave.pk).update(closed_at=now)
            wave.closed_at = now
            Wave.objects.filter(pk=wave.pk).update(counts=counts_of(ledger(wave)))
            closed += 1
    return closed


def closes_at(wave: Wave, plan: Plan) -> datetime:
    """When a wave closes: an anonymous one at its end, others when late events and answers are in."""
    if wave.pulse.anonymous:
        return wave.ends_at
    if plan.kind is PulseKind.OPEN:
        return wave.ends_at + OPEN_FOR
    look_back = plan.trigger.look_back_days if plan.trigger else 0
    return wave.ends_at + timedelta(days=look_back + plan.expires_days) + GRACE


def _undecided(wave: Wave, now: datetime) -> bool:
    """Whether somebody of this wave may still answer."""
    asked = Invitation.objects.filter(
        wave=wave, expires_at__gt=now, outcome__in=["invited", "opened", "partial"]
    )
    return asked.exists()
