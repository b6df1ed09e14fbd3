"""Mapping files: TOML text to `ImportMapping`, each mistake named with its place and the nearest name."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from viaggio.customer.tables import IDENTIFIER_COLUMNS
from viaggio.kernel import BadMapping, Column, Contract, Kind
from viaggio.store.contracts import FACTS
from viaggio.store.importers.mapping import Format, ImportMapping, TableMapping, Take
from viaggio.store.importers.mapping_parts import condition_of, layout_of
from viaggio.store.importers.rows import source_columns, target
from viaggio.store.importers.times import compile_format
from viaggio.store.importers.toml_reading import (
    choice_of,
    list_of,
    nearest,
    only_known,
    refuse_open,
    table_of,
    text_of,
    texts_of,
    zone_of,
)
from viaggio.store.importers.values import needs_timezone

_MADE_BY_FOLD = {"identifiers"}
_CURRENCY = re.compile(r"[A-Z]{3}")
_FITTING: Mapping[str, frozenset[Kind]] = {
    "format": frozenset({Kind.TIME, Kind.DAY}),
    "timezone": frozenset({Kind.TIME}),
    "two_hours": frozenset({Kind.TIME}),
    "no_hour": frozenset({Kind.TIME}),
    "decimal": frozenset({Kind.CENTS, Kind.NUMBER, Kind.WHOLE}),
    "unit": frozenset({Kind.CENTS}),
    "rounding": frozenset({Kind.CENTS}),
    "yes": frozenset({Kind.YES_NO}),
    "no": frozenset({Kind.YES_NO}),
}
_TOP = (
    "source",
    "timezone",
    "currency",
    "decimal",
    "empty",
    "leave_out",
    "two_hours",
    "no_hour",
    "file",
    "table",
)
_TABLE = ("name", "id", "where", "columns")
_TAKE = (
    "column", "value", "template", "codes", "others", "default", "empty", "format", "timezone", "two_hours",
    "no_hour", "decimal", "unit", "rounding", "yes", "no",
)  # fmt: skip


def read_mapping(source: str | Path) -> ImportMapping:
    """Read a mapping file (a path) or its text. Raises `BadMapping` naming the place and the way out.

    ::

        timezone = "Europe/Rome"      # of local times; needed where a time carries no offset
        currency = "EUR"              # for tables with amounts, where no column gives it
        decimal = ","                 # decimal sign of numbers; "." when left out

        [file]                        # all of it may be left out
        encoding = "cp1252"           # else detected
        delimiter = ";"               # else detected
        header = 1                    # line of the header, or [1, 2, 3]; 0 for none

        [[table]]
        name = "orders"
        id = "numero"                 # a column or { template = "{a}-{b}" }; left out: the row's content
        where = [{ column = "stato", in = ["evaso", "spedito"] }]

        [table.columns]
        customer_number = "codice cliente"
        ordered_at = { column = "data", format = "%d/%m/%Y %H:%M" }
        total_cents = "importo"       # 1.234,50 becomes 123450, exactly
        channel = { column = "canale", codes = { sito = "web", negozio = "store" } }

    Several `[[table]]` may stand in one file; each source row feeds all whose `where` it meets. What no table
    takes is kept in `properties`. docs/reference/mapping.md says it all.
    """
    text = source.read_text(encoding="utf-8") if isinstance(source, Path) else source
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadMapping(
            f"the mapping is not TOML: {error}", hint="Check quotes and brackets there."
        ) from error
    refuse_open(read, "")
    only_known(read, _TOP, "top level")
    defaults = _defaults(read)
    file = table_of(read, "file", "top level")
    tables = read.get("table")
    if not isinstance(tables, list) or not tables:
        raise BadMapping("no table is mapped", hint="Add a [[table]] with a name and [table.columns].")
    typed = file.get("format") in {"excel", "parquet"}
    return ImportMapping(
        tables=tuple(
            _table_mapping(entry, at, defaults, typed=typed) for at, entry in enumerate(tables, start=1)
        ),
        source=text_of(read, "source", "top level"),
        format=cast("Format | None", choice_of(file, "format", "file", key="file.format") or None),
        layout=layout_of(file),
        sheet=text_of(file, "sheet", "file"),
        leave_out=texts_of(read, "leave_out", "top level"),
        text=text,
    )


@dataclass(frozen=True, slots=True)
class _Defaults:
    timezone: str
    currency: str
    decimal: str
    empty: tuple[str, ...]
    two_hours: str
    no_hour: str


def _defaults(read: Mapping[str, Any]) -> _Defaults:
    currency = text_of(read, "currency", "top level")
    if currency and not _CURRENCY.fullmatch(currency):
        raise BadMapping(f"'{currency}' is no currency", place="currency", hint="Write EUR, USD, GBP ...")
    return _Defaults(
        timezone=zone_of(text_of(read, "timezone", "top level"), "timezone"),
        currency=currency,
        decimal=choice_of(read, "decimal", "top level") or ".",
        empty=texts_of(read, "empty", "top level"),
        two_hours=choice_of(read, "two_hours", "top level") or "earlier",
        no_hour=choice_of(read, "no_hour", "top level") or "shift",
    )


def _table_mapping(entry: Any, at: int, defaults: _Defaults, *, typed: bool) -> TableMapping:
    place = f"table {at}"
    if not isinstance(entry, dict):
        raise BadMapping("a table must be written as [[table]]", place=place)
    only_known(entry, _TABLE, place)
    name = text_of(entry, "name", place)
    importable = [table for table in FACTS if table not in _MADE_BY_FOLD]
    if name not in importable:
        raise BadMapping(f"there is no table '{name}'", place=place, hint=nearest(name, importable))
    contract = FACTS[name]
    place = f"table {at} ({name})"
    columns = dict(_columns(entry, contract, place, defaults, typed=typed))
    if contract.column("currency") and "currency" not in columns and defaults.currency:
        columns["currency"] = Take(value=defaults.currency)
    _complete(columns, contract, place)
    currency = columns["currency"].value if "currency" in columns else ""
    return TableMapping(
        name=name,
        place=place,
        id=_take(entry["id"], target(contract, "id"), f"{place}.id", defaults, typed=typed)
        if "id" in entry
        else None,
        columns=tuple(
            (column, _with_currency(take, contract, column, currency)) for column, take in columns.items()
        ),
        where=tuple(condition_of(one, f"{place}.where") for one in list_of(entry, "where", place)),
    )


def _with_currency(take: Take, contract: Contract, column: str, currency: str) -> Take:
    return replace(take, currency=currency) if target(contract, column).kind is Kind.CENTS else take


def _columns(
    entry: Mapping[str, Any], contract: Contract, place: str, defaults: _Defaults, *, typed: bool
) -> Iterable[tuple[str, Take]]:
    known = [name for name in contract.names if name != "properties"]
    known += IDENTIFIER_COLUMNS if contract.customer else ()
    for name, value in table_of(entry, "columns", place).items():
        here = f"{place}.columns.{name}"
        if name == "properties":
            raise BadMapping(
                "properties are filled with what is not mapped", place=here, hint="Take the line out."
            )
        if name not in known:
            raise BadMapping(
                f"{contract.name} have no column '{name}'", place=here, hint=nearest(name, known)
            )
        yield name, _take(value, target(contract, name), here, defaults, typed=typed)


def _complete(columns: Mapping[str, Take], contract: Contract, place: str) -> None:
    missing = [column.name for column in contract.columns if column.needed and column.name not in columns]
    if missing:
        raise BadMapping(
            f"{contract.name} need {', '.join(missing)}", place=place,
            hint='Give each a column, or a constant such as { value = "..." }.',
        )  # fmt: skip
    money = any(target(contract, name).kind is Kind.CENTS for name in columns)
    if money and "currency" not in columns:
        raise BadMapping("amounts need a currency", place=place, hint='Write currency = "EUR" at the top.')


def _take(value: Any, column: Column, place: str, defaults: _Defaults, *, typed: bool) -> Take:
    if isinstance(value, str):
        value = {"column": value}
    if not isinstance(value, dict):
        raise BadMapping("a column name or { ... } is expected", place=place)
    only_known(value, _TAKE, place)
    given = [key for key in ("column", "value", "template") if key in value]
    if len(given) != 1:
        raise BadMapping("exactly one of column, value and template is expected", place=place)
    for key, kinds in _FITTING.items():
        if key in value and column.kind not in kinds:
            raise BadMapping(f"{key} does not fit a column of kind {column.kind}", place=place)
    take = Take(
        column=text_of(value, "column", place),
        value=text_of(value, "value", place),
        template=text_of(value, "template", place),
        codes=tuple(
            (key, text_of(codes, key, f"{place}.codes"))
            for codes in [table_of(value, "codes", place)]
            for key in codes
        ),
        others=text_of(value, "others", place),
        default=text_of(value, "default", place),
        empty=texts_of(value, "empty", place) or defaults.empty,
        formats=_formats(value, column, place, typed=typed),
        timezone=zone_of(text_of(value, "timezone", place), place) or defaults.timezone,
        two_hours=cast("Any", choice_of(value, "two_hours", place) or defaults.two_hours),
        no_hour=cast("Any", choice_of(value, "no_hour", place) or defaults.no_hour),
        decimal=choice_of(value, "decimal", place) or defaults.decimal,
        unit=cast("Any", choice_of(value, "unit", place) or "units"),
        rounding=cast("Any", choice_of(value, "rounding", place)),
        yes=texts_of(value, "yes", place),
        no=texts_of(value, "no", place),
    )
    _sensible(take, column, place)
    return take


def _sensible(take: Take, column: Column, place: str) -> None:
    if take.template and not source_columns(take):
        raise BadMapping("the template names no column", place=place, hint='Write { template = "{a}-{b}" }.')
    if column.kind is Kind.TIME and not take.timezone and needs_timezone(take.formats):
        raise BadMapping(
            "the time zone of local times is missing",
            place=place,
            hint='Write timezone = "Europe/Rome" at the top.',
        )
    if not column.allowed:
        return
    allowed = [str(code) for code in column.allowed]
    stated = [take.value, take.default, *(code for _, code in take.codes)]
    stated += [] if take.others == "keep" else [take.others]
    for code in stated:
        if code and code not in allowed and not (take.codes and code == take.value):
            raise BadMapping(f"'{code}' is not allowed here", place=place, hint=nearest(code, allowed))


def _formats(value: Mapping[str, Any], column: Column, place: str, *, typed: bool) -> tuple[str, ...]:
    if column.kind not in {Kind.TIME, Kind.DAY}:
        return ()
    given = value.get("format", ["iso"] if typed or "value" in value else None)
    if given is None:
        raise BadMapping(
            "the date format is missing",
            place=place,
            hint='Write format = "iso" or, say, format = "%d/%m/%Y %H:%M".',
        )
    formats = tuple(given) if isinstance(given, list) else (given,)
    for text in formats:
        try:
            compile_format(text)
        except (ValueError, TypeError) as error:
            raise BadMapping(
                f"'{text}' is no date format: {error}",
                place=place,
                hint="Write %d/%m/%Y %H:%M, iso, unix or unix_ms.",
            ) from error
    return formats
