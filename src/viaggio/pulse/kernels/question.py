"""Putting a question to the answer index: filters, spans, groups; its parts are walked and merged."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import reduce
from itertools import pairwise
from types import MappingProxyType

import numpy as np

from viaggio.pulse.index import BASE, NONE_CODE, Answers, Array, sealed
from viaggio.pulse.kernels.walk import (
    FIGURES,
    SEVERAL_SCALES,
    Plan,
    Rows,
    Scratch,
    Sums,
    empty_sums,
    scratch,
    walk,
)

UNSTATED = ""
"""The group of answers that do not say."""

_PART_ROWS = 400_000
"""The index is walked in parts of about so many answers: always the same, so that sums are the same."""

_DENSE = 4096
"""Up to so many possible groups each has a place; of more, only those that occur."""

NO_SCHEME = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of the index.

    `spans` are local days since 1970-01-01, [from, to); they may overlap. `against` names for each span the
    one it is compared with, -1 for none. `where` keeps answers with one of these values per dimension ("" is
    not stated), `apart` drops answers that have one of these. `scheme`: none, base or a scheme of weights.
    `waves`: each span holds the answers of one wave, within the days that all spans name.
    """

    spans: tuple[tuple[int, int], ...]
    by: tuple[str, ...] = ()
    where: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    apart: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    scheme: str = NO_SCHEME
    against: tuple[int, ...] = ()
    waves: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """What was found: arrays of (span, group, figure) and what is counted; see `walk`."""

    groups: tuple[tuple[str, ...], ...]
    counts: Array
    sums: Array
    scale: Array


def has_scheme(answers: Answers, scheme: str) -> bool:
    """Whether the index has weights of that scheme; it always has none and base."""
    return scheme == NO_SCHEME or scheme in answers.weights


def ask(answers: Answers, question: Question, *, threads: int = 2) -> Scores:
    """The answer, the same for any number of threads. Raises `KeyError` for what it lacks."""
    groups, group_of = _groups(answers, question)
    cells = len(question.spans) * len(groups) * FIGURES
    rows, plan = _rows(answers, question), _plan(answers, question, len(groups), group_of)
    found = _walked(rows, plan, cells, _parts(answers), threads)
    shape = (len(question.spans), len(groups), FIGURES)
    return Scores(
        groups=groups, counts=found.counts.reshape(*shape, -1), sums=found.sums.reshape(*shape, -1),
        scale=found.scale.reshape(shape),
    )  # fmt: skip


def kept(answers: Answers, question: Question) -> Array:
    """One number per answer, 0 where it is not asked about; empty where all are."""
    if not question.where and not question.apart and not question.waves:
        return sealed(np.zeros(0, np.uint8), "u1")
    masks = [_table(answers, name, values)[answers.columns[name]] for name, values in question.where.items()]
    masks += [
        1 - _table(answers, name, values)[answers.columns[name]] for name, values in question.apart.items()
    ]
    if question.waves:
        first, last = question.spans[0]
        day = answers.columns["day"]
        masks.append(((day >= first) & (day < last)).astype(np.uint8))
    return sealed(reduce(np.bitwise_and, masks), "u1")


def _when(answers: Answers, question: Question) -> tuple[Array, tuple[tuple[int, int], ...]]:
    """What places an answer in a span, and the spans in the same terms: days, or codes of waves."""
    if not question.waves:
        return answers.columns["day"], question.spans
    known = {wave: code for code, wave in enumerate(answers.codes["wave"])}
    codes = [known.get(wave, NONE_CODE - 1 - place) for place, wave in enumerate(question.waves)]
    return sealed(answers.columns["wave"].astype(np.int32), "<i4"), tuple((code, code + 1) for code in codes)


def _table(answers: Answers, name: str, values: Sequence[str]) -> Array:
    """Per code whether it is wanted; the last place is that of no value."""
    wanted = set(values)
    held = [text in wanted for text in answers.codes[name]]
    return np.array([*held, UNSTATED in wanted], np.uint8)


def _rows(answers: Answers, question: Question) -> Rows:
    columns = answers.columns
    none, no_code = sealed(np.zeros(0), "<f8"), sealed(np.zeros(0, np.int16), "<i2")
    by = [columns[name] for name in question.by]
    return Rows(
        answers.unit_starts, answers.response_starts, columns["customer"], _when(answers, question)[0],
        columns["kind"],
        columns["scale"], columns["value"], kept(answers, question),
        none if question.scheme == NO_SCHEME else answers.weights[question.scheme],
        by[0] if by else no_code, by[1] if len(by) > 1 else no_code,
    )  # fmt: skip


