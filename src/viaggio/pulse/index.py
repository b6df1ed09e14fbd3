"""The answer index: every scored answer once, in fixed-width columns, sorted by the unit that was sampled.

The unit (`psu`) is the account when there is one, else the customer, else the response: answers of one unit
go together, and standard errors must know it. Rows are sorted by unit, customer, response and what was asked;
`unit_starts` and `response_starts` say where each begins. Arrays are plain numpy, in memory or mapped from
files, and can not be written.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from viaggio.pulse.model import Pillar

Array = npt.NDArray[Any]
Whole = npt.NDArray[np.int64]

NONE_CODE = -1
"""Code of a row that has no value in a coded column."""

KINDS = ("nps", "csat", "ces", "review", *(f"pillar_{pillar}" for pillar in Pillar))
"""What an answer feeds, by code: the metric, or for pillar items the pillar."""

FIRST_PILLAR = 4
PILLARS = tuple(Pillar)

FIGURES = ("nps", "csat_top", "csat_mean", "ces", "review_score", *KINDS[FIRST_PILLAR:], "cx_index")
"""What is computed of the answers, by place; an answer about satisfaction feeds two."""

DIMENSIONS = (
    "phase", "touchpoint", "channel", "segment", "region", "language", "function", "pulse", "wave", "source",
    "delivery",
)  # fmt: skip
"""Dimensions of an answer; those it does not have (device, category, campaign) belong to other rows."""

CODED = (*DIMENSIONS, "item")
OTHER = "(other)"
"""Stands for every text beyond the 32,767 that a dictionary holds."""

BASE = "base"
"""Scheme of the weights that come with the answers: the inverse of the probability of being asked."""

_DTYPES: Mapping[str, str] = MappingProxyType({
    "psu": "<i8", "customer": "<i8", "response": "<i8", "time": "<i8", "day": "<i4", "kind": "i1",
    "scale": "<i2", "value": "<f8", "stratum": "<i2", **dict.fromkeys(CODED, "<i2"),
})  # fmt: skip
"""Columns: unit, customer (0 none), response (hash of its source and name), UTC microseconds, local day since
1970-01-01, codes, the number given; `stratum`: of which stratum of which pulse it was drawn."""

EQUAL = (1 / 6,) * 6
"""Weights of the pillars in the CX index where nothing else is known."""

STARTS = ("unit_starts", "response_starts")


def sealed(array: Array, dtype: str) -> Array:
    """The array as plain, contiguous, read-only numpy of that dtype; no copy when it is so already."""
    plain = np.ascontiguousarray(np.asarray(array), dtype=np.dtype(dtype)).view()
    plain.flags.writeable = False
    return plain


class Elsewhere(Protocol):
    """Who walks the parts of an index where they lie, such as the machines of a cluster."""

    def __call__[Found](
        self, work: "Callable[[Answers], Found]", parts: Sequence[tuple[int, int]]
    ) -> list[Found]:
        """What the work finds in each part (first and last unit), in their order."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Answers:
    """The index. `columns` by the names of `_DTYPES`, `weights` by scheme (NaN: no weight under it).

    `codes` holds the texts of each coded column, ascending; `scales` lowest and highest value of each scale,
    `cx_weights` what the six pillars weigh in the CX index, `made` what was derived from it already. Where
    somebody `elsewhere` walks it, scores are counted there.
    """

    columns: Mapping[str, Array]
    unit_starts: Whole
    response_starts: Whole
    weights: Mapping[str, Array]
    codes: Mapping[str, tuple[str, ...]]
    scales: tuple[tuple[float, float], ...]
    cx_weights: tuple[float, ...] = EQUAL
    elsewhere: Elsewhere | None = field(default=None, repr=False)
    made: dict[str, Any] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        """Seal the arrays, so that kernels compile once and nobody edits an index."""
        columns = {name: sealed(self.columns[name], dtype) for name, dtype in _DTYPES.items()}
        object.__setattr__(self, "columns", MappingProxyType(columns))
        weights = {name: sealed(array, "<f8") for name, array in self.weights.items()}
        object.__setattr__(self, "weights", MappingProxyType(weights))
        for name in STARTS:
            object.__setattr__(self, name, sealed(getattr(self, name), "<i8"))

    def __len__(self) -> int:
        """Number of answers."""
        return len(self.columns["time"])

    def arrays(self) -> dict[str, Array]:
        """Everything that goes to a file, by name."""
        weights = {f"weight {scheme}": array for scheme, array in self.weights.items()}
        starts = {name: getattr(self, name) for name in STARTS}
        return {**self.columns, **weights, **starts}


