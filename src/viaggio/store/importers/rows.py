"""One chunk of source rows through a mapping: rows of each fact table, and the source rows rejected."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

import numpy as np
import numpy.typing as npt

from viaggio.customer.tables import IDENTIFIER_COLUMNS
from viaggio.kernel import BadMapping, Column, Contract, Kind
from viaggio.store.contracts import FACTS, arrow_type, incoming_schema
from viaggio.store.importers.arrow import pa, pc
from viaggio.store.importers.mapping import Condition, ImportMapping, TableMapping, Take
from viaggio.store.importers.properties import as_json, content_ids
from viaggio.store.importers.records import Cells, Records
from viaggio.store.importers.values import Converted, convert
from viaggio.store.incoming import Reject

Mask = npt.NDArray[np.bool_]

_ID = Column("id", Kind.CODE, "what the source calls the row", needed=True)
_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


def source_columns(take: Take) -> tuple[str, ...]:
    """The source columns that a value is made of."""
    if take.template:
        return tuple(dict.fromkeys(_PLACEHOLDER.findall(take.template)))
    return (take.column,) if take.column else ()


def target(contract: Contract, name: str) -> Column:
    """The column that a mapping fills: the id, an identifier or one of the contract's own."""
    if name == "id":
        return _ID
    if name in IDENTIFIER_COLUMNS and contract.customer:
        return Column(name, Kind.CODE, "identifier")
    column = contract.column(name)
    assert column is not None, f"{name} was checked when the mapping was read"
    return column


def check_columns(mapping: ImportMapping, columns: Iterable[str], file: str) -> None:
    """Raise `BadMapping`, with the nearest name, when the mapping names a column that the file lacks."""
    known = list(columns)
    for table in mapping.tables:
        uses = [(f"id of {table.place}", table.id)] if table.id else []
        uses += [(f"{table.place}.{name}", take) for name, take in table.columns]
        wanted = [(place, name) for place, take in uses for name in source_columns(take)]
        wanted += [(f"where of {table.place}", condition.column) for condition in table.where]
        for place, name in wanted:
            if name not in known:
                raise _unknown_column(name, known, place, file)


def _unknown_column(name: str, known: list[str], place: str, file: str) -> BadMapping:
    repeated = [column for column in known if re.fullmatch(re.escape(name) + r" \(\d+\)", column)]
    near = repeated or get_close_matches(name, known, n=3, cutoff=0.6)
    hint = f"Did you mean '{"' or '".join(near)}'?" if near else f"Known: {', '.join(known[:40])}."
    what = f"column '{name}' is in {file} more than once" if repeated else f"column '{name}' is not in {file}"
    return BadMapping(what, place=place, hint=hint)


@dataclass(slots=True)
class Chunk:
    """A chunk on its way through a mapping; what two tables read alike is read once."""

    records: Records
    mapping: ImportMapping
    _read: dict[tuple[Take, Kind, tuple[str, ...]], Converted] = field(default_factory=dict)
    _faults: dict[int, tuple[str, str, str]] = field(default_factory=dict)

    def tables(self) -> list[tuple[str, Any]]:
        """Rows per mapped table, in the mapping's order; a source row that fails for one feeds none."""
        selected = [self._selected(table.where) for table in self.mapping.tables]
        filled = [
            self._filled(table, mask) for table, mask in zip(self.mapping.tables, selected, strict=True)
        ]
        good = np.ones(len(self.records), dtype=bool)
        good[list(self._faults)] = False
        result = []
        for table, mask, columns in zip(self.mapping.tables, selected, filled, strict=True):
            rows = pa.table(columns, schema=incoming_schema(FACTS[table.name]))
            keep = mask & good
            result.append((table.name, rows if keep.all() else rows.filter(pa.array(keep))))
        return result

    def rejects(self) -> list[Reject]:
        """The source rows rejected by the mapping, one reject each, in file order; after `tables`."""
        return [
            Reject(
                file=self.records.file, line=int(self.records.lines[row]), code=code, column=column,
                value=value[:200], raw=self.records.raw(row),
            )
            for row, (code, column, value) in sorted(self._faults.items())
        ]  # fmt: skip

    def _selected(self, conditions: tuple[Condition, ...]) -> Mask:
        mask = np.ones(len(self.records), dtype=bool)
        for condition in conditions:
            values = pc.utf8_trim_whitespace(self.records.columns[condition.column].values)
            if condition.filled is not None:
                filled = np.asarray(pc.fill_null(pc.not_equal(values, ""), fill_value=False))
                mask &= filled == condition.filled
            else:
                mask &= np.asarray(pc.is_in(values, value_set=pa.array(condition.values, pa.string())))
        return mask

    def _filled(self, table: TableMapping, selected: Mask) -> dict[str, Any]:
        """Every column of the table's incoming schema, in order."""
        contract = FACTS[table.name]
        takes = dict(table.columns)
        count = len(self.records)
        columns: dict[str, Any] = {}
        for name in incoming_schema(contract).names:
            take = table.id if name == "id" else takes.get(name)
            if take is not None:
                columns[name] = self._column(take, target(contract, name), selected)
            elif name == "id":
                columns[name] = self._row_ids(table)
            elif name == "properties":
                columns[name] = self._properties()
            else:
                columns[name] = pa.nulls(count, arrow_type(target(contract, name).kind))
        return columns

    def _column(self, take: Take, column: Column, selected: Mask) -> Any:
        key = (take, column.kind, column.allowed)
        cells = self._cells(take)
        if key not in self._read:
            self._read[key] = convert(cells, take, column)
        converted = self._read[key]
        faults = converted.faults
        if column.needed:
            empty = np.asarray(pc.is_null(converted.values))
            faults = (*faults, ("value.missing", empty))
        names = source_columns(take)
        for code, mask in faults:
            for row in np.flatnonzero(mask & selected):
                value = cells.values[int(row)].as_py() or ""
                self._faults.setdefault(int(row), (code, names[0] if names else column.name, value))
        return converted.values

    def _cells(self, take: Take) -> Cells:
        if take.column:
            return self.records.columns[take.column]
        count = len(self.records)
        if not take.template:
            return Cells(pa.repeat(pa.scalar(take.value, pa.string()), count))
        pieces: list[Any] = []
        at = 0
        for found in _PLACEHOLDER.finditer(take.template):
            pieces += [take.template[at : found.start()], self._trimmed(found[1])]
            at = found.end()
        return Cells(pc.binary_join_element_wise(*pieces, take.template[at:], ""))

    def _trimmed(self, name: str) -> Any:
        trimmed = pc.utf8_trim_whitespace(self.records.columns[name].values)
        return pc.if_else(pc.equal(trimmed, ""), None, trimmed)

    def _row_ids(self, table: TableMapping) -> Any:
        """Content hashes; a second mapping into the same table gets its own, so that rows do not collide."""
        ids = content_ids(self.records.columns, len(self.records))
        same = [other for other in self.mapping.tables if other.name == table.name]
        at = same.index(table)
        return pc.binary_join_element_wise(ids, f"-{at + 1}", "") if at else ids

    def _properties(self) -> Any:
        """What no table of the mapping takes as it is; columns translated by codes stay as written."""
        taken = {
            take.column
            for table in self.mapping.tables
            for take in (table.id, *(take for _, take in table.columns))
            if take is not None and not take.codes
        }
        left = {
            name: cells
            for name, cells in self.records.columns.items()
            if name not in taken and name not in self.mapping.leave_out
        }
        return as_json(left, len(self.records))
