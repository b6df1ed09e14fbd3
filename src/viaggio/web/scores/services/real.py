"""The page of changes: every difference that was tested, and slow drifts that no single one shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from viaggio.estimate.drift import RUN_LENGTH
from viaggio.estimate.monitor import RATE
from viaggio.kernel import Period
from viaggio.web.scores.services.cross import DIMENSIONS
from viaggio.web.scores.services.figures import score_link
from viaggio.web.scores.services.moves import Counts, Move, counts, moves
from viaggio.web.scores.services.screen import CUTS, SCREEN, judged, remembered
from viaggio.web.scores.services.words import verdict_word
from viaggio.web.shared import formats
from viaggio.web.shared.desk import Desk
from viaggio.web.shared.names import dimension_name, metric_short

if TYPE_CHECKING:
    from viaggio.store.drifts import Watched

FIRST = 25  # lines that are seen at once, besides those that are more than chance
WATCHED_MONTHS = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class Slow:
    """One figure's drift. `alarms` names the months in which the chart passed its limit."""

    name: str
    href: str
    word: str
    code: str
    score: str
    limit: str
    alarms: str
    months: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RealPage:
    """All that the page of changes shows."""

    moves: tuple[Move, ...]
    rest: tuple[Move, ...]
    counts: Counts | None
    cuts: str
    choices: tuple[tuple[str, str, bool], ...]
    slow: tuple[Slow, ...]
    slow_every: str
    slow_from: str


def cuts_of(chosen: str) -> tuple[tuple[str, ...], ...]:
    """What is tested together: the scores page's screen, or the company and one other dimension."""
    return ((), (chosen,)) if chosen else CUTS


def real_page(desk: Desk, chosen: str) -> RealPage:
    """Every tested difference of the screen, and the drift of each figure of the whole company."""
    cuts = cuts_of(chosen)
    found = judged(desk, SCREEN, cuts)
    lines = moves(desk, found)
    seen = max(FIRST, sum(move.said.tone != "eq" for move in lines))
    months = months_of(desk)
    return RealPage(
        moves=tuple(lines[:seen]),
        rest=tuple(lines[seen:]),
        counts=counts(found, RATE) if found else None,
        cuts=", ".join(dimension_name(name).lower() for by in cuts for name in by),
        choices=tuple((d, dimension_name(d), d == chosen) for d in DIMENSIONS if d != "wave"),
        slow=tuple(_slow(desk, one, months) for one in watched(desk, months)),
        slow_every=formats.number(RUN_LENGTH),
        slow_from=formats.period_text(Period(months[0].start, months[-1].end)) if months else "",
    )


def months_of(desk: Desk) -> list[Period]:
    """The whole months of data up to the end of the page's period, at most three years."""
    first = desk.extent.first
    if first is None or first >= desk.filters.period.end:
        return []
    return Period(first, desk.filters.period.end).bins("month")[-WATCHED_MONTHS:]


def watched(desk: Desk, months: Sequence[Period]) -> list["Watched"]:
    """Every figure of the screen over the months."""
    if len(months) < 2:
        return []
    from viaggio.store.changes import Screen
    from viaggio.store.drifts import drifts

    screen = Screen(
        metrics=SCREEN, population=desk.filters.population, weights=desk.weights,
        minimum_cell=desk.minimum or None,
    )  # fmt: skip
    found: list[Watched] = remembered(
        desk, ("drifts", screen, tuple(months)), lambda: drifts(desk.engine, screen, months)
    )
    return found


def _slow(desk: Desk, one: "Watched", months: Sequence[Period]) -> Slow:
    found = one.drift
    code = str(found.verdict)
    words = {"improved": _("drifts upwards"), "worsened": _("drifts downwards")}
    return Slow(
        name=metric_short(one.metric),
        href=score_link(desk, one.metric, by="wave"),
        word=words.get(code) or (_("no drift") if code == "no_clear_change" else verdict_word(code)),
        code=code,
        score=formats.number(float(found.score[-1]), 2, signed=True)
        if len(found.score)
        else formats.NO_VALUE,
        limit=formats.number(found.limit, 2),
        alarms=", ".join(formats.period_text(months[place]) for place in found.alarms),
        months=len(found.waves),
    )
