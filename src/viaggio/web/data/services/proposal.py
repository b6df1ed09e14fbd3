"""A mapping proposed for uploaded files, its questions, and the answers put into its text."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from viaggio.store.importers import Question, Suggestion, isolated_value
from viaggio.store.workspace import Workspace
from viaggio.web.data.services.uploads import LOOK, Upload

_OPEN = '"?"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A mapping's text with its open questions; `tables`: what the rows could be, the likeliest first."""

    text: str
    questions: tuple[Question, ...]
    tables: tuple[str, ...]


def proposed(ws: Workspace, upload: Upload, table: str = "") -> Proposal:
    """The proposal for the first file, kept beside it; looked for in a process apart. Raises `BadFile`."""
    kept = upload.folder / f"proposal-{table}.json"
    if not kept.is_file():
        wanted = {"timezone": ws.settings.timezone, "currency": ws.settings.currency}
        found = isolated_value(
            "viaggio.store.importers.suggestion:suggestion_as_json",
            next(iter(upload.paths.values())),
            {**wanted, "table": table} if table else wanted,
            limits=LOOK,
        )
        kept.write_text(json.dumps(found), encoding="utf-8")
    read = json.loads(kept.read_text(encoding="utf-8"))
    return Proposal(text=read["text"], questions=_questions(read["questions"]), tables=tuple(read["tables"]))


def _questions(read: Sequence[Mapping[str, object]]) -> tuple[Question, ...]:
    return tuple(
        Question(
            code=str(q["code"]),
            key=str(q["key"]),
            column=str(q["column"]),
            examples=tuple(q["examples"]),  # type: ignore[arg-type]  # written from tuples of texts
            choices=tuple(q["choices"]),  # type: ignore[arg-type]  # written from tuples of texts
        )
        for q in read
    )


def answered(
    text: str, questions: Sequence[Question], answers: Mapping[str, str]
) -> tuple[str, list[Question]]:
    """The text with the answers in it, and the questions still open.

    Where the text was changed by hand, so that its open places are no longer those of the questions, the
    hand wins: nothing is put in and no question is asked again.
    """
    if text.count(_OPEN) != len(questions):
        return text, []
    given = {key: value.strip() for key, value in answers.items() if value.strip()}
    filled = Suggestion(text=text, questions=tuple(questions), tables=()).answered(given)
    return filled, [question for question in questions if question.key not in given]


def as_json(questions: Sequence[Question]) -> str:
    """Questions to be carried by a form."""
    return json.dumps([asdict(question) for question in questions])


def from_json(text: str) -> list[Question]:
    """The questions that a form carried; none when it was tampered with."""
    try:
        return list(_questions(json.loads(text)))
    except (ValueError, KeyError, TypeError):
        return []
