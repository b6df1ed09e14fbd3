"""A draw of a pulse: who could be asked, who is, and the ledger's rows of both.

What is decided is written into a file that is on the disk before the records know of it, and the landing gets
it after: killed in between, the next run lands the same file. So every unit is decided once.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db import transaction
from django.db.models import Max

from viaggio.kernel import BadWorkspace, utc_micros
from viaggio.pulse.fielding import Drawn, Frame, Plan, PulseKind, Reason, draw, draw_seed, plan_from_data
from viaggio.pulse.fielding import wave_of as span_of
from viaggio.pulse.fielding.model import HOUR, Ints
from viaggio.pulse.model import Outcome
from viaggio.web.pulse.models import Drawing, Invitation, Pulse, Wave
from viaggio.web.pulse.services import quotas
from viaggio.web.pulse.services.clocks import clocks, moment, start_clocks
from viaggio.web.pulse.services.drawn_rows import Decided, Draw, coverage_table, invitations
from viaggio.web.pulse.services.ledger_files import (
    RECIPE,
    fielding_folder,
    land_files,
    write_table,
)
from viaggio.web.shared.folding import fold_soon
from viaggio.web.shared.models.outgoing import Suppression
from viaggio.web.shared.post.suppression import digest_of

if TYPE_CHECKING:
    from viaggio.store.engine import Engine
    from viaggio.store.frames import Eligible
    from viaggio.store.workspace import Workspace

LOOK_EVERY = timedelta(minutes=15)
"""Between two looks of an event pulse."""


def due_code(pulse: Pulse, plan: Plan, ws: "Workspace", now: datetime) -> str | None:
    """The code of the draw that is due: empty for a look of an event pulse, None when nothing is due."""
    if plan.kind is PulseKind.EVENT:
        waits = pulse.looked_at is not None and now - pulse.looked_at < LOOK_EVERY
        return None if waits else ""
    if plan.kind is PulseKind.PERIODIC and plan.every:
        code = span_of(now, plan.every, ws.zone).code
        return None if Drawing.objects.filter(pulse=pulse, code=code).exists() else code
    return None


def draw_now(pulse: Pulse, ws: "Workspace", *, now: datetime) -> Drawing | None:
    """Draw if a draw is due; None when it is not, or the facts have not caught up with the draw before.

    To be called under the fielding lock. Raises `BadPlan`.
    """
    landed(pulse, ws)
    plan = plan_from_data(pulse.plan)
    code = due_code(pulse, plan, ws, now)
    engine = _caught_up(pulse, ws)
    if code is None or engine is None:
        return None
    of = Draw(pulse=pulse, plan=plan, engine=engine, code=code, now=now)
    eligible = _eligible(of)
    if not len(eligible):
        Pulse.objects.filter(pk=pulse.pk).update(looked_at=now)
        return None
    return _record(of, ws, _decide(of, eligible))


def _caught_up(pulse: Pulse, ws: "Workspace") -> "Engine | None":
    """The engine over facts that know what was decided before; without, somebody could be decided twice."""
    from viaggio.store.engine import engine

    newest = engine(ws)
    known = Drawing.objects.filter(pulse=pulse).aggregate(Max("item"))["item__max"]
    if known is not None and newest.manifest.last < known:
        fold_soon()
        return None
    return newest


def _eligible(of: Draw) -> "Eligible":
    from viaggio.store.frames import base, happened

    if of.plan.trigger is None:
        return base(of.engine, of.plan, about=of.code, at=utc_micros(of.now))
    since = of.now - timedelta(days=of.plan.trigger.look_back_days)
    asks_from = of.pulse.asks_from or of.now
    return happened(
        of.engine,
        of.plan,
        pulse=of.pulse.slug,
        since=utc_micros(max(since, asks_from)),
        until=utc_micros(of.now),
    )


# --- decide ---------------------------------------------------------------------------------------


def _decide(of: Draw, eligible: "Eligible") -> list[Decided]:
    full = quotas.is_full(of.pulse.pk, now=of.now)
    asked = clocks(of.plan.rest, of.pulse.survey_type, now=of.now, engine=of.engine)
    found = []
    for wave, rows in _by_wave(of, eligible):
        part = _rows(eligible, rows)
        frame = replace(part.frame, stopped=stopped_of(part.frame))
        seed = draw_seed(of.pulse.seed, of.code or wave.code)
        drawn = draw(frame, of.plan, seed, asked, now=utc_micros(of.now), zone=of.engine.zone)
        if full:
            drawn = _nobody(drawn)
        for row in drawn.invited.tolist():  # clocks for the waves that follow in this draw
            due = int(drawn.due_at[row])
            pairs = (
                (asked.person, int(frame.customer[row])),
                (asked.person_type, int(frame.customer[row])),
                (asked.account, int(frame.account[row])),
                (asked.account_type, int(frame.account[row])),
            )
            for clock, key in pairs:
                clock[key] = max(due, clock.get(key, due))  # type: ignore[index]  # dicts of ours
        found.append(Decided(wave=wave, eligible=part, drawn=drawn))
    return found


def _by_wave(of: Draw, eligible: "Eligible") -> Iterator[tuple[Wave, Ints]]:
    """The waves of the frame's rows, oldest first; a unit belongs to the wave in which it became eligible."""
    length, zone = of.plan.wave, of.engine.zone
    hours, member = np.unique(eligible.frame.eligible_at // HOUR, return_inverse=True)
    of_hour = [span_of(moment(hour * HOUR), length, zone).code for hour in hours.tolist()]
    of_row = np.array(of_hour, object)[member]
    for code in sorted(set(of_hour)):
        rows = np.flatnonzero(of_row == code)
        wave = open_wave(of.pulse, of.plan, moment(int(eligible.frame.eligible_at[rows[0]])), zone)
        if wave.closed_at is None:
            yield wave, rows


def open_wave(pulse: Pulse, plan: Plan, at: datetime, zone: Any) -> Wave:
    """The wave that a moment belongs to, made when it is the first to need it."""
    span = span_of(at, plan.wave, zone)
    return Wave.objects.get_or_create(
        pulse=pulse, code=span.code, defaults={"starts_at": span.starts_at, "ends_at": span.ends_at}
    )[0]


def _rows(eligible: "Eligible", rows: Any) -> "Eligible":
    from viaggio.store.frames import at_rows

    return replace(
        eligible,
        frame=at_rows(eligible.frame, rows),
        identifier=eligible.identifier[rows],
        name=eligible.name[rows],
        account_id=eligible.account_id[rows],
    )


def stopped_of(frame: Frame) -> Mapping[str, Outcome]:
    """The addresses of a frame that must not be written to."""
    kinds = dict(Suppression.objects.values_list("digest", "kind").iterator(chunk_size=5000))
    if not kinds:
        return {}
    addresses = {*frame.email.tolist(), *frame.phone.tolist()} - {""}
    found = {}
    for address in addresses:
        kind = kinds.get(digest_of(address))
        if kind is not None:
            found[address] = Outcome.BOUNCED if kind == "bounced" else Outcome.REFUSED
    return found


def _nobody(drawn: Drawn) -> Drawn:
    """As many as the quota wants have answered: nobody more is asked."""
    outcome, reason = drawn.outcome.copy(), drawn.reason.copy()
    outcome[drawn.invited], reason[drawn.invited] = str(Outcome.NOT_SAMPLED), str(Reason.QUOTA_FULL)
    return replace(drawn, outcome=outcome, reason=reason)


# --- record and land ------------------------------------------------------------------------------


def _record(of: Draw, ws: "Workspace", decided: Sequence[Decided]) -> Drawing | None:
    import pyarrow as pa

    pulse = of.pulse
    number = (Drawing.objects.filter(pulse=pulse).aggregate(Max("number"))["number__max"] or 0) + 1
    made = [invitation for part in decided for invitation in invitations(of, part)]
    path = _path(ws, pulse, number)
    write_table(path, pa.concat_tables([coverage_table(of, part) for part in decided]))
    drawing = Drawing(
        pulse=pulse, number=number, code=of.code, at=of.now, counts=_counts(decided), sha256=_sha256(path)
    )
    with transaction.atomic():
        if not Pulse.objects.select_for_update().filter(pk=pulse.pk, state="running").exists():
            return None  # it was paused while the frame was read
        drawing.save(force_insert=True)
        Invitation.objects.bulk_create(made, batch_size=500)
        start_clocks(((one.customer, one.account or 0, one.due_at) for one in made), pulse.survey_type)
        Pulse.objects.filter(pk=pulse.pk).update(looked_at=of.now)
        Wave.objects.filter(pk__in=[part.wave.pk for part in decided]).update(drawn_at=of.now)
    landed(pulse, ws)
    drawing.refresh_from_db()
    return drawing


def landed(pulse: Pulse, ws: "Workspace") -> None:
    """Bring what is decided and not landed yet into the landing. Raises `BadWorkspace` when it is gone.

    A file that was landed and then removed, before the records were told, is found in the landing.
    """
    for drawing in Drawing.objects.filter(pulse=pulse, item=None).order_by("number"):
        path = _path(ws, pulse, drawing.number)
        label = f"{pulse.slug} {drawing.number}"
        if path.exists() and _sha256(path) == drawing.sha256:
            item: int | None = land_files(ws, {"coverage.parquet": path}, label, now=drawing.at).seq
        else:
            item = _found(ws, drawing.sha256, label)
        if item is None:
            raise BadWorkspace("a draw's decisions are gone", place=str(path), hint="Restore the backup.")
        Drawing.objects.filter(pk=drawing.pk).update(item=item)
        path.unlink(missing_ok=True)
        fold_soon()


def _found(ws: "Workspace", digest: str, label: str) -> int | None:
    """The item with this file; by its label where a customer was erased from it."""
    from viaggio.store.landing import items

    for item in items(ws):
        erased_from = item.kept and item.recipe == RECIPE and item.label == label
        if erased_from or any(payload.sha256 == digest for payload in item.payloads):
            return item.seq
    return None


def _path(ws: "Workspace", pulse: Pulse, number: int) -> Path:
    return fielding_folder(ws) / f"draw-{pulse.pk:06d}-{number:08d}.parquet"


def _sha256(path: Path) -> str:
    from viaggio.store.hashing import file_sha256

    return file_sha256(path)


def _counts(decided: Sequence[Decided]) -> dict[str, Any]:
    """Units by wave, outcome and reason."""
    found: dict[str, dict[str, dict[str, int]]] = {}
    for part in decided:
        outcomes = found.setdefault(part.wave.code, {})
        pairs = zip(part.drawn.outcome.tolist(), part.drawn.reason.tolist(), strict=True)
        for outcome, reason in pairs:
            reasons = outcomes.setdefault(str(outcome), defaultdict(int))
            reasons[str(reason)] += 1
    return found
