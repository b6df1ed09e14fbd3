"""Work of shared incentives in the background."""

from django.tasks import task
from django.utils import timezone

from viaggio.web.incentive.services.upkeep import keep_up


@task()
def keep_pay_up() -> int:
    """Begin periods, end flags, let the detectors look; safe to run twice."""
    return keep_up(timezone.now())
