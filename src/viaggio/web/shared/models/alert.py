"""Alerts that were raised, and who wants which by mail."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models


class Alert(models.Model):
    """Something that a test found to be real. The same `key` is raised once, ever."""

    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=40)
    data: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()  # as in the webhook
    raised_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-raised_at", "-id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class AlertSubscription(models.Model):
    """A person wants the alerts of a kind by mail."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="alerts_wanted")
    kind = models.CharField(max_length=40)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "kind"], name="one_subscription_a_kind")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"
