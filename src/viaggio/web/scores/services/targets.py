"""Targets of scores: what the company wants them to be."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from viaggio.measure.catalogue import metric
from viaggio.web.scores.models import Target
from viaggio.web.shared.audit import record
from viaggio.web.shared.models import User
from viaggio.web.shared.permissions import allow
from viaggio.web.shared.roles import Right


def targets() -> dict[str, float]:
    """Every target by metric, on the metric's own scale (shares from 0 to 1)."""
    return dict(Target.objects.values_list("metric", "value"))


def limits_of(slug: str) -> tuple[float, float]:
    """Between what a target of this score can lie."""
    declared = metric(slug)
    return declared.scale or ((0.0, 1.0) if declared.unit == "share" else (0.0, 10.0))


@transaction.atomic
def set_targets(wanted: Mapping[str, float | None], *, by: User, now: datetime) -> int:
    """Let these be the targets; None takes one away. Returns how many changed."""
    allow(by, Right.MANAGE_PULSES)
    before = targets()
    changed = {slug: value for slug, value in wanted.items() if value != before.get(slug)}
    for slug, value in changed.items():
        if value is None:
            Target.objects.filter(metric=slug).delete()
        else:
            Target.objects.update_or_create(
                metric=slug, defaults={"value": value, "set_at": now, "set_by": by}
            )
        record(by, "scores.target.set", slug, before=before.get(slug), after=value)
    return len(changed)
