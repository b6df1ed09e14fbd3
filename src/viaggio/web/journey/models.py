"""Records of the explorer: designed journeys of the company, and addresses under a name."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class JourneyDesign(models.Model):
    """A journey as it should be. `moves`: a CSV with the columns from, to, touchpoints."""

    name = models.CharField(max_length=80, unique=True)
    moves = models.TextField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class SavedView(models.Model):
    """A person's name for an address of the explorer: the page and its query."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=80)
    address = models.CharField(max_length=4000)
    made_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "name"], name="one_view_a_name")]

    def __str__(self) -> str:
        return self.name