def of_arrays(
    arrays: Mapping[str, Array],
    codes: Mapping[str, Sequence[str]],
    scales: Sequence[Sequence[float]],
    cx_weights: Sequence[float] = EQUAL,
) -> Answers:
    """The index whose `arrays()` these are."""
    return Answers(
        columns={name: arrays[name] for name in _DTYPES},
        unit_starts=arrays["unit_starts"], response_starts=arrays["response_starts"],
        weights={name[7:]: array for name, array in arrays.items() if name.startswith("weight ")},
        codes={name: tuple(texts) for name, texts in codes.items()},
        scales=tuple((float(low), float(high)) for low, high in scales), cx_weights=tuple(cx_weights),
    )  # fmt: skip


def build(
    columns: Mapping[str, Array],
    response: Whole,
    weights: Mapping[str, Array],
    codes: Mapping[str, Sequence[str]],
    scales: Sequence[tuple[float, float]],
) -> Answers:
    """An index of unsorted rows. `response` tells the responses apart; codes may be in any order.

    `columns` also holds `key`, which settles ties: the result is the same for any order of the rows.
    """
    if "stratum" not in columns:
        columns = {**columns, "stratum": np.full(len(columns["psu"]), NONE_CODE, np.int16)}
        codes = {**codes, "stratum": ()}
    ordered = {name: _ascending(columns[name], texts) for name, texts in codes.items()}
    coded = {name: column for name, (column, _) in ordered.items()}
    whole = {**columns, **coded}
    asked = whole["kind"].astype(np.int32) * np.int32(2**16) + whole["item"]
    ties = (whole.pop("key"), whole["value"], whole["time"], asked)
    order = np.lexsort((*ties, response, whole["customer"], whole["psu"]))
    whole = {name: array[order] for name, array in whole.items()}
    response = response[order]
    new_unit = _changes(whole["psu"])
    new_response = new_unit | _changes(whole["customer"]) | _changes(response)
    whole["response"] = response
    return Answers(
        columns=whole, unit_starts=_starts(new_unit), response_starts=_starts(new_response),
        weights={scheme: array[order] for scheme, array in weights.items()},
        codes={name: texts for name, (_, texts) in ordered.items()}, scales=tuple(scales),
    )  # fmt: skip


def without(answers: Answers, gone: Array) -> Answers:
    """The index without some rows: one truth value per answer. What pillars weigh stays as it is."""
    kept = np.flatnonzero(~gone)
    unit, response = (
        np.searchsorted(starts, kept, side="right")
        for starts in (answers.unit_starts, answers.response_starts)
    )
    return Answers(
        columns={name: column[kept] for name, column in answers.columns.items()},
        unit_starts=_starts(_changes(unit)), response_starts=_starts(_changes(response)),
        weights={scheme: array[kept] for scheme, array in answers.weights.items()},
        codes=answers.codes, scales=answers.scales, cx_weights=answers.cx_weights,
    )  # fmt: skip


def _ascending(column: Array, texts: Sequence[str]) -> tuple[Array, tuple[str, ...]]:
    """Codes into the sorted texts; what does not fit in two bytes is `OTHER`."""
    kept = sorted(texts)
    if len(kept) > np.iinfo(np.int16).max:
        kept = sorted({*kept[: np.iinfo(np.int16).max - 1], OTHER})
    place = {text: code for code, text in enumerate(kept)}
    changed = np.array([place.get(text, place.get(OTHER, NONE_CODE)) for text in texts] + [NONE_CODE])
    return changed[column].astype(np.int16), tuple(kept)


def _changes(column: Array) -> npt.NDArray[np.bool_]:
    """Whether each row differs from the one before; the first does."""
    new = np.ones(len(column), np.bool_)
    np.not_equal(column[1:], column[:-1], out=new[1:])
    return new


def _starts(new: npt.NDArray[np.bool_]) -> Whole:
    return np.append(np.flatnonzero(new), len(new)).astype(np.int64)
