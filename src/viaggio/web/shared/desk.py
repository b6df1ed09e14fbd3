"""What a page reads with: the engine, its filters and the company's smallest cell."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

from django.http import HttpRequest

from viaggio.kernel import EVERYBODY, Period, Population, Reading
from viaggio.kernel.period import Step
from viaggio.measure.catalogue import CATALOGUE
from viaggio.web.shared.extent import Extent
from viaggio.web.shared.filters import Filters
from viaggio.web.shared.names.weighting import UNWEIGHTED, scheme_name
from viaggio.web.shared.permissions import may
from viaggio.web.shared.roles import Right
from viaggio.web.shared.workspace import current_engine, workspace

if TYPE_CHECKING:
    from viaggio.store.engine import Engine
    from viaggio.store.workspace import Workspace

type Group = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One request's way to figures. `minimum` is 0 for people who may see customers anyway.

    `weights` names the scheme by which answers count, `schemes` those there are to choose from, best first.
    `person`: the key of who asks.
    """

    engine: "Engine"
    workspace: "Workspace"
    filters: Filters
    minimum: int
    sees_customers: bool
    weights: str = UNWEIGHTED
    schemes: tuple[str, ...] = ()
    person: int = 0

    @classmethod
    def of(cls, request: HttpRequest, *, weighted: bool = False) -> Self:
        """The desk of the person who asks; `weighted`: by the best scheme unless the address says else."""
        engine, here = current_engine(), workspace()
        sees = may(request.user, Right.SEE_CUSTOMERS)
        filters = Filters.from_request(request, engine)
        asked = request.GET.get("weights", "").strip()
        schemes = schemes_of(engine) if asked or weighted else ()
        best = next(iter(schemes), UNWEIGHTED) if weighted else UNWEIGHTED
        weights = asked if asked in {UNWEIGHTED, *schemes} else best
        if weights != UNWEIGHTED or asked == UNWEIGHTED:  # links lead to the same figure on any page
            filters = replace(filters, chosen=MappingProxyType({**filters.chosen, "weights": weights}))
        return cls(
            engine=engine,
            workspace=here,
            filters=filters,
            minimum=0 if sees else here.settings.minimum_cell,
            sees_customers=sees,
            weights=weights,
            schemes=schemes,
            person=request.user.pk or 0,
        )

    def keeping(self, **said: str) -> Self:
        """This desk, whose links also carry what the page itself was asked for."""
        chosen = MappingProxyType({**self.filters.chosen, **said})
        return replace(self, filters=replace(self.filters, chosen=chosen))

    @property
    def weighting(self) -> str:
        """By which scheme answers count, in words; empty where each counts once."""
        return scheme_name(self.weights) if self.weights != UNWEIGHTED else ""

    @property
    def extent(self) -> Extent:
        """What the facts hold."""
        return self.filters.extent

    @property
    def periods(self) -> list[Period]:
        """The period, and the one it is compared with, if any."""
        return [p for p in (self.filters.period, self.filters.compare) if p is not None]

    def ask(
        self,
        slugs: Iterable[str],
        periods: Sequence[Period],
        *,
        by: tuple[str, ...] = (),
        population: Population | None = None,
    ) -> dict[str, dict[Period, list[Reading]]]:
        """Readings by metric and period: one of the total, or one for each group; all asked at once."""
        from viaggio.store.readings import read

        who = self.filters.population if population is None else population
        spans = tuple(dict.fromkeys(periods))
        found: dict[str, dict[Period, list[Reading]]] = {}
        for slug in dict.fromkeys(slugs):
            weights = self.weights if CATALOGUE[slug].figure else UNWEIGHTED
            readings = read(
                self.engine, slug, spans, who, by, minimum_cell=self.minimum or None, weights=weights
            )
            by_span: dict[Period, list[Reading]] = {span: [] for span in spans}
            for reading in readings:
                by_span[reading.period].append(reading)
            found[slug] = by_span
        return found

    def totals(self, slugs: Iterable[str], periods: Sequence[Period]) -> dict[str, dict[Period, Reading]]:
        """The total of each metric in each period."""
        asked = self.ask(slugs, periods)
        return {slug: {span: rs[0] for span, rs in by_span.items() if rs} for slug, by_span in asked.items()}

    def groups(
        self, slug: str, periods: Sequence[Period], by: tuple[str, ...]
    ) -> dict[Period, dict[tuple[str, ...], Reading]]:
        """One metric's readings by period and group values; empty where it lacks a dimension asked."""
        if not {*by, *self.filters.population.where} <= CATALOGUE[slug].dimensions:
            return {span: {} for span in periods}
        asked = self.ask([slug], periods, by=by)[slug]
        return {span: {tuple(v for _, v in r.by): r for r in rs} for span, rs in asked.items()}

    def available(self) -> frozenset[str]:
        """Metrics that have any value in the whole of the data."""
        if self.extent.first is None or self.extent.last is None:
            return frozenset()
        everything = Period.parse(f"{self.extent.first}..{self.extent.last}")
        asked = self.ask(CATALOGUE, [everything], population=EVERYBODY)
        return frozenset(slug for slug, found in asked.items() if any(r.has_value for r in found[everything]))


def schemes_of(engine: "Engine") -> tuple[str, ...]:
    """Schemes under which some answers count more than others, computed ones before the one answers bring."""
    key = (engine.workspace.root, engine.version)
    known = _schemes.get(key)
    if known is None:
        known = _telling(engine)
        _schemes.clear()  # only those of the newest facts are asked for again
        _schemes[key] = known
    return known


_schemes: dict[tuple[Path, str], tuple[str, ...]] = {}


def _telling(engine: "Engine") -> tuple[str, ...]:
    import numpy as np

    from viaggio.pulse.index import BASE
    from viaggio.store.readings import answers_of

    weights = answers_of(engine).weights
    telling = [
        name
        for name, weight in weights.items()
        if np.nanmin(weight, initial=np.inf) < np.nanmax(weight, initial=-np.inf)
    ]
    return tuple(sorted(telling, key=lambda name: (name == BASE, name)))


def first_of(slugs: Iterable[str], available: frozenset[str]) -> str | None:
    """The first metric that the data can give."""
    return next((slug for slug in slugs if slug in available), None)


def step_of(period: Period) -> Step:
    """Bins of a trend: few enough to read, many enough to see."""
    limits: tuple[tuple[int, Step], ...] = ((21, "day"), (100, "week"), (1150, "month"))
    return next((step for days, step in limits if period.days <= days), "quarter")


def bins_of(period: Period) -> list[Period]:
    """The period cut into the bins of its trend."""
    return period.bins(step_of(period))


def pairs(now: Sequence[Period], before: Sequence[Period]) -> Mapping[Period, Period]:
    """Bins of the period with the bin at the same place in the period before."""
    return dict(zip(now, before, strict=False))
