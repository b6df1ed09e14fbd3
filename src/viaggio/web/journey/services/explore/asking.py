"""Questions of the explorer, put to the index once until the facts change."""

from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from viaggio.journey.filter import Condition, all_of
from viaggio.journey.kinds import BadKind, InteractionKind, check_kinds
from viaggio.kernel import Period, UnknownDimension, ViaggioError
from viaggio.store.journeys import ask, where_of
from viaggio.web.journey.services.explore.calculations import Calculation, Calculations, Stopped, Watched
from viaggio.web.journey.services.flows import cannot_words, desk_journeys
from viaggio.web.shared.desk import Desk

THREADS = 2
WALKS: Mapping[str, int] = {"retention": 2, "return_curve": 2, "drop_off": 2, "leaving": 2}
"""How often a question goes over all journeys, where it is more than once."""

calculations = Calculations(256, monotonic)


class CannotAnswer(Exception):
    """There is no answer; the text says why, in the reader's language."""


def answer(desk: Desk, question: str, **params: Any) -> Any:
    """The answer of `viaggio.journey` under the desk's filters and the person's scope, remembered.

    The parameters are told apart by their `repr`. Raises `CannotAnswer` with the reason, and `UnderWay`
    where it takes longer than a page waits.
    """
    filters = desk.filters

    def compute(journeys: Watched) -> Any:
        return ask(
            desk.engine, question, filters.period, filters.population, condition=filters.condition,
            over=journeys, threads=THREADS, **params,
        )  # fmt: skip

    asked = (question, tuple(sorted(params.items())))
    return computed(desk, asked, compute, walks=WALKS.get(question, 1))


def computed(desk: Desk, question: object, compute: Callable[[Watched], Any], *, walks: int = 1) -> Any:
    """Anything that is computed of the journeys under the desk's filters, as `answer` gives it."""
    filters = desk.filters
    key = (
        str(desk.workspace.root), desk.engine.version, question, str(filters.period),
        filters.population.key(), filters.condition,
    )  # fmt: skip

    def carry_out(calculation: Calculation) -> Any:
        return compute(Watched(desk_journeys(desk), calculation))

    try:
        return calculations.ask(
            key, carry_out, person=desk.person, patience=settings.PATIENCE_SECONDS, walks=walks
        )
    except Stopped as error:
        raise CannotAnswer(_("The calculation was stopped: ask again.")) from error
    except UnknownDimension as error:
        raise CannotAnswer(cannot_words(error)) from error
    except ViaggioError as error:
        raise CannotAnswer(_("This cannot be counted as it is asked: change the question.")) from error


def where_at(desk: Desk, *besides: Condition, period: Period | None = None) -> Any:
    """The index's filter for the desk's selection and conditions besides, in the desk's period or another."""
    filters = desk.filters
    condition = all_of([filters.condition, *besides])
    return where_of(desk.engine, period or filters.period, filters.population, condition)


def known_kinds(desk: Desk, kinds: Sequence[InteractionKind]) -> None:
    """Raise `CannotAnswer` where a kind names what does not occur in the journeys."""
    codes = desk_journeys(desk).codes
    for kind in kinds:
        try:
            check_kinds([kind], codes)
        except BadKind as error:
            sentence = _("“%(what)s” does not occur in the journeys: choose from the list.")
            raise CannotAnswer(sentence % {"what": kind.label}) from error
