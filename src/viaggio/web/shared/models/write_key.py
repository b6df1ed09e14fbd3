"""Write keys: what a site or an app shows when it sends live events. They open nothing else."""

from typing import ClassVar

from django.db import models


class WriteKey(models.Model):
    """A key under which messages of one source come in; only its hash is kept."""

    source = models.CharField(max_length=40, db_index=True)  # the name of its rows in the facts
    prefix = models.CharField(max_length=12, unique=True)  # shown in lists
    digest = models.CharField(max_length=64, unique=True)  # SHA-256 of the whole key
    note = models.CharField(max_length=120, blank=True)
    made_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)  # within a minute
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["source", "id"]

    def __str__(self) -> str:
        return f"{self.source} ({self.prefix})"
