"""Runs: the frozen inputs, the outcome, the award of each person, the ledger."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from viaggio.web.incentive.models.plans import PlanVersion


class Snapshot(models.Model):
    """Every input of a run, frozen. Triggers refuse to change or remove it."""

    sha256 = models.CharField(max_length=64, primary_key=True)  # of the text, as the engine computes it
    text = models.TextField()  # canonical JSON of the inputs
    readings: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(
        default=list
    )  # one per cell: measure, unit, window, metric, where, period, value, base, facts version, page address
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.sha256[:12]


class Run(models.Model):
    """A plan version computed for one part of its period from one snapshot."""

    STATES: ClassVar = [
        "calculated", "verified", "approved", "published", "exported", "locked", "superseded",
    ]  # fmt: skip

    code = models.CharField(max_length=40, unique=True)  # CX-SHARED@1-2026Q1-1
    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="runs")
    part = models.PositiveSmallIntegerField(default=1)  # 1 to version.parts
    period = models.CharField(max_length=20)  # as the ledger writes it: 2026Q1, 2026
    first = models.DateField()
    last = models.DateField()
    number = models.PositiveSmallIntegerField(default=1)  # 2 and more correct the one before
    corrects = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrections"
    )
    cause = models.TextField(blank=True)  # why it was computed again
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="runs")
    engine = models.CharField(max_length=40)  # version of Viaggio
    outcome: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()  # without the awards
    sha256 = models.CharField(max_length=64)  # of the whole outcome
    state = models.CharField(max_length=10, choices=[(s, s) for s in STATES], default="calculated")
    steps: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(
        default=list
    )  # S0 to S14: code, state, at, what was counted
    calculated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="runs_calculated"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="runs_approved",
    )
    calculated_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)  # statements can be read from here on
    pay_date = models.DateField(null=True, blank=True)
    dispute_until = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-first", "-number", "code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(approved_by__isnull=True)
                | ~models.Q(approved_by=models.F("calculated_by")),
                name="a_run_needs_two_people",
            )
        ]

    def __str__(self) -> str:
        return self.code


class AwardLine(models.Model):
    """What a run gives one person, with the tree that explains it. Triggers refuse to change it."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="awards")
    person = models.CharField(max_length=40, db_index=True)  # the pseudonym
    unit = models.CharField(max_length=80)  # of the last stay
    status = models.CharField(max_length=30)
    cents = models.BigIntegerField()
    held_cents = models.BigIntegerField(default=0)
    tree: models.JSONField[dict[str, Any], dict[str, Any]] = (
        models.JSONField()
    )  # `award_data` of the run file

    class Meta:
        ordering: ClassVar = ["run", "person"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "person"], name="one_award_a_person")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.person}"


class LedgerEntry(models.Model):
    """One amount, sealed over the entry before it. Triggers in the database refuse to change or remove it."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    person = models.CharField(max_length=40, db_index=True)
    period = models.CharField(max_length=20)  # of origin
    pay_period = models.CharField(max_length=20)  # in which it is paid; not sealed
    plan_version = models.CharField(max_length=60)  # CX-SHARED@3
    kind = models.CharField(max_length=10)
    amount_cents = models.BigIntegerField()
    run = models.CharField(max_length=40, db_index=True)
    note = models.CharField(max_length=200, blank=True)  # a code, not sealed
    previous = models.CharField(max_length=64, unique=True)  # unique: the chain can not fork
    hash = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["seq"]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind} {self.person}"


class LedgerHead(models.Model):
    """The end of the chain, one row: writers queue on it, and a cut-off tail shows."""

    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)

    def __str__(self) -> str:
        return f"ledger head at {self.seq}"
