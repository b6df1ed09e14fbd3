"""Answers as files: CSV and JSON streamed, Excel streamed to its file; SPSS is in `spss_out`."""

import json
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from viaggio.pulse.questionnaire import Questionnaire, digest
from viaggio.store.questionnaires.sheet import Response, sheet_names, sheet_rows
from viaggio.store.tabular import csv_chunks, write_excel

SCHEMA = "viaggio.answers/1"
"""Name and version of the JSON form."""

_AT_ONCE = 1_000


def answers_csv(
    questionnaire: Questionnaire, responses: Iterable[Response], more: tuple[str, ...] = ()
) -> Iterator[bytes]:
    """One row for each response, in pieces; memory does not grow with them. Options stand by their keys."""
    return csv_chunks(sheet_rows(questionnaire, responses, more), sheet_names(questionnaire, more))


def answers_excel(
    questionnaire: Questionnaire, responses: Iterable[Response], out: BinaryIO, more: tuple[str, ...] = ()
) -> None:
    """The same table as an Excel workbook."""
    write_excel(
        sheet_rows(questionnaire, responses, more), sheet_names(questionnaire, more), out, sheet="answers"
    )


def answers_json(questionnaire: Questionnaire, responses: Iterable[Response]) -> Iterator[bytes]:
    """The responses as one JSON object, in pieces: schema, the questionnaire's digest, a list of responses.

    Answers stand as they were given (see `Answers`), one response a line.
    """
    head = {"schema": SCHEMA, "questionnaire": digest(questionnaire)}
    yield (json.dumps(head)[:-1] + ', "responses": [').encode()
    lines: list[str] = []
    mark = "\n"
    for at, response in enumerate(responses, start=1):
        lines.append(mark + json.dumps(_object(response), ensure_ascii=False, allow_nan=False))
        mark = ",\n"
        if at % _AT_ONCE == 0:
            yield "".join(lines).encode()
            lines.clear()
    yield ("".join(lines) + "\n]}\n").encode()


def _object(response: Response) -> dict[str, object]:
    return {
        "response": response.id,
        "answered_at": response.answered_at,
        "language": response.language,
        "finished": response.finished,
        **({"more": dict(response.more)} if response.more else {}),
        "answers": dict(response.answers),
    }
