"""Named periods, counted back from the last day that the data hold, in whole months."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from viaggio.kernel import Period

NAMED: Mapping[str, Promise] = {
    "12m": _("Last 12 months"),
    "3m": _("Last 3 months"),
    "month": _("Last month"),
    "quarter": _("Last quarter"),
    "now": _("Month in progress"),
    "all": _("All data"),
}
NEARLY = 3  # days: data that stop so close to a month's end cover the month


def _first_of_next(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _back(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


def months_end(first: date, last: date) -> date:
    """The first day after the last whole month of data; after the only month, if there is no whole one."""
    after = _first_of_next(last)
    if (after - last).days <= NEARLY:
        return after
    start = last.replace(day=1)
    return start if start > first else after


def named_span(name: str, first: date | None, last: date | None) -> Period | None:
    """The period that a name of `NAMED` means for data from `first` to `last`; None where it means nothing.

    Whole months make fair comparisons; the month in progress has its own name.
    """
    if first is None or last is None or first.year < 2:
        return None
    end = months_end(first, last)
    if name == "all":
        return Period(first, last + timedelta(days=1))
    if name == "now":
        return Period(end, last + timedelta(days=1)) if last >= end else None
    if name == "quarter":
        end = date(end.year, 3 * ((end.month - 1) // 3) + 1, 1)
        return Period(_back(end, 3), end)
    return Period(_back(end, {"12m": 12, "3m": 3, "month": 1}[name]), end)
