"""Sheets: answers of one response that were given together, valued once for every question.

A sheet is a run of answers of one response with the same day, dimensions and weights, no single question
twice. What it gives to each figure does not depend on what is asked; so a question walks sheets, a ninth or
so of the answers. Responses whose pillars were asked with different dimensions are left loose: their answers
are looked at one by one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from viaggio.pulse.index import DIMENSIONS, FIRST_PILLAR, NONE_CODE, Answers, Array, Whole
from viaggio.pulse.kernels.cells import CSAT, CX, FIGURES, NO_SCALE, Forms, Loose, Sheets
from viaggio.pulse.kernels.sheets import LOOSE, cut, value

NO_SCHEME = "none"
MOST_STRATA = 60
"""Strata are bits of a number; those beyond are treated as if they were not known."""

PLACE: Mapping[str, int] = MappingProxyType({name: place for place, name in enumerate(DIMENSIONS)})
"""Row of each dimension in `dims`."""

_MIX = (np.int64(-7046029254386353131), np.int64(6364136223846793005))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Book:
    """All sheets of an index in the order of units, ready to be walked.

    `longest` is the largest number of answers of a loose response,
    `strata` how many strata sheets name, 0 where there are fewer than two; `stratum` is that of each sheet
    in the index's own codes.
    """

    sheets: Sheets
    loose: Loose
    forms: Forms
    longest: int
    strata: int
    stratum: Array


def book_of(answers: Answers) -> Book:
    """The sheets of an index: made at the first question, then kept with it."""
    known: Book | None = answers.made.get("book")
    if known is None:
        known = answers.made["book"] = _book(answers)
    return known


def _book(answers: Answers) -> Book:
    columns = answers.columns
    begins = np.zeros(len(answers), np.uint8)
    cut(answers.response_starts, _apart(answers), columns["kind"], begins)
    starts = np.append(np.flatnonzero(begins), len(answers)).astype(np.int64)
    first = starts[:-1]
    loose = begins[first] == LOOSE
    given, keys = _valued(answers, starts, loose)
    form, forms = _forms(*keys)
    sizes = np.where(loose, np.diff(starts), 0)
    rows = np.flatnonzero(np.repeat(loose, np.diff(starts)))
    day = columns["day"][first]
    low, high = _scales(answers)
    stratum = columns["stratum"][first]
    label, strata = labels_of(sheets_by_stratum(answers, stratum))
    return Book(
        sheets=Sheets(
            np.searchsorted(first, answers.unit_starts), day, day, _dims(answers, first),
            _weights(answers, first), _persons(answers)[_responses(answers, first)], form, given,
            label[stratum],
            np.append(0, np.cumsum(sizes)).astype(np.int64),
        ),
        loose=Loose(
            columns["day"][rows], columns["day"][rows], _dims(answers, rows), _weights(answers, rows),
            columns["kind"][rows], columns["scale"][rows], columns["value"][rows], low, high,
            np.array(answers.cx_weights),
        ),
        forms=forms, longest=int(sizes.max(initial=0)), strata=strata,
        stratum=stratum,
    )  # fmt: skip


def schemes_of(answers: Answers) -> tuple[str, ...]:
    """Names of the rows of weights."""
    return NO_SCHEME, *answers.weights


def _apart(answers: Answers) -> Array:
    """Whether each answer differs from the one before in its day, a dimension or a weight."""
    new = np.zeros(len(answers), np.bool_)
    for name in ("day", *DIMENSIONS):
        column = answers.columns[name]
        new[1:] |= column[1:] != column[:-1]
    for weight in answers.weights.values():
        same = weight[1:] == weight[:-1]
        new[1:] |= ~(same | (np.isnan(weight[1:]) & np.isnan(weight[:-1])))
    return new


def _valued(answers: Answers, starts: Whole, loose: Array) -> tuple[Array, tuple[Whole, Whole]]:
    columns, many = answers.columns, len(starts) - 1
    given, scale_key, count_key = (
        np.zeros((many, FIGURES)),
        np.zeros(many, np.int64),
        np.zeros(many, np.int64),
    )
    low, high = _scales(answers)
    value(
        starts, columns["kind"], columns["scale"], columns["value"], low, high,
        np.array(answers.cx_weights), loose, given, scale_key, count_key,
    )  # fmt: skip
    return given, (scale_key, count_key)


def _scales(answers: Answers) -> tuple[Array, Array]:
    scales = answers.scales or ((0.0, 0.0),)
    return np.array([low for low, _ in scales]), np.array([high for _, high in scales])


def _forms(scale_key: Whole, count_key: Whole) -> tuple[Whole, Forms]:
    """The form of each sheet, and what the forms are; keys as `kernels.sheets.value` makes them."""
    with np.errstate(over="ignore"):
        mixed = scale_key * _MIX[0] ^ count_key * _MIX[1]
    _, first, form = np.unique(mixed, return_index=True, return_inverse=True)
    pair = (scale_key, count_key)
    if any((key[first][form] != key).any() for key in pair):  # two forms under one number
        _, first, form = np.unique(np.stack(pair, axis=1), axis=0, return_index=True, return_inverse=True)
    scales, counts = scale_key[first], count_key[first]
    answers, outside = np.zeros((2, len(first), FIGURES))
    scale = np.full((len(first), FIGURES), NO_SCALE, np.int64)
    for kind in range(FIRST_PILLAR):
        code = (scales >> (16 * kind)) & 0xFFFF
        for figure in (CSAT, CSAT + 1) if kind == CSAT else (kind + (kind > CSAT),):
            scale[:, figure] = code - 1
            answers[:, figure], outside[:, figure] = code > 0, (counts >> kind) & 1
    for place in range(6):
        answers[:, FIRST_PILLAR + 1 + place] = (counts >> (4 + 8 * place)) & 15
        outside[:, FIRST_PILLAR + 1 + place] = (counts >> (8 + 8 * place)) & 15
    has = (answers > 0).astype(float)
    has[:, CX] = has[:, FIRST_PILLAR + 1 : CX].all(axis=1)
    bits = (has.astype(np.int64) << np.arange(FIGURES)).sum(axis=1)
    off = outside.any(axis=1)
    return form.astype(np.int64).ravel(), Forms(has, outside, answers, scale, bits, off)


def _dims(answers: Answers, rows: Whole) -> Array:
    return np.stack([answers.columns[name][rows] for name in DIMENSIONS])


def _weights(answers: Answers, rows: Whole) -> Array:
    return np.stack([np.ones(len(rows)), *(weight[rows] for weight in answers.weights.values())])


def _persons(answers: Answers) -> Whole:
    """A number per person by response; those nobody knows are a person each time."""
    customer = answers.columns["customer"][answers.response_starts[:-1]]
    new = np.ones(len(customer), np.bool_)
    new[1:] = (customer[1:] != customer[:-1]) | (customer[1:] == 0)
    new[np.searchsorted(answers.response_starts, answers.unit_starts[:-1])] = True
    return np.cumsum(new)


def sheets_by_stratum(answers: Answers, stratum: Array) -> Whole:
    """How many sheets each stratum has."""
    return np.bincount(stratum[stratum >= 0], minlength=len(answers.codes["stratum"]))


class Labels(NamedTuple):
    """The label of each stratum by its code, -1 none, the last place that of no stratum; how many there are.

    Only the `MOST_STRATA` largest have a label.
    """

    label: Whole
    strata: int


def labels_of(sizes: Whole) -> Labels:
    """The labels of strata with so many sheets each."""
    chosen = np.flatnonzero(sizes)
    chosen = chosen[np.argsort(-sizes[chosen], kind="stable")][:MOST_STRATA]
    label = np.full(len(sizes) + 1, NONE_CODE)
    if len(chosen) < 2:
        return Labels(label, 0)
    label[np.sort(chosen)] = np.arange(len(chosen))
    return Labels(label, len(chosen))


def labelled(book: Book, labels: Labels) -> Book:
    """A book of a part, with the labels of the whole."""
    sheets = book.sheets._replace(label=labels.label[book.stratum])
    return replace(book, sheets=sheets, strata=labels.strata)


def _responses(answers: Answers, rows: Whole) -> Whole:
    """The place of the response of each of some answers."""
    return np.searchsorted(answers.response_starts, rows, side="right") - 1
