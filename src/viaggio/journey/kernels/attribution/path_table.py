"""Attribution of ready paths: one row per different path, with how often it converted and how often not."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa

from viaggio.journey.index import Whole
from viaggio.journey.intake import BadColumn, arrow_of
from viaggio.journey.kernels.attribution.answer import answer
from viaggio.journey.kernels.attribution.model import Attribution, AttributionRules, Model
from viaggio.journey.kernels.attribution.sums import Sums, Touches, add_paths, no_sums
from viaggio.kernel import UnknownColumn

_MOST = 2**26  # conversions, counted in units of 2^-36
_ROOM = 2**60  # for the sum of all values in units


def attributed_paths(
    table: Any,
    *,
    path: str,
    conversions: str,
    nulls: str | None,
    value: str | None,
    separator: str,
    rules: AttributionRules,
    models: tuple[Model, ...],
) -> Attribution:
    """The attribution of a table of paths; see `viaggio.journey.attribute`."""
    sums, known, per_unit = summed_paths(
        table,
        path=path,
        conversions=conversions,
        nulls=nulls,
        value=value,
        separator=separator,
        rules=rules,
        models=models,
    )
    return answer(sums, known, path, models=models, level=None, per_unit=per_unit, customers=False)


def summed_paths(
    table: Any,
    *,
    path: str,
    conversions: str,
    nulls: str | None,
    value: str | None,
    separator: str,
    rules: AttributionRules,
    models: tuple[Model, ...],
) -> tuple[Sums, tuple[str, ...], float]:
    """The sums of a table of paths, the names by place, and value units in one of value."""
    arrow = arrow_of(table)
    for name in (path, conversions, nulls, value):
        if name is not None and name not in arrow.column_names:
            raise UnknownColumn(name, known=arrow.column_names, place="paths")
    lists = [_steps(entry, separator) for entry in arrow[path].to_pylist()]
    known = tuple(dict.fromkeys(step for steps in lists for step in steps))
    place = {name: number for number, name in enumerate(known)}
    sums = no_sums(1, len(known), pairs=Model.MARKOV_2 in models)
    worth = np.zeros(len(arrow)) if value is None else _floats(arrow, value)
    per_unit = 2.0 ** np.floor(np.log2(_ROOM / max(float(worth.sum()), 1.0)))
    converted = _counts(arrow, conversions)
    if int(converted.sum()) > _MOST:
        raise BadColumn(f"column '{conversions}' sums to more than {_MOST}", hint="Take a part of them.")
    lost = np.zeros(len(arrow), np.int64) if nulls is None else _counts(arrow, nulls)
    twice = np.repeat(np.arange(len(lists)), 2)  # each path once as converting, once as lost
    bounds = np.concatenate(([0], np.cumsum(np.array(list(map(len, lists)), np.int64)[twice])))
    flat = np.array([place[step] for steps in lists for step in (*steps, *steps)], np.int64)
    touches = Touches(
        places=flat,
        times=np.arange(len(flat)),
        bounds=bounds,
        converted=np.tile([True, False], len(lists)),
        weights=np.column_stack([converted, lost]).ravel(),
        worth=np.column_stack([np.rint(worth * per_unit).astype(np.int64), 0 * lost]).ravel(),
        groups=np.zeros(len(twice), np.int64),
    )
    add_paths(touches, rules, known, sums)
    return sums, known, float(per_unit)


def _steps(entry: str | Iterable[str] | None, separator: str) -> list[str]:
    if entry is None:
        return []
    if isinstance(entry, str):
        return [step.strip() for step in entry.split(separator) if step.strip()]
    return list(entry)


def _floats(arrow: pa.Table, name: str) -> Any:
    """A column of numbers, 0 for nulls; raises `BadColumn` for texts and for numbers below 0."""
    try:
        numbers = arrow[name].cast(pa.float64()).fill_null(0).to_numpy()
    except pa.ArrowInvalid as error:
        raise BadColumn(f"column '{name}' is {arrow[name].type}, not a number") from error
    if not np.isfinite(numbers).all() or (numbers < 0).any():
        raise BadColumn(f"column '{name}' holds numbers below 0, or that are none")
    return numbers


def _counts(arrow: pa.Table, name: str) -> Whole:
    numbers = _floats(arrow, name)
    if (numbers != np.floor(numbers)).any():
        raise BadColumn(f"column '{name}' holds fractions", hint="It counts paths: whole numbers.")
    return np.asarray(numbers, np.int64)
