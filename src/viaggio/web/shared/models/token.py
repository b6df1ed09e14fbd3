"""API tokens: what a program shows instead of a password."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models


class ApiToken(models.Model):
    """A secret of one person for one program, with the rights it may use. Only its hash is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True)  # shown in lists, finds the row
    digest = models.CharField(max_length=64)  # SHA-256 of the whole token
    scopes = models.JSONField(default=list)  # values of `Right`
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix})"

    def works(self, now: datetime) -> bool:
        """Whether the token opens anything at `now`."""
        return self.revoked_at is None and now < self.expires_at and self.user.is_active
