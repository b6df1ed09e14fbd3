"""Recommendation scores of given customers: what each answered in a span, and the score of any group."""

from dataclasses import dataclass

import numpy as np

from viaggio.estimate import ratio
from viaggio.kernel import Estimate
from viaggio.pulse.index import KINDS, Answers, Whole

PROMOTER, DETRACTOR = 9, 6


@dataclass(frozen=True, slots=True, eq=False)
class CustomerScores:
    """Customers who answered (ascending), how often, and the sum of +100, 0 and -100 of their answers."""

    customers: Whole
    answers: Whole
    points: Whole

    def of(self, customers: Whole) -> Estimate:
        """NPS in points, -100 to 100, of the answers of these customers (unique keys); base: answers.

        Answers count once each; one customer's answers go together (linearisation over customers).
        """
        mine = np.isin(self.customers, customers, assume_unique=True)
        n, points = self.answers[mine], self.points[mine]
        squares = int((points * points).sum()), int((n * n).sum()), int((n * points).sum())
        return ratio(len(n), (int(points.sum()), int(n.sum())), squares, n=int(n.sum()))


def scores_by_customer(answers: Answers, micros: tuple[int, int]) -> CustomerScores:
    """The answers to "would you recommend" of known customers in [from, to), UTC microseconds."""
    c = answers.columns
    chosen = (c["kind"] == KINDS.index("nps")) & (c["customer"] != 0)
    chosen &= (c["time"] >= micros[0]) & (c["time"] < micros[1])
    value = c["value"][chosen]
    points = 100 * ((value >= PROMOTER).astype(np.int64) - (value <= DETRACTOR).astype(np.int64))
    customers, at = np.unique(c["customer"][chosen], return_inverse=True)
    count, total = np.zeros((2, len(customers)), np.int64)
    np.add.at(count, at, 1)
    np.add.at(total, at, points)
    return CustomerScores(customers.astype(np.int64), count, total)
