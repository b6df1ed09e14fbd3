"""What stops money for a while: flags with their holds, and disputes; and who decided."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from viaggio.web.incentive.models.plans import PlanVersion
from viaggio.web.incentive.models.runs import Run
from viaggio.web.incentive.models.staff import Employee


class Flag(models.Model):
    """What a detector found in a cell. It changes no amount; it proposes a hold until somebody decides."""

    STATES: ClassVar = ["open", "held", "released", "forfeited", "expired"]

    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="flags")
    period = models.CharField(max_length=20)
    detector = models.CharField(max_length=30)
    unit = models.CharField(max_length=80, blank=True)  # the cell: a unit
    measure = models.CharField(max_length=80, blank=True)  # whose lines would be held; empty: all of the unit
    finding: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()  # statistic, p, values
    state = models.CharField(max_length=10, choices=[(s, s) for s in STATES], default="open")
    found_at = models.DateTimeField()
    due_at = models.DateTimeField()  # a decision must come before: 60 days at most
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="flags_decided",
    )  # never the head of the cell
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["-found_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["version", "period", "detector", "unit", "measure"], name="one_flag_a_finding"
            )
        ]

    def __str__(self) -> str:
        return f"{self.detector} {self.unit} {self.period}"


class Dispute(models.Model):
    """Somebody does not agree with a line of the own statement. One appeal may follow the decision."""

    STATES: ClassVar = ["open", "acknowledged", "upheld", "partly", "rejected", "closed"]
    REASONS: ClassVar = ["assignment", "working_time", "absence", "measure", "target", "calculation", "other"]

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="disputes")
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="disputes")
    line = models.CharField(max_length=120, blank=True)  # place in the tree; empty: the whole statement
    reason = models.CharField(max_length=20, choices=[(r, r) for r in REASONS])
    text = models.TextField()
    attachment = models.BinaryField(null=True, blank=True)
    attachment_name = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=12, choices=[(s, s) for s in STATES], default="open")
    opened_at = models.DateTimeField()
    acknowledge_by = models.DateField()  # five working days
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="disputes_reviewed",
    )  # neither who calculated nor who approved the run
    answer = models.TextField(blank=True)  # the written reason
    decided_at = models.DateTimeField(null=True, blank=True)
    correction = models.ForeignKey(
        Run, null=True, blank=True, on_delete=models.PROTECT, related_name="settles"
    )  # the run that set it right
    closed_at = models.DateTimeField(null=True, blank=True)
    appeals = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="appeal"
    )  # the dispute whose decision this one appeals against

    class Meta:
        ordering: ClassVar = ["-opened_at", "-id"]

    def __str__(self) -> str:
        return f"dispute {self.pk} of {self.run_id}"