def _plan(answers: Answers, question: Question, groups: int, group_of: Array) -> Plan:
    first, segment_of_day, starts, owners = _segments(_when(answers, question)[1])
    scales = answers.scales or ((0.0, 0.0),)
    return Plan(
        np.array([low for low, _ in scales]), np.array([high for _, high in scales]), first,
        segment_of_day, starts, owners, np.array(question.against, np.int64),
        len(answers.codes[question.by[1]]) + 1 if len(question.by) > 1 else 1, group_of, groups,
        np.array(answers.cx_weights),
    )  # fmt: skip


def _segments(spans: Sequence[tuple[int, int]]) -> tuple[int, Array, Array, Array]:
    """First day, the segment of each day from there on (-1 none), and which spans each segment is part of."""
    cuts = sorted({day for span in spans for day in span})
    segment_of_day = np.full(cuts[-1] - cuts[0], -1, np.int64)
    starts, owners = [0], list[int]()
    for number, (begin, end) in enumerate(pairwise(cuts)):
        mine = [i for i, (first, last) in enumerate(spans) if first <= begin and end <= last]
        if mine:
            segment_of_day[begin - cuts[0] : end - cuts[0]] = number
        owners += mine
        starts.append(len(owners))
    return cuts[0], segment_of_day, np.array(starts, np.int64), np.array(owners, np.int64)


def _groups(answers: Answers, question: Question) -> tuple[tuple[tuple[str, ...], ...], Array]:
    """The groups, and the group of each pair of codes."""
    if not question.by:
        return ((),), np.zeros(1, np.int64)
    texts = [(UNSTATED, *answers.codes[name]) for name in question.by]
    seconds = len(texts[1]) if len(texts) > 1 else 1
    places = np.arange(len(texts[0]) * seconds)
    if len(places) > _DENSE:
        places = _present(answers, question, len(places), seconds)
    group_of = np.full(len(texts[0]) * seconds, 0, np.int64)
    group_of[places] = np.arange(len(places))
    if len(texts) == 1:
        return tuple((texts[0][place],) for place in places.tolist()), group_of
    return tuple(
        (texts[0][place // seconds], texts[1][place % seconds]) for place in places.tolist()
    ), group_of


def _present(answers: Answers, question: Question, many: int, seconds: int) -> Array:
    first = answers.columns[question.by[0]].astype(np.int64) - NONE_CODE
    second = answers.columns[question.by[1]] - NONE_CODE if len(question.by) > 1 else 0
    place = first * seconds + second
    mask = kept(answers, question)
    seen = np.zeros(many, np.bool_)
    seen[place[mask.view(np.bool_)] if len(mask) else place] = True
    return np.flatnonzero(seen) if seen.any() else np.zeros(1, np.int64)


def _parts(answers: Answers) -> list[tuple[int, int]]:
    """First and last unit of each part; units are never cut."""
    rows = len(answers)
    marks = np.searchsorted(answers.unit_starts[:-1], np.arange(0, rows, _PART_ROWS))
    bounds = [*np.unique(marks).tolist(), len(answers.unit_starts) - 1]
    return [(start, end) for start, end in pairwise(bounds) if start < end]


def _walked(rows: Rows, plan: Plan, cells: int, parts: Sequence[tuple[int, int]], threads: int) -> Sums:
    """All parts, shared out between the threads in order and added up in order."""
    if not parts:
        return empty_sums(cells)

    longest = int(np.diff(rows.response_starts).max())
    most = 4 * longest * max(int(np.diff(plan.owner_starts).max()), 1)

    def of_thread(mine: Sequence[tuple[int, int]]) -> list[Sums]:
        room = scratch(cells, most)
        return [_part(rows, plan, cells, room, part) for part in mine]

    if threads <= 1 or len(parts) == 1:
        return reduce(_merged, of_thread(parts))
    size = -(-len(parts) // threads)
    shares = [parts[i : i + size] for i in range(0, len(parts), size)]
    with ThreadPoolExecutor(threads, thread_name_prefix="scores") as pool:
        return reduce(_merged, [sums for share in pool.map(of_thread, shares) for sums in share])


def _part(rows: Rows, plan: Plan, cells: int, room: Scratch, part: tuple[int, int]) -> Sums:
    sums = empty_sums(cells)
    room.person.fill(-1)
    walk(rows, plan, sums, room, *part)
    return sums


def _merged(one: Sums, other: Sums) -> Sums:
    """The sums of both parts; cells whose answers are on different scales have several."""
    differ = (one.scale != other.scale) & (one.scale != -1) & (other.scale != -1)
    scale = np.where(differ, SEVERAL_SCALES, np.maximum(one.scale, other.scale))
    scale = np.where((one.scale == SEVERAL_SCALES) | (other.scale == SEVERAL_SCALES), SEVERAL_SCALES, scale)
    return Sums(one.counts + other.counts, one.sums + other.sums, scale)


def schemes(answers: Answers) -> tuple[str, ...]:
    """Schemes of weights that the index holds, besides none."""
    return tuple(sorted(answers.weights, key=lambda name: (name != BASE, name)))
