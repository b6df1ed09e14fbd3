"""What has to be done about pay as days go by: periods begin, flags end, detectors look once a week."""

from datetime import datetime, timedelta

from django.utils import timezone

from viaggio.web.incentive.models import PlanVersion
from viaggio.web.incentive.services import flags, plans
from viaggio.web.incentive.services.gathering import parts_of
from viaggio.web.shared.models import AuditEntry

WEEK = timedelta(days=7)
AFTERWARDS = timedelta(days=21)
"""So long after a part's last day its answers are still looked at."""


def keep_up(now: datetime) -> int:
    """Do what is due; safe to do twice. Returns how many versions began and flags ended."""
    begun = plans.begin(now)
    ended = flags.expire(now)
    for version in PlanVersion.objects.filter(state="active").select_related("plan"):
        _look(version, now)
    return len(begun) + len(ended)


def _look(version: PlanVersion, now: datetime) -> None:
    """Let the detectors look at the parts under way, unless they did within a week."""
    subject, today = f"{version.plan.code}@{version.number}", timezone.localdate(now)
    looked = AuditEntry.objects.filter(action="incentive.flags.looked", subject=subject, at__gt=now - WEEK)
    if looked.exists():
        return
    for part in parts_of(version):
        if part.first <= today <= part.last + AFTERWARDS:
            flags.look(version, part.part, now=now)
