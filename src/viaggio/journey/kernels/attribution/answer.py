"""From sums to the answer: credits of each model, Markov chains solved exactly, intervals.

Intervals are delete-a-group jackknife ones (Kott 2001, "The delete-a-group jackknife", Journal of Official
Statistics 17): customers fall into groups by a hash, every share is computed again without each group in
turn, and the spread of these gives the standard error, with Student's t of groups - 1 degrees of freedom.
That costs no second pass, keeps a customer's conversions together, and does not depend on the buckets.

Money is a sum, not a share: without one of g groups it is short of that group's part, and stands for
g / (g - 1) times as much (the weights of Kott's replicates). Its interval tells how far the sum would go with
other customers like these; that the customers are as many as they happen to be is part of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viaggio.journey.chain import AbsorbingChain
from viaggio.journey.kernels.attribution.model import NO_TOUCH, Attribution, Credit, Model, Removal
from viaggio.journey.kernels.attribution.sums import (
    CONVERSION,
    CONVERSIONS,
    CONVERTED,
    CONVERTERS,
    LAST,
    LOST,
    UNTOUCHED,
    VALUE,
    Sums,
)
from viaggio.journey.rows import rank

Floats = npt.NDArray[np.float64]

FEWEST = 10
"""Customers who convert, below which there is no interval."""

_MOST_STATES = 400  # of a chain of order 2, beyond which it is not solved again for each group


@dataclass(frozen=True, slots=True, eq=False)
class _Estimate:
    """What one set of sums says: credits by model and place (place n: no touch), removal effects by place."""

    conversions: Floats
    value: Floats
    effects: Floats
    value_effects: Floats

    def shares(self) -> Floats:
        """Shares of all conversions; all of 0 conversions are 0."""
        whole = self.conversions.sum(axis=1, keepdims=True)
        shares: Floats = self.conversions / np.where(whole == 0, 1, whole)
        return shares


def answer(
    sums: Sums,
    known: tuple[str | None, ...],
    by: str,
    *,
    models: tuple[Model, ...],
    level: float | None,
    per_unit: float,
    customers: bool = True,
) -> Attribution:
    """The answer from sums by group. `known`: names by place; `per_unit`: value units in one of value.

    Without `customers` (a table of paths), and without a `level`, there are no intervals.
    """
    total = Sums(*(array.sum(axis=0) for array in sums))
    totals = [int(entry) for entry in total.totals]
    found = _estimate(total, per_unit)
    wanted = customers and level is not None and totals[CONVERTERS] >= FEWEST
    again = list(_without_each(sums, per_unit)) if wanted else []
    shares = found.shares()
    bounds = _bounds(shares, [part.shares() for part in again], level or 0.0)
    up = len(again) / max(len(again) - 1, 1)
    money = _bounds(found.value, [up * part.value for part in again], level or 0.0, most=np.inf)
    effect_bounds = _bounds(found.effects, [part.effects for part in again], level or 0.0)
    lost_money = _bounds(found.value_effects, [part.value_effects for part in again], level or 0.0)
    moves = total.moves.sum(axis=0)
    met = [place for place in range(len(known)) if moves[place]]
    rows = sorted(met, key=lambda place: rank(known[place])) + [len(known)] * (totals[UNTOUCHED] > 0)
    paths = totals[CONVERTED] + totals[LOST]
    return Attribution(
        by,
        totals[CONVERSIONS],
        totals[VALUE] / per_unit,
        totals[CONVERTERS] if customers else None,
        totals[UNTOUCHED],
        totals[LOST],
        totals[CONVERTED] / paths if paths else None,
        level if again else None,
        tuple(
            Credit(
                str(model),
                (*known, NO_TOUCH)[place],
                float(found.conversions[m, place]),
                float(found.value[m, place]),
                float(shares[m, place]),
                *_pair(bounds, m, place),
                *_pair(money, m, place),
            )
            for m, model in enumerate(Model)
            if model in models
            for place in sorted(rows, key=lambda place: -found.conversions[m, place])
        ),
        tuple(
            Removal(
                known[place],
                float(found.effects[place]),
                float(found.value_effects[place]),
                *_pair(effect_bounds, place),
                *_pair(lost_money, place),
            )
            for place in sorted(met, key=lambda place: (-found.effects[place], rank(known[place])))
        ),
    )


def _without_each(sums: Sums, per_unit: float) -> Iterator[_Estimate]:
    """Estimates without each group in turn."""
    total = Sums(*(array.sum(axis=0) for array in sums))
    groups = len(sums.totals)
    if groups < 2 or _states(total) > _MOST_STATES:
        return
    for group in range(groups):
        yield _estimate(Sums(*(a - part[group] for a, part in zip(total, sums, strict=True))), per_unit)


def _bounds(
    whole: Floats, parts: list[Floats], level: float, *, most: float = 1.0
) -> tuple[Floats, Floats] | None:
    """The interval around each share (or sum), inside [0, `most`]."""
    if not parts:
        return None
    from scipy.special import stdtrit

    groups = len(parts)
    again = np.stack(parts)
    variance = (groups - 1) / groups * ((again - again.mean(axis=0)) ** 2).sum(axis=0)
    margin = float(stdtrit(groups - 1, (1 + level) / 2)) * np.sqrt(variance)
    return np.clip(whole - margin, 0, most), np.clip(whole + margin, 0, most)


def _pair(bounds: tuple[Floats, Floats] | None, *at: int) -> tuple[float | None, float | None]:
    return (None, None) if bounds is None else (float(bounds[0][at]), float(bounds[1][at]))


def _estimate(total: Sums, per_unit: float) -> _Estimate:
    """Credits of all models from sums over all groups."""
    n = total.moves.shape[0] - 1
    conversions = [np.asarray(total.credits / CONVERSION, np.float64)]
    value = [np.asarray(total.values / per_unit, np.float64)]
    untouched = int(total.totals[UNTOUCHED])
    untouched_value = float(total.values[LAST, n] / per_unit)
    touched = (
        int(total.totals[CONVERSIONS]) - untouched,
        int(total.totals[VALUE]) / per_unit - untouched_value,
    )
    effects = _effects(total)
    for one, other in [effects, *([_pair_effects(total)] if len(total.pair_moves) else [])]:
        conversions.append(np.append(touched[0] * _normed(one), untouched)[None])
        value.append(np.append(touched[1] * _normed(other), untouched_value)[None])
    return _Estimate(np.concatenate(conversions), np.concatenate(value), *effects)


def _normed(effects: Floats) -> Floats:
    whole = effects.sum()
    return effects / whole if whole else effects


def _worth(values: Floats, converted: Floats) -> Floats:
    """What a conversion is worth on average by the state before it, and losing: a column each."""
    mean = np.asarray(values, np.float64) / np.where(converted == 0, 1, converted)
    return np.column_stack([mean, np.zeros_like(mean)])


def chain_of(moves: npt.NDArray[np.int64]) -> AbsorbingChain:
    """The chain of order 1 from `Sums.moves` of all groups; its last passing state is the start."""
    n = moves.shape[0] - 1
    return AbsorbingChain.of_counts(np.pad(moves[:, :n], ((0, 0), (0, 1))), moves[:, n:])


def _effects(total: Sums) -> tuple[Floats, Floats]:
    """Removal effects on conversions and on value, by place, of the chain of order 1."""
    n = total.moves.shape[0] - 1
    chain = chain_of(total.moves)
    worth = _worth(np.append(total.values[LAST, :n], 0), total.moves[:, n])
    one = chain.removal_effects(n, np.array([1.0, 0.0]))[:n]
    other = chain.removal_effects(n, worth)[:n]
    return np.nan_to_num(one), np.nan_to_num(other)


def _visited(total: Sums) -> npt.NDArray[np.intp]:
    """Numbers (place before * n + place) of the pairs that occur."""
    return (
        np.flatnonzero(total.pair_moves.sum(axis=2).ravel())
        if len(total.pair_moves)
        else np.empty(0, np.intp)
    )


def _states(total: Sums) -> int:
    return len(_visited(total))


def _pair_effects(total: Sums) -> tuple[Floats, Floats]:
    """The same of the chain of order 2: its states are pairs of places; without a place none of its pairs."""
    n = total.moves.shape[0] - 1
    visited = _visited(total)
    number = np.full((n + 1) * n, -1)
    number[visited] = np.arange(len(visited))
    size = len(visited) + 1  # the last one is the start
    stay, end = np.zeros((size, size)), np.zeros((size, 2))
    first = number[n * n : n * n + n]
    stay[-1, first[first >= 0]] = total.moves[n, :n][first >= 0]
    here = visited % n
    moves = total.pair_moves.reshape(-1, n + 2)[visited]
    for state, place in enumerate(here):
        targets = np.flatnonzero(moves[state, :n])
        stay[state, number[place * n + targets]] = moves[state, targets]
        end[state] = moves[state, n:]
    chain = AbsorbingChain.of_counts(stay, end)
    worth = _worth(np.append(total.pair_values.ravel()[visited], 0), end[:, 0])
    effects = [
        [chain.removal_effect(size - 1, reward, np.flatnonzero(here == place)) for place in range(n)]
        for reward in (np.array([1.0, 0.0]), worth)
    ]
    return np.nan_to_num(np.array(effects[0])), np.nan_to_num(np.array(effects[1]))
