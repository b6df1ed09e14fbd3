"""Saving a plan's text so that nothing is lost: whoever saves says which text was shown."""

import hashlib
from datetime import datetime

from django.db import transaction

from viaggio.kernel import ViaggioError
from viaggio.web.incentive.models import PlanVersion
from viaggio.web.incentive.services import plans
from viaggio.web.shared.models import User


class ChangedMeanwhile(ViaggioError):
    """Somebody else saved other words after the text was shown; `theirs` is what stands there now."""

    code = "plan.changed_meanwhile"

    def __init__(self, theirs: str) -> None:
        super().__init__("somebody changed this plan meanwhile", hint="Compare the two, then save again.")
        self.theirs = theirs


def seal(source: str) -> str:
    """What tells one text from another; 64 hexadecimal digits. Line ends do not matter."""
    return hashlib.sha256(plain(source).encode()).hexdigest()


def plain(source: str) -> str:
    """The text with the line ends of Unix: browsers send others."""
    return source.replace("\r\n", "\n").replace("\r", "\n")


@transaction.atomic
def save(
    version: PlanVersion, source: str, *, seen: str, by: User, now: datetime, parts: int, changes: str
) -> PlanVersion:
    """Save other words for a draft.

    Raises `ChangedMeanwhile` when what stands there is not what `seen` seals, `NotThatState`, `BadPlan`.
    """
    current = PlanVersion.objects.select_for_update().get(pk=version.pk)
    if seal(current.source) != seen:
        raise ChangedMeanwhile(current.source)
    return plans.edit(current, plain(source), by=by, now=now, parts=parts, changes=changes)
