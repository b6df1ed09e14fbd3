"""A LimeSurvey `.lss` file is a dump of tables in XML: it is read into rows, old and new forms alike."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from viaggio.store.importers.codes import bad_file
from viaggio.store.questionnaires.plain import plain_text
from viaggio.store.questionnaires.report import Notes

LARGEST = 32 << 20
"""Bytes of a file, at most."""
OLDEST, NEWEST = 143, 799
"""Database versions whose tables we know; the earliest seen is 146, the latest 641."""

type Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Dump:
    """The tables of a survey by name, its database version and its languages, the base language first."""

    version: int
    languages: tuple[str, ...]
    tables: Mapping[str, tuple[Row, ...]]

    def rows(self, table: str) -> tuple[Row, ...]:
        """The rows of a table, none where it is not there."""
        return self.tables.get(table, ())


def read_dump(content: bytes, name: str) -> Dump:
    """The tables of a `.lss` file. Raises `BadFile` with the reason where it is none, or a broken one."""
    if len(content) > LARGEST:
        raise bad_file("file.bomb", place=name)
    try:
        root = fromstring(content, forbid_dtd=True)
    except DefusedXmlException as error:
        raise bad_file("file.entities", place=name) from error
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        raise bad_file("file.bad_questionnaire", place=f"{name}: {error}") from error
    kind = (root.findtext("LimeSurveyDocType") or "").strip()
    if root.tag != "document" or kind != "Survey":
        raise _bad(name, f"document type '{kind or root.tag}'", "Export the survey structure as .lss.")
    tables = {section.tag: tuple(_rows(section)) for section in root if section.find("rows") is not None}
    for needed in ("surveys", "surveys_languagesettings", "groups", "questions"):
        if not tables.get(needed):
            raise _bad(name, f"no <{needed}>", "The file is not whole.")
    return Dump(_version(root, name), _languages(root, tables, name), tables)


def _bad(name: str, what: str, hint: str = "") -> Exception:
    return bad_file("file.bad_questionnaire", place=f"{name}: {what}", hint=hint)


def _version(root: Element, name: str) -> int:
    text = (root.findtext("DBVersion") or "").strip()
    if not text.isdigit() or not OLDEST <= int(text[:9]) <= NEWEST:
        raise _bad(name, f"database version '{text}'", f"Known: {OLDEST} to {NEWEST}.")
    return int(text)


def _languages(root: Element, tables: Mapping[str, tuple[Row, ...]], name: str) -> tuple[str, ...]:
    base = tables["surveys"][0].get("language", "").strip()
    listed = [(element.text or "").strip() for element in root.iterfind("languages/language")]
    said = [row.get("surveyls_language", "") for row in tables["surveys_languagesettings"]]
    found = tuple(dict.fromkeys(language for language in (base, *listed, *said) if language))
    if not found:
        raise _bad(name, "no language")
    return found


def _rows(section: Element) -> Iterable[Row]:
    for row in section.iterfind("rows/row"):
        yield {cell.tag: cell.text or "" for cell in row}


class Texts:
    """The texts of groups, questions and answers in all languages, from either form of the dump."""

    def __init__(self, dump: Dump, notes: Notes) -> None:
        self._languages = dump.languages
        self._notes = notes
        self._found: dict[tuple[str, str], dict[str, Row]] = defaultdict(dict)
        for table, texts, key in (
            ("groups", "group_l10ns", "gid"), ("questions", "question_l10ns", "qid"),
            ("subquestions", "question_l10ns", "qid"), ("answers", "answer_l10ns", "aid"),
        ):  # fmt: skip
            for row in (*dump.rows(table), *dump.rows(texts)):
                if key in row and row.get("language"):
                    self._found[key, row[key]][row["language"]] = row

    def of(self, key: str, number: str, column: str, place: str) -> dict[str, str]:
        """The plain text of a column by language; languages without it take the base language's."""
        rows = self._found.get((key, number), {})
        return self.plain({language: row.get(column, "") for language, row in rows.items()}, place)

    def plain(self, raw: Mapping[str, str], place: str) -> dict[str, str]:
        """Plain texts by language, the gaps filled from the base language and told."""
        found: dict[str, str] = {}
        for language, text in raw.items():
            words, lost = plain_text(text)
            if lost:
                self._notes.add("markup.removed", place, ", ".join(sorted(lost)))
            if words:
                found[language] = words
        if not found:
            return {}
        spare = found.get(self._languages[0]) or next(iter(found.values()))
        for language in self._languages:
            if language not in found:
                self._notes.add("text.missing", f"{place}.{language}")
        return {language: found.get(language, spare) for language in self._languages}


def once(rows: Iterable[Row], key: str) -> list[Row]:
    """One row for each value of `key`: old dumps repeat a row for each language."""
    found: dict[str, Row] = {}
    for row in rows:
        found.setdefault(row.get(key, ""), row)
    return list(found.values())


def ordered(rows: Iterable[Row], column: str) -> list[Row]:
    """The rows by a whole-number column; what is no number comes first, ties stay as they are."""
    return sorted(rows, key=lambda row: _whole(row.get(column, "")))


def _whole(text: str) -> int:
    text = text.strip()
    return int(text) if text.lstrip("-").isdigit() and len(text) < 12 else -1
