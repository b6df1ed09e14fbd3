"""What was answered, and the submissions that were acknowledged."""

from typing import Any, ClassVar

from django.db import models

from viaggio.web.pulse.models.invitation import Invitation
from viaggio.web.pulse.models.programme import Pulse, Wave
from viaggio.web.pulse.models.questionnaire import QuestionnaireVersion


class Response(models.Model):
    """One person's answers to one request or one visit to an open link.

    `provisional` answers came by a link's prefill alone and count only once the person acted.
    """

    STATES: ClassVar = ["provisional", "partial", "complete"]

    id = models.CharField(primary_key=True, max_length=32)
    pulse = models.ForeignKey(Pulse, on_delete=models.PROTECT, related_name="responses")
    wave = models.ForeignKey(Wave, null=True, on_delete=models.PROTECT, related_name="responses")
    invitation = models.OneToOneField(
        Invitation, null=True, on_delete=models.PROTECT, related_name="response"
    )  # None on open links
    version = models.ForeignKey(QuestionnaireVersion, on_delete=models.PROTECT)
    state = models.CharField(max_length=12, choices=[(s, s) for s in STATES], db_index=True)
    language = models.CharField(max_length=5)
    asked_by = models.CharField(max_length=12)  # email, sms, whatsapp, link, qr, kiosk, widget, import
    touchpoint = models.CharField(max_length=80, blank=True)
    phase = models.CharField(max_length=12, blank=True)
    channel = models.CharField(max_length=20, blank=True)
    shown: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)  # piping context
    answers: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        default=dict
    )  # item -> value
    flags: models.JSONField[list[str], list[str]] = models.JSONField(default=list)  # scanner, too_fast ...
    started_at = models.DateTimeField()
    changed_at = models.DateTimeField(db_index=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    change = models.PositiveIntegerField(default=1)  # grows with every submission
    settled = models.PositiveIntegerField(default=0)  # the change that the facts know
    landed: models.JSONField[list[str], list[str]] = models.JSONField(default=list)  # rows that facts know
    told = models.BooleanField(default=False)  # `response.completed` was queued

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(
                fields=["id"], name="response_unsettled", condition=models.Q(settled__lt=models.F("change"))
            ),
            models.Index(fields=["pulse", "wave", "state"]),
        ]

    def __str__(self) -> str:
        return self.id


class Submission(models.Model):
    """A form that was sent and acknowledged; the same one sent again changes nothing."""

    id = models.CharField(primary_key=True, max_length=32)  # made with the form
    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="submissions")
    at = models.DateTimeField()
    page = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return self.id
