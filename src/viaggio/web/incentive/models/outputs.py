"""What goes to pay-roll, and what people choose before it does."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from viaggio.web.incentive.models.runs import Run
from viaggio.web.incentive.models.staff import Employee


class WelfareElection(models.Model):
    """What part of an award a person takes as welfare instead of cash; without a row it is cash."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="elections")
    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="elections")
    cents = models.BigIntegerField()
    elected_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "employee"], name="one_election_a_run")
        ]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.cents} of {self.run_id}"


class PayrollExport(models.Model):
    """A file that was handed to pay-roll. Made again it is the same, byte by byte."""

    pay_period = models.CharField(max_length=20)
    run = models.ForeignKey(Run, null=True, blank=True, on_delete=models.PROTECT, related_name="exports")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT)
    made_at = models.DateTimeField()
    rows = models.PositiveIntegerField()
    total_cents = models.BigIntegerField()
    until_seq = models.BigIntegerField()  # the ledger up to here
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["-made_at", "-id"]

    def __str__(self) -> str:
        return f"{self.pay_period} {self.rows} rows"
