"""Requests to answer, and when each person and account was last asked."""

from typing import ClassVar

from django.db import models

from viaggio.web.pulse.models.programme import Pulse, Wave
from viaggio.web.pulse.models.questionnaire import QuestionnaireVersion


class Invitation(models.Model):
    """One request to one customer about one thing. The link's secret is derived, never stored.

    In an anonymous pulse a row never learns what became of it: no times, no outcome after `invited`.
    """

    id = models.CharField(primary_key=True, max_length=32)
    pulse = models.ForeignKey(Pulse, on_delete=models.PROTECT, related_name="invitations")
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="invitations")
    version = models.ForeignKey(QuestionnaireVersion, on_delete=models.PROTECT)
    unit = models.CharField(max_length=12)  # interaction, order, ticket, customer
    about = models.CharField(max_length=120, blank=True)  # id of what it is about
    customer = models.BigIntegerField(db_index=True)
    account = models.BigIntegerField(null=True, blank=True, db_index=True)
    customer_number = models.CharField(max_length=120, blank=True)  # or another identifier, see `identifier`
    identifier = models.CharField(max_length=16, default="customer_number")
    account_name = models.CharField(max_length=120, blank=True)  # the account's identifier
    touchpoint = models.CharField(max_length=80, blank=True)
    phase = models.CharField(max_length=12, blank=True)
    channel = models.CharField(max_length=20, blank=True)  # of the experience
    stratum = models.CharField(max_length=80, blank=True)
    probability = models.FloatField()  # of being drawn
    asked_by = models.CharField(max_length=12)  # email, sms, whatsapp, link, qr, kiosk, widget
    address = models.CharField(max_length=254, blank=True)  # e-mail or phone; emptied by erasure
    language = models.CharField(max_length=5)
    shown: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)  # piping context
    outcome = models.CharField(max_length=12, default="invited", db_index=True)
    reason = models.CharField(max_length=40, blank=True)
    eligible_at = models.DateTimeField()
    due_at = models.DateTimeField(db_index=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)  # complete, refused, bounced or expired
    expires_at = models.DateTimeField(db_index=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    change = models.PositiveIntegerField(default=1)  # grows with every change that the facts must learn
    settled = models.PositiveIntegerField(default=0)  # the change that the facts know

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["pulse", "wave", "customer", "unit", "about"], name="asked_once_about_a_thing"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["wave", "outcome"]),
            models.Index(
                fields=["id"], name="invitation_unsettled", condition=models.Q(settled__lt=models.F("change"))
            ),
        ]

    def __str__(self) -> str:
        return self.id


class LastAsked(models.Model):
    """When a person or account was last asked, by survey type: the clocks of the rest rules."""

    who = models.CharField(max_length=8, choices=[("person", "person"), ("account", "account")])
    key = models.BigIntegerField()
    survey_type = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["who", "key", "survey_type"], name="one_clock_a_survey_type")
        ]

    def __str__(self) -> str:
        return f"{self.who} {self.key} {self.survey_type} {self.at}"
