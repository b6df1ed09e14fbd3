"""Questionnaires and their versions; a published version never changes."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models


class Questionnaire(models.Model):
    """A questionnaire as people speak of it; what is asked stands in its versions."""

    slug = models.SlugField(unique=True, max_length=80)
    title: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)  # by language
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["slug"]

    def __str__(self) -> str:
        return self.slug


class QuestionnaireVersion(models.Model):
    """One wording. A draft may be edited; publishing freezes it (the database refuses changes afterwards)."""

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    definition: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()  # pulse.questionnaire
    digest = models.CharField(max_length=64)  # of the canonical definition
    edited_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)

    class Meta:
        ordering: ClassVar = ["questionnaire", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["questionnaire", "number"], name="one_version_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.questionnaire_id} v{self.number}"
