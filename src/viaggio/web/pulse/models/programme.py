"""Pulses, the standing programmes, and their waves."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from viaggio.web.pulse.models.questionnaire import Questionnaire, QuestionnaireVersion

KIOSK_THANKS_SECONDS = 8
"""How long a kiosk says thank you before it starts again, where nothing else is set."""


class Pulse(models.Model):
    """A standing programme: whom it asks, what, when, over which channels; runs until somebody stops it."""

    KINDS: ClassVar = ["event", "periodic", "open"]
    STATES: ClassVar = ["draft", "running", "paused", "ended"]

    slug = models.SlugField(unique=True, max_length=80)
    name: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)  # by language
    kind = models.CharField(max_length=8, choices=[(k, k) for k in KINDS])
    survey_type = models.CharField(max_length=20, default="transaction")  # has its own clock of rest
    state = models.CharField(max_length=8, choices=[(s, s) for s in STATES], default="draft")
    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="pulses")
    version = models.ForeignKey(
        QuestionnaireVersion, null=True, on_delete=models.PROTECT, related_name="pulses"
    )  # asked from now on; None while it is a draft
    plan: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)  # pulse.fielding
    pages: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        default=dict
    )  # of respondents: origins, share, touchpoint (widget), kiosk_seconds
    anonymous = models.BooleanField(default=False)  # can not change once a wave was drawn
    seed = models.CharField(max_length=64)  # of the draw, with the wave's code
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    looked_at = models.DateTimeField(null=True, blank=True)  # events until then were considered
    asks_from = models.DateTimeField(null=True, blank=True)  # what became eligible before is not asked about

    class Meta:
        ordering: ClassVar = ["slug"]

    def __str__(self) -> str:
        return self.slug


class Wave(models.Model):
    """One fielding window of a pulse, such as 2026-11."""

    pulse = models.ForeignKey(Pulse, on_delete=models.PROTECT, related_name="waves")
    code = models.CharField(max_length=20)  # sortable
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    drawn_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    counts: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        default=dict
    )  # by outcome, reason

    class Meta:
        ordering: ClassVar = ["pulse", "-code"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["pulse", "code"], name="one_wave_a_code")]

    def __str__(self) -> str:
        return f"{self.pulse_id} {self.code}"


class Drawing(models.Model):
    """One draw of a pulse: what was decided about everybody in the frame, until the landing has it.

    The file with one row per unit lies in the workspace until `item` names the landed one.
    """

    pulse = models.ForeignKey(Pulse, on_delete=models.PROTECT, related_name="drawings")
    number = models.PositiveIntegerField()
    code = models.CharField(max_length=20, blank=True)  # of a periodic draw, such as 2026-W47
    at = models.DateTimeField()
    counts: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        default=dict
    )  # wave -> outcome -> reason -> units
    sha256 = models.CharField(max_length=64)  # of the file
    item = models.PositiveIntegerField(null=True, blank=True)  # number in the landing

    class Meta:
        ordering: ClassVar = ["pulse", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pulse", "number"], name="one_drawing_a_number"),
            models.UniqueConstraint(
                fields=["pulse", "code"], condition=~models.Q(code=""), name="one_drawing_a_code"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pulse_id} {self.number}"
