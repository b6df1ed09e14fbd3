"""Questions of the explorer, put to the index once until the facts change."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from viaggio.journey.kinds import BadKind, InteractionKind, check_kinds
from viaggio.kernel import UnknownDimension, ViaggioError
from viaggio.store.journeys import ask
from viaggio.store.memory import Memory
from viaggio.web.journey.services.flows import cannot_words, desk_journeys
from viaggio.web.shared.desk import Desk

THREADS = 2
_answers = Memory(256)


class CannotAnswer(Exception):
    """There is no answer; the text says why, in the reader's language."""


def answer(desk: Desk, question: str, **params: Any) -> Any:
    """The answer of `viaggio.journey` under the desk's filters and the person's scope, remembered.

    The parameters are hashable. Raises `CannotAnswer` with the reason.
    """
    filters = desk.filters
    key = (
        desk.workspace.root, desk.engine.version, question, filters.period, filters.population.key(),
        filters.condition, tuple(sorted(params.items())),
    )  # fmt: skip
    try:
        return _answers.recall(
            key,
            lambda: ask(
                desk.engine, question, filters.period, filters.population, condition=filters.condition,
                threads=THREADS, **params,
            ),
        )  # fmt: skip
    except UnknownDimension as error:
        raise CannotAnswer(cannot_words(error)) from error
    except ViaggioError as error:
        raise CannotAnswer(_("This cannot be counted as it is asked: change the question.")) from error


def known_kinds(desk: Desk, kinds: Sequence[InteractionKind]) -> None:
    """Raise `CannotAnswer` where a kind names what does not occur in the journeys."""
    codes = desk_journeys(desk).codes
    for kind in kinds:
        try:
            check_kinds([kind], codes)
        except BadKind as error:
            sentence = _("“%(what)s” does not occur in the journeys: choose from the list.")
            raise CannotAnswer(sentence % {"what": kind.label}) from error
