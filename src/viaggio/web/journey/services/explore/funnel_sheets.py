"""The tables of the funnel page: steps, segments, what those do who stop."""

from django.utils.translation import gettext as _

from viaggio.journey.kernels.funnel.results import Funnel, FunnelStep
from viaggio.web.journey.services.explore.funnel_asked import FunnelAsked
from viaggio.web.journey.services.explore.funnel_told import WHOLE, FunnelTold
from viaggio.web.journey.services.explore.sheet import (
    Cell,
    Sheet,
    share_cell,
    time_cell,
    time_ends,
    told_cell,
)
from viaggio.web.journey.services.explore.words import place_words, step_names
from viaggio.web.shared.desk import Desk
from viaggio.web.shared.names import dimension_name


def sheets_of(desk: Desk, asked: FunnelAsked, found: Funnel, told: FunnelTold) -> tuple[Sheet, ...]:
    """Steps, segments and what follows, as tables."""
    names = step_names(desk, asked.stages)
    sheets = [
        _steps_sheet(
            "steps", _("Steps"), [("", WHOLE, found.steps)], names=names, desk=desk, told=told, by=""
        )
    ]
    if found.by:
        groups = [(_segment(desk, found.by, g.segment), g.segment, g.steps) for g in found.segments]
        title = _("Steps by %(what)s") % {"what": dimension_name(found.by).lower()}
        sheets.append(_steps_sheet("segments", title, groups, names=names, desk=desk, told=told, by=found.by))
    sheets.append(_next_sheet(desk, found, names, told))
    return tuple(sheets)


def _segment(desk: Desk, by: str, value: str | None) -> str:
    return desk.filters.say(by, value or "")


def _steps_sheet(
    key: str, title: str, groups: "list[tuple[str, str | None, tuple[FunnelStep, ...]]]", *,
    names: list[str], desk: Desk, told: FunnelTold, by: str,
) -> Sheet:  # fmt: skip
    head = ((dimension_name(by), by),) if by else ()
    rows = [
        (
            *((Cell(group, group),) if by else ()),
            Cell(name, name), *_figures(step, told, code, desk.minimum),
        )
        for group, code, steps in groups
        for name, step in zip(names, steps, strict=True)
    ]  # fmt: skip
    return Sheet(
        key=key,
        title=title,
        columns=(
            *head, (_("Step"), "step"), (_("Customers"), "reached"), (_("Of the first step"), "of_all"),
            (_("Of the step before"), "of_before"), (_("Median time"), "median_seconds"),
            (_("Stopped here"), "stopped"),
        ),
        rows=rows,
        more=("of_all_low", "of_all_high", "of_before_low", "of_before_high",
              "median_low_seconds", "median_high_seconds"),
    )  # fmt: skip


def _figures(step: FunnelStep, told: FunnelTold, group: str | None, minimum: int) -> tuple[Cell, ...]:
    at = step.step
    shown, of_all, of_before = told.reached(at, group), told.of_all(at, group), told.of_before(at, group)
    all_ends = (step.of_all_low, step.of_all_high) if at > 1 and of_all else (None, None)
    before_ends = (step.of_before_low, step.of_before_high) if at > 1 and of_before else (None, None)
    return (
        told_cell(step.reached, minimum, told=shown),
        share_cell(step.of_all, *all_ends, hide=not of_all),
        share_cell(step.of_before, *before_ends, hide=not of_before),
        time_cell(step.since_start, hide=not shown or at == 1),
        told_cell(step.stopped, minimum, told=told.stopped(at, group)),
        *(Cell("", end) for end in (*all_ends, *before_ends)),
        *time_ends(step.since_start, hide=not shown or at == 1),
    )


def _next_sheet(desk: Desk, found: Funnel, names: list[str], told: FunnelTold) -> Sheet:
    rows = [
        (
            Cell(names[n.step - 1] if n.step else _("before the first step"), n.step),
            Cell(place_words(desk, n.target), n.target),
            told_cell(n.count, desk.minimum, told=told.next(n.step, n.target)),
        )
        for n in sorted(found.next, key=lambda n: (n.step, -n.count, n.target or ""))
        if 0 < n.step < len(names)
    ]  # fmt: skip
    return Sheet(
        key="next",
        title=_("Where those go who stop"),
        columns=((_("Last step"), "step"), (_("Next touchpoint"), "next"), (_("Customers"), "count")),
        rows=rows,
    )
