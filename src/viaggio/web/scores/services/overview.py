"""The screen that is opened each morning: figures with verdicts, trend, pillars, changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.safestring import SafeString

from viaggio.estimate.monitor import RATE
from viaggio.kernel import Period
from viaggio.web.scores.services.figures import (
    Figure,
    Side,
    headline,
    period_trend,
    sides,
    sides_of,
    wave_trend,
)
from viaggio.web.scores.services.importance import company_weights, fallback_words, weights
from viaggio.web.scores.services.moves import Counts, Move, counts, moves
from viaggio.web.scores.services.pillars import Beside, importance_chart, pillar_heat, pillar_plot
from viaggio.web.scores.services.screen import CUTS, SCREEN, judged
from viaggio.web.shared.charts import Chart
from viaggio.web.shared.desk import Desk, schemes_of
from viaggio.web.shared.filters import Filters
from viaggio.web.shared.names.weighting import UNWEIGHTED, scheme_name, scheme_sentence
from viaggio.web.shared.trends import spans_of

if TYPE_CHECKING:
    from viaggio.measure.model import Cut
    from viaggio.store.engine import Engine
    from viaggio.store.workspace import Workspace

SHOWN_MOVES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """One way to weigh, and the address that shows it."""

    name: str
    href: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """All that the scores page shows."""

    figures: tuple[Figure, ...]
    schemes: tuple[Scheme, ...]
    weighting: str
    side_names: tuple[str, ...]
    sides: tuple[Side, ...]
    trend: Chart | None
    trend_href: str
    by_wave: bool
    pillars: SafeString | None
    equal_weights: str
    matrix: Chart | None
    heat: SafeString | None
    moves: tuple[Move, ...]
    counts: Counts | None


def overview(desk: Desk, *, by_wave: bool, targets: Mapping[str, float]) -> Overview:
    """Everything of the scores page, from one walk over the answers."""
    _look_ahead(desk, by_wave=by_wave)
    found = judged(desk)
    readings = desk.totals(SCREEN, [*desk.periods, *spans_of(desk)])
    weighed = weights(desk)
    told = company_weights(desk)
    names, compared = sides(desk, readings)
    waves = wave_trend(desk, "nps", width=680) if by_wave else None
    return Overview(
        figures=headline(desk, readings, found, targets),
        schemes=schemes(desk),
        weighting=scheme_sentence(desk.weights) if desk.schemes else "",
        side_names=names,
        sides=compared,
        trend=waves or period_trend(desk, "nps", readings["nps"], width=680),
        trend_href=desk.filters.query(trend=None if by_wave else "wave") or "?",
        by_wave=waves is not None,
        pillars=pillar_plot(desk, readings, Beside(changes=found, weights=weighed, targets=targets)),
        equal_weights=fallback_words(told.found.fallback) if told.found and told.found.fallback else "",
        matrix=importance_chart(desk, readings, weighed),
        heat=pillar_heat(desk),
        moves=tuple(moves(desk, found)[:SHOWN_MOVES]),
        counts=counts(found, RATE) if found else None,
    )


def _look_ahead(desk: Desk, *, by_wave: bool) -> None:
    """Have all that the page asks of the answers found at once: changes, trend, pillars, the other scheme."""
    from viaggio.store.changes import AGAINST
    from viaggio.store.readings import cut_of, foresee

    def cut(periods: Sequence[Period], by: tuple[str, ...] = (), weights: str = desk.weights) -> "Cut":
        return cut_of(
            desk.engine, periods, desk.filters.population, by,
            people=desk.minimum > 0, weights=weights,
        )  # fmt: skip

    against = AGAINST if desk.filters.compare else ()
    asked = [(cut(desk.periods, by), against) for by in CUTS]
    asked.append((cut(list(dict.fromkeys([*desk.periods, *spans_of(desk)]))), ()))
    asked += [
        (cut([desk.filters.period], weights=scheme), ())
        for scheme in sides_of(desk)
        if scheme != desk.weights
    ]
    if by_wave:
        asked.append((cut([desk.filters.period], ("wave",)), ()))
    foresee(desk.engine, asked)


def schemes(desk: Desk) -> tuple[Scheme, ...]:
    """The ways to weigh that there are to choose from; empty where there is only one."""
    if not desk.schemes:
        return ()
    return tuple(
        Scheme(
            name=scheme_name(scheme), href=desk.filters.query(weights=scheme), chosen=scheme == desk.weights
        )
        for scheme in (*desk.schemes, UNWEIGHTED)
    )


def warm_scores(engine: "Engine", here: "Workspace", filters: Filters, *, sees: bool) -> None:
    """Work out the scores page as it is first opened, so that whoever opens it need not wait."""
    offered = schemes_of(engine)
    overview(
        Desk(
            engine=engine, workspace=here, filters=filters, sees_customers=sees,
            minimum=0 if sees else here.settings.minimum_cell, schemes=offered,
            weights=next(iter(offered), UNWEIGHTED),
        ),
        by_wave=False, targets={},
    )  # fmt: skip
