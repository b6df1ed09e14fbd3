"""The guarded switch: without it no measure of a single person exists."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class PersonSwitch(models.Model):
    """An agreement with the unions and an impact assessment that allow measures of persons; two approve."""

    agreement = models.CharField(max_length=120)  # of the agreement or authorisation
    assessment = models.CharField(max_length=120)  # of the data-protection impact assessment
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="person_switches_asked"
    )
    asked_at = models.DateTimeField()
    first_approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="person_switches_first"
    )
    second_approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="person_switches_second"
    )
    on_at = models.DateTimeField(null=True, blank=True)
    off_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-asked_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(on_at__isnull=True)
                | (
                    models.Q(first_approver__isnull=False)
                    & models.Q(second_approver__isnull=False)
                    & ~models.Q(first_approver=models.F("second_approver"))
                    & ~models.Q(first_approver=models.F("asked_by"))
                    & ~models.Q(second_approver=models.F("asked_by"))
                ),
                name="two_others_approve_measures_of_persons",
            )
        ]

    def __str__(self) -> str:
        return f"{self.agreement} {self.assessment}"
