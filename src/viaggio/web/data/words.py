"""What people read for the codes of files, rows, questions and mappings: what happened, and the way out."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FILES: Mapping[str, Promise] = {
    "file.missing": _("There is no such file."),
    "file.empty": _("The file has no content. Export it again from where it comes from."),
    "file.no_rows": _("The file has a header and nothing below it."),
    "file.no_header": _(
        "The header line named in the mapping is not in the file or is blank. Check “header”."
    ),
    "file.not_text": _(
        "The content is not text: perhaps a program, a picture or another format. Give CSV, Excel or Parquet."
    ),
    "file.is_excel": _(
        "The name says text, but the content is an Excel workbook. Let its name end with .xlsx."
    ),
    "file.is_parquet": _("The name says text, but the content is Parquet. Let its name end with .parquet."),
    "file.is_old_excel": _("This is a workbook of Excel 97–2003 (.xls). Save it as .xlsx or CSV."),
    "file.unknown_encoding": _(
        "The encoding named in the mapping is not known. Write utf-8, cp1252, latin-1 …"
    ),
    "file.bad_delimiter": _(
        "The delimiter named in the mapping cannot be one. Write a single character such as ; or ,."
    ),
    "file.too_many_columns": _("The file has more columns than a table may have."),
    "file.damaged": _("The compressed content is damaged. Fetch the file again."),
    "file.bad_excel": _("The workbook cannot be opened. Open it in Excel and save it again."),
    "file.bad_parquet": _("The Parquet file cannot be opened. Fetch it again."),
    "file.bad_xes": _("The file is not an event log in XES."),
    "file.bad_ocel": _("The file is not an event log in OCEL 2.0 (JSON)."),
    "file.bad_questionnaire": _("The file is not a questionnaire of its format, or it is damaged."),
    "file.bad_spss": _("The file is not an SPSS data file, or it is damaged."),
    "file.entities": _("The XML file declares entities, which no data needs; for safety it is not read."),
    "file.no_column": _("A column that must be there is missing."),
    "file.bad_column": _("A column holds another kind of values than it must."),
    "file.set_not_whole": _("A file of the set is missing. Give all the files together."),
    "file.no_sheet": _("The workbook has no sheet of the name in the mapping."),
    "file.bomb": _(
        "The archive grows beyond what is allowed when it is unpacked; for safety it is not read."
    ),
    "file.too_many_rows": _("A row number lies beyond what the format allows."),
    "file.bad": _("The file cannot be read as what it claims to be."),
    "parse.memory": _("Reading the file took more memory than allowed. Split it into smaller ones."),
    "parse.time": _("Reading the file took longer than allowed. Split it into smaller ones."),
    "parse.died": _("Reading the file ended without an answer. Check that the file is sound."),
}
"""A file as a whole is refused."""

ROWS: Mapping[str, Promise] = {
    "row.too_few_cells": _("fewer cells than the header has columns"),
    "row.too_many_cells": _("more cells than the header has columns"),
    "row.no_partner": _("it refers to a row that is in no file"),
    "row.contradicts": _("an earlier row with the same key says otherwise"),
    "row.no_events": _("a case without events"),
    "row.bad_quotes": _("text follows a closing quote"),
    "row.unclosed_quote": _("a quote opens a cell and never closes"),
    "row.key_collision": _("two different ids happen to have the same internal key: change one of them"),
    "row.too_long": _("a row is longer than allowed"),
    "cell.too_long": _("a cell is longer than allowed"),
    "text.undecodable": _("bytes that are no text in the file’s encoding"),
    "text.nul": _("an invisible NUL character in a cell"),
    "file.truncated": _("the compressed file ends too early; rows up to here were read"),
    "file.broken_off": _("the file is damaged from here on; rows up to here were read"),
    "value.missing": _("a needed value is empty"),
    "value.not_allowed": _("not one of the allowed values"),
    "value.unknown_code": _("a value that the mapping’s list of codes does not translate"),
    "value.not_a_time": _("not a date and time in any of the formats of the mapping"),
    "value.not_a_day": _("not a date in any of the formats of the mapping"),
    "value.no_such_hour": _("a local time that was skipped when clocks went forward"),
    "value.two_hours": _("a local time that came twice when clocks went back"),
    "value.not_a_number": _("not a number with the mapping’s decimal sign"),
    "value.not_whole": _("not a whole number"),
    "value.not_money": _("not an amount with the mapping’s decimal sign"),
    "value.part_of_a_cent": _("an amount with parts of a cent"),
    "value.not_yes_no": _("neither yes nor no"),
    "value.not_json": _("not a JSON object"),
    "value.not_a_currency": _("not a currency code of three letters"),
    "value.not_text": _("an identifier that is neither text nor a whole number"),
    "value.too_long": _("an identifier longer than allowed"),
    "message.not_json": _("a live message that is no JSON"),
    "message.not_an_object": _("a live message, or a part of it, that is no JSON object"),
    "message.unknown_type": _("a live message of an unknown type"),
    "message.nobody": _("a live message that names nobody: neither userId nor anonymousId"),
    "message.too_long": _("a live message longer than allowed"),
}
"""One row is kept apart, the others are taken."""

QUESTIONS: Mapping[str, Promise] = {
    "question.table": _("What are these rows?"),
    "question.day_or_month_first": _("Is the first number of these dates the day or the month?"),
    "question.date_format": _("The dates follow no known format, or several. How are they written?"),
    "question.decimal": _("Is the sign in these numbers a decimal sign or one for thousands?"),
    "question.needed": _("This is needed and no column was found for it. What shall stand there?"),
    "question.codes": _("These values must be translated to the allowed ones. How?"),
    "question.scale": _("What are the lowest and the highest value of the scale?"),
}
"""What a proposed mapping asks back."""

MISTAKES: Mapping[str, Promise] = {
    "mapping.bad": _("The mapping cannot be used as it stands."),
    "recipe.unknown": _("This recipe is not known."),
    "recipe.bad_option": _("An option of the recipe cannot be used."),
    "table.unknown": _("There is no such table."),
    "column.unknown": _("There is no such column."),
    "workspace.bad": _("The workspace cannot be used now."),
    "viaggio.error": _("This cannot be read."),
}
"""What else an import may end with."""

CODES: Mapping[str, Promise] = {**FILES, **MISTAKES, **ROWS, **QUESTIONS}


def said(code: str) -> str:
    """The words for a code; a code of a newer version stays as it is."""
    return str(CODES.get(code, code))
