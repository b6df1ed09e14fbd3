"""The recommendation score of any group of customers, of their answers in the desk's period."""

from functools import partial

from viaggio.journey.index import Whole
from viaggio.kernel import Estimate
from viaggio.pulse.by_customer import CustomerScores, scores_by_customer
from viaggio.store.memory import Memory
from viaggio.store.readings import answers_of
from viaggio.web.shared.desk import Desk

_known = Memory(8)


def scores(desk: Desk) -> CustomerScores:
    """What each customer answered in the desk's period, remembered until the facts change."""
    micros = desk.filters.period.micros(desk.workspace.zone)
    key = (desk.workspace.root, desk.engine.version, micros)
    found: CustomerScores = _known.recall(key, partial(_read, desk, micros))
    return found


def _read(desk: Desk, micros: tuple[int, int]) -> CustomerScores:
    return scores_by_customer(answers_of(desk.engine), micros)


def score_of(desk: Desk, customers: Whole) -> Estimate:
    """NPS of these customers in points, with its interval."""
    return scores(desk).of(customers)
