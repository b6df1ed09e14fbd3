"""What leaves the house: mails, messages and webhook calls, each in a durable queue until it is delivered."""

from typing import Any, ClassVar

from django.db import models


class Outgoing(models.Model):
    """One mail, gateway message or webhook call. The same `key` is queued once, ever."""

    KINDS: ClassVar = ["mail", "gateway", "webhook"]
    STATES: ClassVar = ["waiting", "sending", "sent", "failed", "bounced", "withdrawn"]

    key = models.CharField(max_length=160, unique=True)  # invitation:<id>:0, webhook:<endpoint>:<event>
    kind = models.CharField(max_length=8, choices=[(k, k) for k in KINDS])
    to = models.CharField(max_length=254)  # address, phone, or URL
    payload: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()  # emptied some days after
    state = models.CharField(max_length=10, choices=[(s, s) for s in STATES], default="waiting")
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(db_index=True)
    worker = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)  # given up afterwards; counts from the first try
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=300, blank=True)  # what the other side said last

    class Meta:
        ordering: ClassVar = ["due_at", "id"]
        indexes: ClassVar = [models.Index(fields=["state", "due_at"])]

    def __str__(self) -> str:
        return f"{self.key} {self.state}"


class WebhookEndpoint(models.Model):
    """An address that wants to hear of events, by the Standard Webhooks convention."""

    url = models.URLField(max_length=500)
    secret = models.CharField(max_length=80)  # whsec_...
    previous_secret = models.CharField(max_length=80, blank=True)  # also signs while a secret is rotated
    events: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    note = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.url


class Suppression(models.Model):
    """An address that must not be written to any more: one list for all pulses and channels."""

    digest = models.CharField(max_length=64, unique=True)  # SHA-256 of the normalised address
    kind = models.CharField(max_length=12)  # unsubscribed, bounced, complained, by_hand
    at = models.DateTimeField()
    origin = models.CharField(max_length=160, blank=True)  # the invitation or person it came from

    def __str__(self) -> str:
        return f"{self.kind} {self.digest[:8]}"


class PostRate(models.Model):
    """The token bucket of a channel: how much may be sent right now."""

    channel = models.CharField(max_length=12, primary_key=True)  # mail, sms, whatsapp, webhook
    tokens = models.FloatField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.channel} {self.tokens:g}"
