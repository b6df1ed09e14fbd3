"""What a screen of scores tests together, asked once and remembered until the facts change."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from viaggio.kernel import Period, Reading
from viaggio.store.memory import Memory
from viaggio.web.shared.desk import Desk
from viaggio.web.shared.names import PILLARS

if TYPE_CHECKING:
    from viaggio.store.changes import Change

HEADLINE = ("nps", "csat_top", "ces", "cx_index")
PILLAR_SCORES = tuple(f"pillar_{pillar}" for pillar in PILLARS)
SCORES = (*HEADLINE, "csat_mean", "review_score", *PILLAR_SCORES)
"""Every figure that answers give, in the order of pages."""

SCREEN = (*HEADLINE, *PILLAR_SCORES)
CUTS: tuple[tuple[str, ...], ...] = ((), ("phase",), ("touchpoint",))
"""What is tested together on the scores page and on the page of changes: the same screen, one verdict."""

_memory = Memory(512)


def remembered(desk: Desk, question: tuple[Any, ...], ask: Callable[[], Any]) -> Any:
    """The answer to a question about the desk's facts, asked once until they change."""
    return _memory.recall((desk.workspace.root, desk.engine.version, *question), ask)


def judged(
    desk: Desk, metrics: Sequence[str] = SCREEN, cuts: Sequence[tuple[str, ...]] = CUTS
) -> tuple["Change", ...]:
    """Every figure of the screen against the period it is compared with, judged together.

    Empty without a comparison.
    """
    now, before = desk.filters.period, desk.filters.compare
    if before is None:
        return ()
    from viaggio.store.changes import Screen, changes

    screen = Screen(
        metrics=tuple(metrics), cuts=tuple(cuts), population=desk.filters.population, weights=desk.weights,
        minimum_cell=desk.minimum or None,
    )  # fmt: skip
    found: tuple[Change, ...] = remembered(
        desk, (screen, now, before), lambda: tuple(changes(desk.engine, screen, now, before))
    )
    return found


def of_group(found: Sequence["Change"], metric: str, by: tuple[tuple[str, str], ...] = ()) -> "Change | None":
    """The change of one figure of one group, where it was tested."""
    return next((change for change in found if change.metric == metric and change.by == by), None)


def reading_in(desk: Desk, metric: str, period: Period) -> Reading:
    """One figure under the desk's filters and weights."""
    return desk.totals([metric], [period])[metric][period]
