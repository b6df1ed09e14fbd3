"""Responses exported from Qualtrics: a CSV with two or three header rows, with its survey as `.qsf` or not.

What is decided here:

- With the `.qsf`, each column is read by its question: recode values or words become our values, negative
  recode values mean "not applicable" and leave the base, words beside a choice become texts.
- Without it, a question is known by its columns alone: where `Q1_NPS_GROUP` stands beside it, it is a
  recommendation on 0 to 10; a column of nothing but numbers gives numbers; all others are texts.
- What a rating feeds is said by the options `csat`, `ces`, `nps` (data export tags, parted by commas): a
  survey does not know it. Ratings that nobody names feed `other`.
- Previews, tests and spam are rejected by their status, unless the option `tests` is `yes`. Columns of no
  question (embedded data) are kept in the properties of the response's first row, but IP address, place and
  names of the respondent are not taken.
- A recode value that the survey does not know rejects the row with the column and the cell.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from viaggio.pulse.questionnaire import Feeds, Item, ItemKind, Page, Questionnaire, wording
from viaggio.store.importers.encoding import open_payload
from viaggio.store.incoming import Batch, Reject
from viaggio.store.questionnaires.keys import item_key
from viaggio.store.questionnaires.qualtrics import LARGEST, read_qualtrics
from viaggio.store.questionnaires.qualtrics_book import Book, Target
from viaggio.store.questionnaires.report import Notes
from viaggio.store.recipes.cells import BadCell, Record
from viaggio.store.recipes.qualtrics_answers import Column, answers_of, codebook
from viaggio.store.recipes.qualtrics_table import Header, read_header, records
from viaggio.store.recipes.responses import Given, fact_rows, open_form
from viaggio.store.recipes.rows import Row, converted
from viaggio.store.recipes.shape import BadOption, Kitchen, Recipe, Source

_NOT_ASKED_ABOUT = frozenset({"1", "2", "8", "9", "12", "17"})  # preview, test, spam, their imports
_NOT_ASKED_WORDS = ("preview", "test", "spam")
_METRICS = {"nps": Feeds.NPS, "csat": Feeds.CSAT, "ces": Feeds.CES}
_NPS_GROUP = "_NPS_GROUP"


def _batches(kitchen: Kitchen) -> Iterator[Batch]:
    survey = kitchen.optional("survey")
    for source in kitchen.sources["responses"]:
        header = read_header(source)
        if survey is None:
            questionnaire, book = _guessed(source, header)
        else:
            with_book = read_qualtrics(_content(survey), name=survey.name)
            questionnaire, book = with_book.questionnaire, with_book.book
        form = open_form(questionnaire, _feeds(kitchen, questionnaire))
        columns = codebook(header.columns, header.written, book)
        convert = partial(_response, form=form, header=header, columns=columns, kitchen=kitchen)
        yield from converted("answers", records(source), convert)


def _content(survey: Source) -> bytes:
    payload = open_payload(survey.path)
    try:
        return payload.content.read(LARGEST + 1)
    finally:
        payload.close()


def _feeds(kitchen: Kitchen, questionnaire: Questionnaire) -> dict[str, Feeds]:
    """Which items feed which metric, by the options; raises `BadOption` for a tag that is no item."""
    feeds: dict[str, Feeds] = {}
    for option, metric in _METRICS.items():
        for tag in filter(None, (tag.strip() for tag in kitchen.options[option].split(","))):
            key = next((k for k in (tag, item_key(tag, (), Notes())) if k in questionnaire.by_key), None)
            if key is None:
                known = ", ".join(list(questionnaire.by_key)[:50])
                raise BadOption(f"no question '{tag}' for option '{option}'", hint=f"Known: {known}.")
            feeds[key] = metric
    return feeds


def _response(
    record: Record, *, form: Questionnaire, header: Header, columns: tuple[Column, ...], kitchen: Kitchen
) -> Iterable[Row]:
    if kitchen.options["tests"] != "yes":
        _refuse_tests(record, header)
    at = next((c for c in map(header.column, ("recorded", "ended", "started")) if c and record.text(c)), None)
    if at is None:
        raise BadCell("value.missing", header.column("ended") or "EndDate")
    moment = record.moment(at, kitchen.zone)
    assert moment is not None
    given = Given(
        response=record.needed(header.column("response") or ""),
        answered_at=moment,
        language=form.language(_cell(record, header, "language")),
        answers=answers_of(record, columns, form),
        who={name: _cell(record, header, name) for name in ("customer_number", "email")},
        about={"pulse": kitchen.options["pulse"] or None, "wave": kitchen.options["wave"] or None},
        properties=_rest(record, header, columns),
    )
    return fact_rows(form, given, {column.target.item: column.name for column in columns if column.target})


def _refuse_tests(record: Record, header: Header) -> None:
    column = header.column("status")
    status = (record.text(column) or "") if column else ""
    if status in _NOT_ASKED_ABOUT or any(word in status.lower() for word in _NOT_ASKED_WORDS):
        raise BadCell("value.not_allowed", column or "", status)


def _cell(record: Record, header: Header, what: str) -> str | None:
    column = header.column(what)
    return record.text(column) if column else None


def _rest(record: Record, header: Header, columns: tuple[Column, ...]) -> Mapping[str, object]:
    taken = {"private", "response", "recorded", "email", "customer_number", "language"}
    asked = {column.name for column in columns if column.target}
    return {
        name: record.cells[name]
        for name, meta in zip(header.columns, header.meta, strict=True)
        if meta not in taken and name not in asked and record.cells[name]
    }


# --- without a survey ----------------------------------------------------------------------------------


def _guessed(source: Source, header: Header) -> tuple[Questionnaire, Book]:
    """Items known by the columns alone; the whole file is looked at once to tell numbers from words."""
    asked = [
        (column, question or column)
        for column, question, meta in zip(header.columns, header.questions, header.meta, strict=True)
        if not meta and not column.endswith(_NPS_GROUP)
    ]
    words: set[str] = set()
    for record, _ in records(source):
        if not isinstance(record, Reject):
            words.update(
                column for column, _ in asked if column not in words and not _is_number(record, column)
            )
    book, items, taken = Book(), [], list[str]()
    for column, question in asked:
        key = item_key(column, taken, Notes())
        taken.append(key)
        kind = ItemKind.COMMENT if column in words else ItemKind.NUMBER
        if f"{column}{_NPS_GROUP}" in header.columns:
            kind = ItemKind.NPS
        codes: dict[str, object] = {str(n): n for n in range(11)} if kind is ItemKind.NPS else {}
        metric = Feeds.NPS if kind is ItemKind.NPS else Feeds.OTHER
        items.append(Item(key=key, kind=kind, text=wording(en=question), metric=metric))
        book.add(Target(item=key, codes=codes), column)
    page = Page(key="page1", items=tuple(items))
    return Questionnaire(title=wording(en=source.name), languages=("en",), pages=(page,)), book


def _is_number(record: Record, column: str) -> bool:
    try:
        record.number(column)
    except BadCell:
        return False
    return True


RECIPE = Recipe(
    name="qualtrics",
    source="Qualtrics: responses as CSV, the survey as .qsf",
    version=1,
    files={"responses": "*.csv", "survey": "*.qsf"},
    columns={"responses": ("StartDate", "EndDate", "Finished", "ResponseId")},
    optional=frozenset({"survey"}),
    options={"timezone": "UTC", "tests": "no", "pulse": "", "wave": "", "nps": "", "csat": "", "ces": ""},
    about={
        "timezone": "time zone of the dates in the file",
        "tests": "yes takes previews and test answers too",
        "pulse": "name of the pulse that the answers belong to",
        "wave": "wave that the answers belong to, such as 2026-09",
        "nps": "questions (data export tags, parted by commas) that feed the NPS",
        "csat": "questions that feed satisfaction",
        "ces": "questions that feed effort",
    },
    batches=_batches,
)
