"""Every code with which a file, a row or a question of an import is named; faces hold the sentences.

Codes are stable: what is once written into a rejects file or an API answer keeps its meaning.
"""

from collections.abc import Mapping
from types import MappingProxyType

from viaggio.kernel import BadFile

FILE_CODES: tuple[tuple[str, str], ...] = (
    ("file.missing", "there is no such file"),
    ("file.empty", "the file has no content"),
    ("file.no_rows", "there is a header and nothing below it"),
    ("file.no_header", "the header line asked for is not in the file or is blank"),
    ("file.not_text", "the content is not text: a program, a picture, another format"),
    ("file.is_excel", "named as text, but the content is an Excel workbook"),
    ("file.is_parquet", "named as text, but the content is Parquet"),
    ("file.is_old_excel", "an .xls workbook of Excel 97-2003, which is not read"),
    ("file.unknown_encoding", "the encoding named is not known"),
    ("file.bad_delimiter", "the delimiter named can not be one"),
    ("file.too_many_columns", "more columns than a table may have"),
    ("file.damaged", "the compressed content is damaged"),
    ("file.bad_excel", "the workbook can not be opened"),
    ("file.bad_parquet", "the Parquet file can not be opened"),
    ("file.bad_xes", "the file is no event log in XES"),
    ("file.bad_ocel", "the file is no event log in OCEL 2.0 (JSON)"),
    ("file.bad_questionnaire", "the file is no questionnaire of its format, or a broken one"),
    ("file.bad_spss", "the file is no SPSS data file, or a broken one"),
    ("file.entities", "the XML declares entities, which no data needs"),
    ("file.no_column", "a column that must be there is missing"),
    ("file.bad_column", "a column holds another type than it must"),
    ("file.set_not_whole", "a file of the set is missing"),
    ("file.no_sheet", "the workbook has no such sheet"),
    ("file.bomb", "the archive grows beyond what is allowed when unpacked"),
    ("file.too_many_rows", "a row number beyond what the format allows"),
    ("parse.memory", "parsing needed more memory than allowed"),
    ("parse.time", "parsing took longer than allowed"),
    ("parse.died", "the parsing process ended without an answer"),
)
"""Codes of `BadFile`: the file as a whole is refused."""

ROW_CODES: tuple[tuple[str, str], ...] = (
    ("row.too_few_cells", "fewer cells than the header has columns"),
    ("row.too_many_cells", "more cells than the header has columns"),
    ("row.no_partner", "it refers to a row that is in no file"),
    ("row.contradicts", "an earlier row with the same key says otherwise"),
    ("row.no_events", "a case without events"),
    ("row.too_long", "a line longer than allowed"),
    ("row.bad_quotes", "text follows a closing quote"),
    ("row.unclosed_quote", "a quote opens a cell and never closes"),
    ("cell.too_long", "a cell longer than allowed"),
    ("text.undecodable", "bytes that are no text in the file's encoding"),
    ("text.nul", "a NUL byte in a cell"),
    ("file.truncated", "the compressed file ends too early; rows up to here were read"),
    ("file.broken_off", "the file is damaged from here on; rows up to here were read"),
    ("value.missing", "a needed value is empty"),
    ("value.not_allowed", "not one of the allowed codes"),
    ("value.unknown_code", "a value that the list of codes does not translate"),
    ("value.not_a_time", "not a date and time in any of the formats listed"),
    ("value.not_a_day", "not a date in any of the formats listed"),
    ("value.no_such_hour", "a local time skipped when clocks go forward"),
    ("value.two_hours", "a local time that comes twice when clocks go back"),
    ("value.not_a_number", "not a number in the decimal style stated"),
    ("value.not_whole", "not a whole number"),
    ("value.not_money", "not an amount in the decimal style stated"),
    ("value.part_of_a_cent", "an amount with parts of a cent"),
    ("value.not_yes_no", "neither yes nor no"),
    ("value.not_json", "not a JSON object"),
    ("value.not_a_currency", "not a currency code of three letters"),
    ("value.not_text", "an identifier that is neither text nor a whole number"),
    ("value.too_long", "an identifier longer than allowed"),
    ("message.not_json", "a live message that is no JSON"),
    ("message.not_an_object", "a live message, or a part of it, that is no JSON object"),
    ("message.unknown_type", "a live message of a type that is not known"),
    ("message.nobody", "a live message with neither userId nor anonymousId"),
    ("message.too_long", "a live message longer than allowed"),
)
"""Codes of `Reject`: this row is kept aside, the others are taken."""

QUESTION_CODES: tuple[tuple[str, str], ...] = (
    ("question.table", "which fact table do these rows belong to"),
    ("question.day_or_month_first", "is the first number of this date the day or the month"),
    ("question.date_format", "the dates follow no format known, or several"),
    ("question.decimal", "is the sign in these numbers a decimal sign or one for thousands"),
    ("question.needed", "a needed column for which no source was found"),
    ("question.codes", "values that must be translated to the allowed codes"),
    ("question.scale", "the lowest and highest value of the scale"),
)
"""Codes of what `suggest` asks back."""

CODES: Mapping[str, str] = MappingProxyType(dict((*FILE_CODES, *ROW_CODES, *QUESTION_CODES)))
"""All codes with a short English explanation for developers."""


def bad_file(code: str, *, place: str, hint: str = "") -> BadFile:
    """A `BadFile` with one of `FILE_CODES`; `place` names the file, and the line or sheet where known."""
    error = BadFile(CODES[code], place=place, hint=hint)
    error.code = code
    return error
