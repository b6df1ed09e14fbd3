"""Parts of the answer index: runs of sampled units, never cut, that are walked one by one.

They are always the same, so sums that are added up in their order are the same whoever walks them.
"""

from collections.abc import Callable, Mapping
from itertools import pairwise

import numpy as np

from viaggio.pulse.index import STARTS, Answers, Array

PART_ROWS = 400_000
"""A part has about so many answers."""


def parts_of(answers: Answers) -> list[tuple[int, int]]:
    """First and last unit of each part."""
    marks = np.searchsorted(answers.unit_starts[:-1], np.arange(0, len(answers), PART_ROWS))
    bounds = [*np.unique(marks).tolist(), len(answers.unit_starts) - 1]
    return [(start, end) for start, end in pairwise(bounds) if start < end]


def arrays_of_part(arrays: Mapping[str, Array], start: int, end: int) -> dict[str, Array]:
    """The arrays (`Answers.arrays`) of the units from `start` to before `end`."""
    units, responses = (arrays[name] for name in STARTS)
    first, last = int(units[start]), int(units[end])
    begin, stop = np.searchsorted(responses, (first, last)).tolist()
    part = {name: array[first:last] for name, array in arrays.items() if name not in STARTS}
    own = (units[start : end + 1] - first, responses[begin : stop + 1] - first)
    return {**part, **dict(zip(STARTS, own, strict=True))}


def each[Found](answers: Answers, work: Callable[[Answers], Found]) -> list[Found]:
    """What some work finds: in each part where the index is walked elsewhere, else in the whole at once."""
    parts = [] if answers.elsewhere is None else parts_of(answers)
    if answers.elsewhere is None or not parts:
        return [work(answers)]
    return answers.elsewhere(work, parts)
