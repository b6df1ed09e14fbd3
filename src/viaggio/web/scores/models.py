"""Records of the scores pages: who wants to hear of which figure, what was looked at, and targets."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models


class Watch(models.Model):
    """A person wants to be told when a figure really changes. `where` holds one code per dimension."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="watches")
    metric = models.CharField(max_length=40)
    where: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)
    by_mail = models.BooleanField(default=True)
    figure = models.CharField(max_length=64)  # digest of metric and where: the same figure of any person
    made_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["metric", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "figure"], name="one_watch_a_figure")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.metric} {self.where}"


class Look(models.Model):
    """All watched figures were tested together for one wave, once: looking again would raise the rate."""

    wave = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()
    found: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["-wave"]

    def __str__(self) -> str:
        return self.wave


class Target(models.Model):
    """What the company wants a score to be, on the score's own scale."""

    metric = models.CharField(max_length=40, unique=True)
    value = models.FloatField()
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)

    class Meta:
        ordering: ClassVar = ["metric"]

    def __str__(self) -> str:
        return f"{self.metric} {self.value:g}"
