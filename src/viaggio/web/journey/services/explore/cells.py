"""The customers behind one cell: a credit of attribution, the returns of a cohort, a path."""

from dataclasses import replace
from typing import TYPE_CHECKING

from django.http import QueryDict
from django.utils.translation import gettext as _

from viaggio.journey.kernels.attribution.model import NO_TOUCH, AttributionRules, Model
from viaggio.journey.kernels.behind.lost import LostKernel
from viaggio.journey.kernels.behind.returned import ReturnedKernel
from viaggio.journey.kernels.behind.takers import Stretch, TakersKernel
from viaggio.journey.kernels.behind.touched import TouchedKernel
from viaggio.journey.kernels.paths import ARROW
from viaggio.journey.kinds import ANY
from viaggio.journey.progress import known_until
from viaggio.journey.run import run
from viaggio.web.journey.services.explore.asking import THREADS, computed, known_kinds, where_at
from viaggio.web.journey.services.explore.attribution import MODELS, AttributionAsked, credited_words
from viaggio.web.journey.services.explore.cell_links import CREDIT, LOST, PART, PATH, RETURN, places_of
from viaggio.web.journey.services.explore.leaving import LeavingAsked
from viaggio.web.journey.services.explore.paths import LONGEST_PART, PathsAsked
from viaggio.web.journey.services.explore.retention import RetentionAsked, cohort_words
from viaggio.web.journey.services.explore.words import place_words, read_kind
from viaggio.web.shared.desk import Desk

if TYPE_CHECKING:
    from viaggio.journey.index import Journeys, Whole
    from viaggio.journey.where import Where

type CellKernel = TouchedKernel | ReturnedKernel | TakersKernel
type Behind = tuple[str, Whole]
"""What a cell counts, in words, and the keys of those it counts."""

_DAY = 86_400_000_000


def asked_cell(desk: Desk, query: QueryDict) -> Behind | None:
    """The customers of the cell that an address names; None where it names none.

    Raises `CannotAnswer`, and `UnderWay` where it takes longer than a page waits.
    """
    match query.get("cell", ""):
        case cell if cell == CREDIT:
            return _credit(desk, query)
        case cell if cell == RETURN:
            return _return(desk, query)
        case cell if cell in {PATH, PART}:
            return _path(desk, query, part=cell == PART)
        case cell if cell == LOST:
            return _lost(desk, query)
    return None


def _lost(desk: Desk, query: QueryDict) -> Behind:
    asked, place = LeavingAsked.of(query), query.get("place", "")
    where, within = where_at(desk), int(asked.days) * _DAY

    def compute(journeys: "Journeys") -> "Whole":
        kernel = LostKernel(place or None, known_until(journeys, where), within, asked.by)  # type: ignore[arg-type]  # one of its choices
        return run(journeys, kernel, where=where, threads=THREADS)

    said = _("Customers who after “%(place)s” do not come back within %(n)s days.")
    words = {"place": place_words(desk, place or None, asked.by), "n": asked.days}
    return said % words, computed(desk, ("lost", place, within, asked.by), compute, walks=2)


def _credit(desk: Desk, query: QueryDict) -> Behind | None:
    asked, model, place = AttributionAsked.of(query), query.get("model", ""), query.get("place", "")
    if model not in MODELS:
        return None
    kind = read_kind(asked.goal)
    known_kinds(desk, [kind] if kind else [])
    rules = AttributionRules(lookback_micros=int(asked.back) * _DAY)
    where = where_at(desk)
    since = None
    if where.period_micros is not None:  # what lies before a period may earn credit in it
        since, until = where.period_micros
        where = replace(where, period_micros=(since - rules.lookback_micros, until))
    kernel = TouchedKernel(
        place or None, Model(model), kind, asked.by, rules, since_micros=since  # type: ignore[arg-type]  # one of its choices
    )  # fmt: skip
    words = {"place": credited_words(desk, asked.by, place or None), "model": MODELS[model]}
    if place == NO_TOUCH:
        return _("Customers with a conversion that nothing came before."), _who(desk, kernel, where)
    said = _("Customers with a conversion that owes something to “%(place)s” by the model “%(model)s”.")
    return said % words, _who(desk, kernel, where)


def _return(desk: Desk, query: QueryDict) -> Behind | None:
    asked, cohort, age = RetentionAsked.of(query), query.get("cohort", ""), query.get("age", "")
    if not cohort or (age and not (age.isascii() and age.isdigit() and len(age) < 5)):
        return None
    kinds = [read_kind(asked.first) or ANY, read_kind(asked.back) or ANY]
    known_kinds(desk, kinds)
    where = where_at(desk)
    kernel = ReturnedKernel(
        cohort, int(age) if age else None, asked.unit, where.zone.key, *kinds  # type: ignore[arg-type]  # one of its choices
    )  # fmt: skip
    words = {"cohort": cohort_words(asked.unit, cohort), "n": age}
    said = (
        _("Customers first seen in %(cohort)s who are back in period +%(n)s.")
        if age
        else _("Customers first seen in %(cohort)s.")
    )
    return said % words, _who(desk, kernel, where)


def _path(desk: Desk, query: QueryDict, *, part: bool) -> Behind | None:
    asked, places = PathsAsked.of(query), places_of(query.get("place", ""))
    if len(places) > (LONGEST_PART if part else int(asked.steps)):
        return None
    stretch: Stretch = "anywhere" if part else "last" if asked.end == "last" else "first"
    kernel = TakersKernel(
        places, stretch, int(asked.steps), asked.by, collapse=query.get("repeats", "") != "yes"  # type: ignore[arg-type]  # one of its choices
    )  # fmt: skip
    said = (
        _("Customers who do this, one step right after the other: %(path)s.")
        if part
        else _("Customers whose last steps are these: %(path)s.")
        if asked.end == "last"
        else _("Customers whose first steps are these: %(path)s.")
    )
    words = ARROW.join(place_words(desk, name, asked.by) for name in places)
    return said % {"path": words}, _who(desk, kernel, where_at(desk))


def _who(desk: Desk, kernel: CellKernel, where: "Where") -> "Whole":
    """The keys, remembered."""

    def compute(journeys: "Journeys") -> "Whole":
        return run(journeys, kernel, where=where, threads=THREADS)

    found: Whole = computed(desk, ("cell", kernel), compute)
    return found
