"""The tables of the funnel page: steps, segments, what those do who stop."""

from django.utils.translation import gettext as _

from viaggio.journey.kernels.funnel.results import Funnel, FunnelStep
from viaggio.web.journey.services.explore.funnel_asked import FunnelAsked
from viaggio.web.journey.services.explore.sheet import (
    Cell,
    Sheet,
    count_cell,
    hidden_cell,
    share_cell,
    time_cell,
)
from viaggio.web.journey.services.explore.words import place_words, step_names
from viaggio.web.shared import formats
from viaggio.web.shared.desk import Desk
from viaggio.web.shared.names import dimension_name


def is_hidden(step: FunnelStep, minimum: int) -> bool:
    """Whether so few got to a step that nothing is said of it."""
    return 0 < step.reached < minimum


def sheets_of(desk: Desk, asked: FunnelAsked, found: Funnel) -> tuple[Sheet, ...]:
    """Steps, segments and what follows, as tables."""
    names = step_names(desk, asked.stages)
    sheets = [_steps_sheet("steps", _("Steps"), [("", found.steps)], names, desk, by="")]
    if found.by:
        groups = [(_segment(desk, found.by, g.segment), g.steps) for g in found.segments]
        title = _("Steps by %(what)s") % {"what": dimension_name(found.by).lower()}
        sheets.append(_steps_sheet("segments", title, groups, names, desk, by=found.by))
    sheets.append(_next_sheet(desk, found, names))
    return tuple(sheets)


def _segment(desk: Desk, by: str, value: str | None) -> str:
    return desk.filters.say(by, value or "")


def _steps_sheet(
    key: str, title: str, groups: "list[tuple[str, tuple[FunnelStep, ...]]]", names: list[str], desk: Desk,
    *, by: str,
) -> Sheet:  # fmt: skip
    head = ((dimension_name(by), by),) if by else ()
    rows = [
        (
            *((Cell(group, group),) if by else ()),
            Cell(name, name), *_figures(step, desk.minimum),
        )
        for group, steps in groups
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
        more=("of_all_low", "of_all_high", "of_before_low", "of_before_high"),
    )  # fmt: skip


def _figures(step: FunnelStep, minimum: int) -> tuple[Cell, ...]:
    hide = is_hidden(step, minimum)
    ends = (
        (None,) * 4
        if step.step == 1  # all of themselves
        else (step.of_all_low, step.of_all_high, step.of_before_low, step.of_before_high)
    )
    return (
        hidden_cell(minimum) if hide else Cell(formats.number(step.reached), step.reached),
        share_cell(step.of_all, *ends[:2], hide=hide),
        share_cell(step.of_before, *ends[2:], hide=hide),
        time_cell(step.since_start.median_seconds, hide=hide),
        count_cell(step.stopped, minimum),
        *(Cell("", None if hide else end) for end in ends),
    )


def _next_sheet(desk: Desk, found: Funnel, names: list[str]) -> Sheet:
    rows = [
        (
            Cell(names[n.step - 1] if n.step else _("before the first step"), n.step),
            Cell(place_words(desk, n.target), n.target), count_cell(n.count, desk.minimum),
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
