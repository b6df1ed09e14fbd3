"""What somebody asked to be simulated, how far it is, and what came out."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from viaggio.web.incentive.models.plans import PlanVersion


class Simulation(models.Model):
    """One question "what if": a version on frozen inputs, perhaps beside another version.

    The worker writes how far it is; a person may cancel, and the worker stops at its next look.
    """

    STATES: ClassVar = ["waiting", "running", "done", "cancelled", "failed"]

    version = models.ForeignKey(PlanVersion, on_delete=models.CASCADE, related_name="simulations")
    against = models.ForeignKey(
        PlanVersion, null=True, blank=True, on_delete=models.CASCADE, related_name="compared"
    )
    version_sha256 = models.CharField(max_length=64)  # of the document that was simulated
    part = models.PositiveSmallIntegerField(default=1)
    wish: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        default=dict
    )  # draws, seed, shocks, scenarios of KPIs
    state = models.CharField(max_length=10, choices=[(s, s) for s in STATES], default="waiting")
    done = models.PositiveIntegerField(default=0)  # draws
    total = models.PositiveIntegerField(default=0)
    result: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    failure = models.CharField(max_length=200, blank=True)  # a code
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-asked_at", "-id"]

    def __str__(self) -> str:
        return f"simulation {self.pk} of {self.version_id}"
