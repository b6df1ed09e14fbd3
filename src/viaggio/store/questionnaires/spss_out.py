"""Answers as an SPSS file: labels in one language, options as codes, choices as sets, long texts whole."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from viaggio.pulse.questionnaire import NOT_APPLICABLE, ItemKind, Questionnaire
from viaggio.store.questionnaires.sheet import FIRST, Response, SheetColumn, sheet_columns
from viaggio.store.questionnaires.spss_sets import ManySet, add_sets

LONGEST_NAME, LONGEST_LABEL, LONGEST_VALUE_LABEL, LONGEST_TEXT = 64, 255, 120, 32_767
"""Bytes that SPSS allows for a name, a label, the label of a value, a text."""
_RESERVED = frozenset({"ALL", "AND", "BY", "EQ", "GE", "GT", "LE", "LT", "NE", "NOT", "OR", "TO", "WITH"})
_NOT_IN_NAME = re.compile(r"[^A-Za-z0-9_.]")
_CHOSEN = 1


def answers_spss(
    questionnaire: Questionnaire,
    responses: Iterable[Response],
    path: Path,
    *,
    language: str,
    packed: bool = False,
) -> int:
    """Write a `.sav` file (`packed`: `.zsav`); returns the number of responses.

    A single choice holds the option's number, labelled; several choices are 0 and 1, and a multiple response
    set over them (not in a `.zsav`); "not applicable" is a missing value of its own. Times are UTC. All
    responses are held in memory.
    """
    import pandas as pd
    import pyreadstat

    columns = sheet_columns(questionnaire)
    names = spss_names([*FIRST, *(column.name for column in columns)])
    own = names[len(FIRST) :]
    gathered: list[list[Any]] = [[] for _ in names]
    for response in responses:
        for cells, value in zip(gathered, _row(response, columns), strict=True):
            cells.append(value)
    frame = pd.DataFrame({
        name: _series(cells, _kind(column), pd)
        for name, cells, column in zip(names, gathered, [*([None] * len(FIRST)), *columns], strict=True)
    })  # fmt: skip
    pyreadstat.write_sav(
        frame,
        path,
        file_label=cut(questionnaire.title.text(language), 64),
        compress=packed,
        column_labels=[None] * len(FIRST) + [cut(_label(c, language), LONGEST_LABEL) for c in columns],
        variable_value_labels={
            name: _labels(column, language)
            for name, column in zip(own, columns, strict=True)
            if _labels(column, language)
        },
        missing_ranges={
            name: [_missing(column)]
            for name, column in zip(own, columns, strict=True)
            if column.numeric and column.item.not_applicable
        },
        variable_measure={
            name: _measure(column) for name, column in zip(own, columns, strict=True) if column.numeric
        },
    )
    if not packed:
        add_sets(path, list(_sets(questionnaire, columns, own, language)))
    return len(frame)


def spss_names(names: Iterable[str]) -> list[str]:
    """Names that SPSS takes, none twice, whatever the capitals; 64 bytes at most."""
    found: list[str] = []
    taken: set[str] = set()
    for name in names:
        plain = _NOT_IN_NAME.sub("_", name)[:LONGEST_NAME].rstrip(".") or "v"
        if not plain[0].isalpha() or plain.upper() in _RESERVED:
            plain = f"v_{plain}"[:LONGEST_NAME].rstrip(".")
        free, number = plain, 2
        while free.lower() in taken:
            ending = f"_{number}"
            free, number = plain[: LONGEST_NAME - len(ending)] + ending, number + 1
        taken.add(free.lower())
        found.append(free)
    return found


def cut(text: str, most: int) -> str:
    """The text, cut to so many bytes of UTF-8 at the end of a character."""
    return text.encode()[:most].decode(errors="ignore")


def _row(response: Response, columns: list[SheetColumn]) -> list[Any]:
    moment = datetime.fromisoformat(response.answered_at)
    moment = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    first: list[Any] = [response.id, moment, response.language, int(response.finished)]
    return first + [_cell(column, column.value(response.answers)) for column in columns]


def _cell(column: SheetColumn, value: object) -> Any:
    if value is None:
        return None if column.numeric or _kind(column) == "date" else ""
    if column.numeric:
        if value == NOT_APPLICABLE:
            return _missing(column)
        return column.codes.get(value) if isinstance(value, str) else value
    if column.item.kind is ItemKind.DATE and not column.part:
        return date.fromisoformat(str(value)) if value != NOT_APPLICABLE else None
    return cut(str(value), LONGEST_TEXT)


def _kind(column: SheetColumn | None) -> str:
    if column is None:
        return "as it is"
    if column.numeric:
        return "number"
    return "date" if column.item.kind is ItemKind.DATE and not column.part else "text"


def _series(cells: list[Any], kind: str, pd: Any) -> Any:
    if kind == "number":
        return pd.Series(cells, dtype="float64")
    return pd.Series(cells, dtype="object") if kind in {"date", "text"} else pd.Series(cells)


def _missing(column: SheetColumn) -> int:
    """The number that stands for "not applicable": beyond whatever can be answered."""
    if column.item.kind is ItemKind.NUMBER:
        return -999_999_999
    highest = max((*column.labels, *column.codes.values(), 10))
    return 99 if highest < 99 else 999


def _labels(column: SheetColumn, language: str) -> dict[int | float, str]:
    labels = {
        float(value): cut(words.text(language), LONGEST_VALUE_LABEL) for value, words in column.labels.items()
    }
    if column.numeric and column.item.not_applicable:
        labels[float(_missing(column))] = NOT_APPLICABLE
    return dict(labels)


def _label(column: SheetColumn, language: str) -> str:
    own = column.label.text(language)
    return own if column.label == column.item.text else f"{own} — {column.item.text.text(language)}"


def _measure(column: SheetColumn) -> str:
    if column.item.kind is ItemKind.NUMBER:
        return "scale"
    return "nominal" if column.item.kind in {ItemKind.SINGLE, ItemKind.MULTIPLE} else "ordinal"


def _sets(
    questionnaire: Questionnaire, columns: list[SheetColumn], names: list[str], language: str
) -> Iterator[ManySet]:
    of_item: Mapping[str, list[str]] = {
        item.key: [n for n, c in zip(names, columns, strict=True) if c.item.key == item.key and c.numeric]
        for item in questionnaire.items
        if item.kind is ItemKind.MULTIPLE
    }
    for key, variables in of_item.items():
        if len(variables) > 1:
            label = cut(questionnaire.by_key[key].text.text(language), LONGEST_LABEL)
            yield ManySet(
                name=f"${key}"[:LONGEST_NAME], label=label, counted=_CHOSEN, variables=tuple(variables)
            )
