"""Anonymous answers: boxes that keep what was said and who is through, and nothing that joins the two."""

from typing import Any, ClassVar

from django.db import models

from viaggio.web.pulse.models.programme import Wave
from viaggio.web.pulse.models.questionnaire import QuestionnaireVersion


class AnonymousBox(models.Model):
    """A box of a wave. Both lists are kept sorted by content, and the whole row is written at once.

    `spent` holds keyed digests of the links that were used; the key is no part of the database and the
    digests are thrown away when the wave closes. No time, no order, no address, no language of the mail.
    """

    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="boxes")
    version = models.ForeignKey(QuestionnaireVersion, on_delete=models.PROTECT)
    number = models.PositiveSmallIntegerField()
    answers: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(default=list)
    spent: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    settled = models.PositiveIntegerField(default=0)  # answers that the facts know, once the wave is closed

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["wave", "version", "number"], name="one_box_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.wave_id} {self.number}"
