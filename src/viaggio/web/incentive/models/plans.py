"""Plans and their versions, what was simulated, who knows of it."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from viaggio.web.incentive.models.staff import Employee


class IncentivePlan(models.Model):
    """A plan by its code; what it says is in its versions."""

    code = models.CharField(max_length=40, unique=True)
    name: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)  # by language
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.code


class PlanVersion(models.Model):
    """One version of a plan. From `submitted` on, triggers in the database keep its text as it is."""

    STATES: ClassVar = ["draft", "simulated", "submitted", "approved", "published", "active", "closed"]

    plan = models.ForeignKey(IncentivePlan, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    source = models.TextField()  # YAML, TOML or JSON as it was written
    document: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        default=dict
    )  # read from it
    sha256 = models.CharField(max_length=64)  # of the canonical JSON of the document
    state = models.CharField(max_length=10, choices=[(s, s) for s in STATES], default="draft")
    parts = models.PositiveSmallIntegerField(default=1)  # equal settlements within the period: 4 = quarters
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="plans_written"
    )
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="plans_approved",
    )  # never the author
    second_approver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="plans_seconded",
    )  # when the approver is paid by the plan
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    changes = models.TextField(blank=True)  # what is new in it, in the author's words

    class Meta:
        ordering: ClassVar = ["plan", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "number"], name="one_plan_version_a_number"),
            models.CheckConstraint(
                condition=models.Q(approver__isnull=True) | ~models.Q(approver=models.F("author")),
                name="author_never_approves",
            ),
            models.CheckConstraint(
                condition=models.Q(second_approver__isnull=True)
                | (
                    ~models.Q(second_approver=models.F("author"))
                    & ~models.Q(second_approver=models.F("approver"))
                ),
                name="second_approver_is_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} version {self.number}"

    @property
    def currency(self) -> str:
        """The currency of its amounts; a plan that names none is in euro."""
        return str(self.document.get("currency") or "EUR")


class Acknowledgement(models.Model):
    """Goals were handed to a person, and the person said so."""

    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="acknowledgements")
    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="acknowledgements")
    delivered_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "employee"], name="goals_handed_once")
        ]

    def __str__(self) -> str:
        return f"{self.version_id} to {self.employee_id}"


class ManualKpi(models.Model):
    """A KPI that no data of ours gives: entered by one person, confirmed by another, with a note."""

    name = models.CharField(max_length=80)  # as gates and pools call it
    first = models.DateField()
    last = models.DateField()
    value = models.CharField(max_length=40)  # exact, as text
    note = models.TextField()
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="kpis_entered"
    )
    entered_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="kpis_confirmed",
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)  # replaced by a newer row

    class Meta:
        ordering: ClassVar = ["-entered_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(confirmed_by__isnull=True)
                | ~models.Q(confirmed_by=models.F("entered_by")),
                name="kpi_needs_two_people",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.first} to {self.last}"
