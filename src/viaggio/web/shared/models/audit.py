"""The audit chain: one row per write and per look at a person, each sealed over the row before it."""

import hashlib
import json
from typing import ClassVar

from django.db import models

START = "0" * 64


class AuditEntry(models.Model):
    """One thing that somebody did. Triggers in the database refuse to change or remove it."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    actor = models.CharField(max_length=254, db_index=True)  # e-mail, "token <name> of <e-mail>" or "system"
    action = models.CharField(max_length=80, db_index=True)
    subject = models.CharField(max_length=200, db_index=True)
    details = models.JSONField(default=dict)
    address = models.CharField(max_length=45, blank=True)
    previous = models.CharField(max_length=64, unique=True)  # unique: the chain can not fork
    digest = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["-seq"]

    def __str__(self) -> str:
        return f"{self.seq} {self.action} {self.subject}"

    def canonical(self) -> str:
        """The row as JSON with sorted keys, the time in UTC microseconds: what the digest seals."""
        return json.dumps(
            {
                "seq": self.seq,
                "at": self.at.isoformat(timespec="microseconds"),
                "actor": self.actor,
                "action": self.action,
                "subject": self.subject,
                "details": self.details,
                "address": self.address,
            },
            sort_keys=True,
            ensure_ascii=False,
            separators=(",", ":"),
        )

    def sealed(self) -> str:
        """SHA-256 of the previous row's digest followed by this row, as hex."""
        return hashlib.sha256((self.previous + self.canonical()).encode()).hexdigest()


class AuditHead(models.Model):
    """The end of the chain, one row: writers queue on it, and a cut-off tail shows."""

    seq = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, default=START)

    def __str__(self) -> str:
        return f"audit head at {self.seq}"
