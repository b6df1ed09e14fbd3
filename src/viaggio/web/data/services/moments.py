"""Times of the store in the company's own time."""

from datetime import UTC, date, datetime
from typing import overload

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


@overload
def moment_of(micros: int) -> datetime: ...
@overload
def moment_of(micros: None) -> None: ...
@overload
def moment_of(micros: int | None) -> datetime | None: ...
def moment_of(micros: int | None) -> datetime | None:
    """A time in UTC microseconds as a date and time; None stays None."""
    return None if micros is None else datetime.fromtimestamp(micros / 1_000_000, UTC)


def days_since(micros: int | None, today: date) -> int | None:
    """Local days from that time to `today`; 0 for times to come."""
    when = moment_of(micros)
    return None if when is None else max(0, (today - timezone.localtime(when).date()).days)


def ago(days: int | None) -> str:
    """Days in words; empty when unknown."""
    if days is None:
        return ""
    if days == 0:
        return _("today")
    if days == 1:
        return _("yesterday")
    return ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": f"{days}"}
