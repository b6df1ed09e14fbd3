"""Waves are weighted by themselves: once a day while answers come, and for good once the wave is closed.

Weights are computed from the facts, and landed like any other rows: a rebuild gives them again.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q

from viaggio.kernel import utc_micros
from viaggio.web.pulse.models import Wave
from viaggio.web.pulse.services.ledger_files import SYSTEM
from viaggio.web.pulse.services.settling import waiting
from viaggio.web.shared.folding import fold_soon

if TYPE_CHECKING:
    from viaggio.store.workspace import Workspace

AGAIN_AFTER = timedelta(days=1)


def weigh_due(ws: "Workspace", *, now: datetime) -> int:
    """Weigh the waves whose time has come; returns how many. Under the fielding lock.

    Waits until what was answered and decided is among the facts. Anonymous waves have no weights: nobody
    knows who of those asked has answered.
    """
    from viaggio.store.engine import engine
    from viaggio.store.landing import items
    from viaggio.store.weighting import land_weights, weigh

    due = [wave for wave in _candidates(now) if _is_due(wave, now)]
    if not due or waiting(now):
        return 0
    facts = engine(ws)
    landed = items(ws)
    if landed and facts.manifest.last < landed[-1].seq:
        return 0  # the fold is on its way
    weighed = weigh(facts, [(wave.pulse.slug, wave.code) for wave in due])
    land_weights(facts, weighed, made_at=utc_micros(now), by=SYSTEM)
    for wave in due:
        state = "final" if wave.closed_at else "running"
        counts = wave.counts | {"weighed": state, "weighed_at": now.isoformat()}
        Wave.objects.filter(pk=wave.pk).update(counts=counts)
    if weighed:
        fold_soon()
    return len(weighed)


def _candidates(now: datetime) -> list[Wave]:
    lately = Q(closed_at=None) | Q(closed_at__gte=now - timedelta(days=60))
    found = Wave.objects.filter(lately, pulse__anonymous=False).select_related("pulse")
    return [wave for wave in found if wave.pulse.kind != "open"]


def _is_due(wave: Wave, now: datetime) -> bool:
    if wave.counts.get("weighed") == "final":
        return False
    if wave.closed_at is not None:
        return True
    last = wave.counts.get("weighed_at")
    return last is None or now - datetime.fromisoformat(last) >= AGAIN_AFTER
