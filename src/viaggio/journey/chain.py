"""Absorbing Markov chains: where journeys end that move on by chance, and what a place contributes to it.

Kemeny and Snell, "Finite Markov Chains" (1960), chapter III. All answers are linear algebra, none simulated.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]
Counts = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class AbsorbingChain:
    """Chances to go from each passing state to each passing state (`stay`) and to each final one (`end`).

    States are numbers, in the order of the rows. A passing state without any chance is left at once, to
    nowhere. From every other one a final state must be reached: else `numpy.linalg.LinAlgError` is raised.
    """

    stay: Matrix
    end: Matrix

    @classmethod
    def of_counts(cls, stay: Counts, end: Counts) -> "AbsorbingChain":
        """The chain whose chances are the shares of the moves counted from each passing state."""
        whole = stay.sum(axis=1, keepdims=True) + end.sum(axis=1, keepdims=True)
        known = np.where(whole == 0, 1, whole).astype(np.float64)
        return cls(stay / known, end / known)

    @cached_property
    def visits(self) -> Matrix:
        """Expected visits to each passing state (column) from each (row), the first one included."""
        return np.linalg.inv(np.eye(len(self.stay)) - self.stay)

    @property
    def ends(self) -> Matrix:
        """Chance to end in each final state (column) from each passing one (row)."""
        return self.visits @ self.end

    @property
    def steps(self) -> Matrix:
        """Expected steps until the end, from each passing state."""
        return self.visits.sum(axis=1)

    @property
    def steps_variance(self) -> Matrix:
        """Variance of the steps until the end, from each passing state."""
        steps = self.steps
        return (2 * self.visits - np.eye(len(steps))) @ steps - steps**2

    def cost(self, per_visit: Matrix) -> Matrix:
        """Expected cost until the end, from each passing state, of so much per visit."""
        return self.visits @ per_visit

    def after(self, steps: int) -> Matrix:
        """Chances after so many steps; passing states first, then final ones, which are not left."""
        n, finals = self.end.shape
        whole = np.block([[self.stay, self.end], [np.zeros((finals, n)), np.eye(finals)]])
        return np.linalg.matrix_power(whole, steps)

    def removal_effects(self, start: int, reward: Matrix) -> Matrix:
        """Share of what is expected from `start` that is lost if all who come to a state leave there instead.

        One effect per passing state, 0 to 1; NaN where nothing is expected. `reward`: what each final state
        is worth, or, as a matrix like `end`, each way into it. The expectation without state c is
        e(start) - P(c is reached) e(c), and P(c is reached) = visits(start, c) / visits(c, c). (Anderl,
        Becker, Wangenheim, Schumann 2016, "Mapping the customer journey", the removal effect.)
        """
        expected = self.visits @ (self.end * reward).sum(axis=1)
        reached = self.visits[start] / np.diag(self.visits)
        with np.errstate(invalid="ignore", divide="ignore"):
            effects: Matrix = reached * expected / expected[start]
        return effects

    def removal_effect(self, start: int, reward: Matrix, states: npt.NDArray[np.intp]) -> float:
        """The same for several states at once: nobody passes through any of them.

        The formula is that of one state with blocks for numbers: visits(start, C) visits(C, C)^-1 e(C).
        """
        expected = self.visits @ (self.end * reward).sum(axis=1)
        if not expected[start]:
            return float("nan")
        inner = self.visits[np.ix_(states, states)]
        lost = self.visits[start, states] @ np.linalg.solve(inner, expected[states])
        return float(lost / expected[start])


def steady_state(chances: Matrix) -> Matrix:
    """Long-run shares of the states of a chain without final ones, whose states all reach each other."""
    n = len(chances)
    equations = np.vstack([chances.T - np.eye(n), np.ones(n)])
    shares: Matrix = np.linalg.lstsq(equations, np.append(np.zeros(n), 1.0), rcond=None)[0]
    return shares
