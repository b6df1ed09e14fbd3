"""A customer's moments as sentences: one entry each, grouped by day, newest first."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from viaggio.customer.model import Moment
from viaggio.web.customer.names import MOMENTS, name_of
from viaggio.web.customer.services.lists import at_of
from viaggio.web.customer.services.telling import Catalogue, Entry, entry, phase_of
from viaggio.web.shared import formats
from viaggio.web.shared.names import code_name, touchpoint_name

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The entries of one local day."""

    name: str
    iso: str
    entries: tuple[Entry, ...]


def days(moments: Sequence[Moment], catalogue: Catalogue) -> list[Day]:
    """Entries by local day, in the order of the moments."""
    grouped: dict[date, list[Entry]] = {}
    for moment in _together(moments):
        local = timezone.localtime(at_of(moment.at))
        grouped.setdefault(local.date(), []).append(entry(moment, local, catalogue))
    return [
        Day(name=formats.day(day), iso=day.isoformat(), entries=tuple(entries))
        for day, entries in grouped.items()
    ]


def _together(moments: Sequence[Moment]) -> list[Moment]:
    """What belongs together as one moment.

    Answers of one response with its items in `given`, a visit with its interactions in `steps`; a cost
    that an interaction tells too is left out.
    """
    told = {(m.at, m.touchpoint) for m in moments if m.what == "interactions" and m.detail.get("cost_cents")}
    visits = {(m.source, m.id) for m in moments if m.what == "visits"}
    parts: dict[tuple[str, str, str], list[Moment]] = {}
    kept: list[Moment] = []
    for moment in moments:
        episode, response = str(moment.detail.get("episode")), str(moment.detail.get("response", moment.id))
        if moment.what == "costs" and (moment.at, moment.touchpoint) in told:
            continue
        if moment.what == "interactions" and (moment.source, episode) in visits:
            parts.setdefault(("visits", moment.source, episode), []).append(moment)
            continue
        if moment.what == "answers":
            items = parts.setdefault(("answers", moment.source, response), [])
            items.append(moment)
            if len(items) > 1:
                continue
        kept.append(moment)
    return [_with_parts(moment, parts) for moment in kept]


def _with_parts(moment: Moment, parts: Mapping[tuple[str, str, str], Sequence[Moment]]) -> Moment:
    if moment.what == "answers":
        items = parts["answers", moment.source, str(moment.detail.get("response", moment.id))]
        return replace(moment, detail={**moment.detail, "given": tuple(item.detail for item in items)})
    steps = parts.get((moment.what, moment.source, moment.id))
    return replace(moment, detail={**moment.detail, "steps": tuple(reversed(steps))}) if steps else moment


def story_cells(
    moments: Sequence[Moment], catalogue: Catalogue
) -> tuple[list[str], list[tuple[object, ...]]]:
    """Columns and rows of a time line as a file: what each source said, uncut."""
    columns = [
        _("When"),
        _("Kind"),
        _("Touchpoint"),
        _("Phase"),
        _("Channel"),
        _("Source"),
        _("Id"),
        _("Details"),
    ]
    rows: list[tuple[object, ...]] = [
        (
            timezone.localtime(at_of(m.at)),
            name_of(MOMENTS, m.what),
            touchpoint_name(m.touchpoint, catalogue) if m.touchpoint else "",
            phase_of(m),
            code_name("channel", m.channel) if m.channel else "",
            m.source,
            m.id,
            json.dumps(dict(m.detail), ensure_ascii=False, default=str),
        )
        for m in moments
    ]
    return columns, rows
