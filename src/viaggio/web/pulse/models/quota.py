"""Quotas: so many answers of a kind and no more, exact when many answer at once."""

from typing import Any, ClassVar

from django.db import models

from viaggio.web.pulse.models.programme import Pulse
from viaggio.web.pulse.models.response import Response


class Quota(models.Model):
    """A limit on responses of a pulse, for all or for those that fit `where`. Never a base of pay."""

    pulse = models.ForeignKey(Pulse, on_delete=models.CASCADE, related_name="quotas")
    name = models.CharField(max_length=80)
    where: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        default=dict
    )  # empty: everybody
    limit = models.PositiveIntegerField()
    taken = models.PositiveIntegerField(default=0)  # reserved and filled places; changed under the row's lock
    hold_minutes = models.PositiveIntegerField(default=60)  # a reserved place expires

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pulse", "name"], name="one_quota_a_name"),
            models.CheckConstraint(condition=models.Q(taken__lte=models.F("limit")), name="quota_never_over"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.taken} of {self.limit}"


class QuotaPlace(models.Model):
    """One respondent's place under a quota: reserved when they begin, filled when they end."""

    quota = models.ForeignKey(Quota, on_delete=models.CASCADE, related_name="places")
    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="places")
    until = models.DateTimeField(null=True, blank=True, db_index=True)  # None once filled

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["quota", "response"], name="one_place_a_response")
        ]

    def __str__(self) -> str:
        return f"{self.quota_id} {self.response_id}"
