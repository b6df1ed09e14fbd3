"""Statements whose text is made once: for the few that run with every answer that is sent.

Django writes the text of a query anew each time, which takes longer than the database takes to answer it. A
`Prepared` query, `Insert` or `Update` lets Django write it once for each engine and keeps what it needs to
read rows and write values as Django does. Values stand in for samples, so each must be of its sample's kind:
a whole number, or text that is not null.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import FETCH_ONE, Field, Model, QuerySet
from django.db.models.query import get_related_populators
from django.db.models.sql import InsertQuery, UpdateQuery

type Value = str | int


@dataclass(frozen=True, slots=True)
class _Query:
    """One query on one engine: its text, which value stands in each place, how its rows become models."""

    text: str
    places: tuple[tuple[int, Any], ...]  # number of the value, or -1 and what always stands there
    converters: tuple[tuple[int, tuple[Callable[..., Any], ...], Any], ...]
    model: type[Model]
    names: tuple[str, ...]
    columns: slice
    related: tuple[Any, ...]


class Prepared[M: Model]:
    """The rows of a query that differs in its values only; `make` gets the samples."""

    def __init__(self, make: Callable[..., QuerySet[M]], *samples: Value) -> None:
        self._make, self._samples = make, samples
        self._kept: dict[str, _Query] = {}

    def __call__(self, *values: Value) -> list[M]:
        """The rows for these values, in the places of the samples."""
        query = self._kept.get(connection.vendor) or self._compiled()
        given = [values[number] if number >= 0 else fixed for number, fixed in query.places]
        with connection.cursor() as cursor:
            cursor.execute(query.text, given)
            rows = cursor.fetchall()
        return [self._read(query, list(row)) for row in rows]

    def _read(self, query: _Query, row: list[Any]) -> M:
        for at, converters, expression in query.converters:
            for convert in converters:
                row[at] = convert(row[at], expression, connection)
        found: Any = query.model.from_db(connection.alias, query.names, row[query.columns])
        for related in query.related:
            related.populate(row, found)
        return found  # type: ignore[no-any-return]  # the queryset's own model

    def _compiled(self) -> _Query:
        compiler: Any = self._make(*self._samples).query.get_compiler(connection=connection)
        text, given = compiler.as_sql()
        fields = [column for column, *_ in compiler.select]
        first, *_, last = compiler.klass_info["select_fields"]
        columns = slice(first, last + 1)
        related = get_related_populators(compiler.klass_info, compiler.select, connection.alias, FETCH_ONE)
        query = self._kept[connection.vendor] = _Query(
            text=text,
            places=tuple((_place(value, self._samples), value) for value in given),
            converters=tuple(
                (at, tuple(converters), expression)
                for at, (converters, expression) in compiler.get_converters(fields).items()
            ),
            model=compiler.klass_info["model"],
            names=tuple(column.target.attname for column in fields[columns]),
            columns=columns,
            related=tuple(related),
        )
        return query


def _place(value: Any, samples: Sequence[Value]) -> int:
    """The number of the sample that this is, -1 for what always stands there."""
    same = (n for n, sample in enumerate(samples) if type(value) is type(sample) and value == sample)
    return next(same, -1)


class Insert[M: Model]:
    """Inserts new rows of a model whose key is known before."""

    def __init__(self, model: type[M]) -> None:
        self._model = model
        self._kept: dict[str, tuple[str, tuple[Any, ...]]] = {}

    def __call__(self, row: M) -> None:
        """Insert this row; raises `IntegrityError` when it is there."""
        text, fields = self._kept.get(connection.vendor) or self._compiled()
        values = [_written(field, field.pre_save(row, True)) for field in fields]
        with connection.cursor() as cursor:
            cursor.execute(text, values)
        row._state.adding = False  # noqa: SLF001 -- what `Model.save` notes
        row._state.db = connection.alias  # noqa: SLF001 -- what `Model.save` notes

    def _compiled(self) -> tuple[str, tuple[Any, ...]]:
        fields = self._model._meta.local_concrete_fields  # noqa: SLF001 -- Django's documented door to fields
        query = InsertQuery(self._model)
        query.insert_values(fields, [self._model()])
        compiler: Any = query.get_compiler(connection=connection)
        compiler.returning_fields = None
        ((text, given),) = compiler.as_sql()
        return _kept(self._kept, text, given, fields)


_SAMPLE = 987_654_321
"""A number that stands for `change` in a text."""


class Update[M: Model]:
    """Sets fields of the rows of a key; with `guarded` only while their `change` is what was read."""

    def __init__(self, model: type[M], *names: str, guarded: bool = True) -> None:
        self._model, self._names, self._guarded = model, names, guarded
        self._kept: dict[str, tuple[str, tuple[Any, ...]]] = {}

    def __call__(self, key: str, change: int, values: Mapping[str, Any]) -> bool:
        """Write these values, one for each field; False when the row has changed since or is gone."""
        text, fields = self._kept.get(connection.vendor) or self._compiled()
        with connection.cursor() as cursor:
            cursor.execute(text, [*_all_written(fields, values), key, change])
            return bool(cursor.rowcount)

    def many(self, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Write the values of many rows, by key; of an update that is not guarded."""
        text, fields = self._kept.get(connection.vendor) or self._compiled()
        with connection.cursor() as cursor:
            cursor.executemany(text, [[*_all_written(fields, values), key] for key, values in rows])

    def _compiled(self) -> tuple[str, tuple[Any, ...]]:
        known: Any = QuerySet(self._model).filter(pk="key")
        query: Any = (known.filter(change=_SAMPLE) if self._guarded else known).query.chain(UpdateQuery)
        query.add_update_values(dict.fromkeys(self._names))
        text, given = query.get_compiler(connection=connection).as_sql()
        last = ("key", _SAMPLE) if self._guarded else ("key",)
        if tuple(given[-len(last) :]) != last:
            raise LookupError(f"the key does not stand last: {text}")
        return _kept(self._kept, text, given[: -len(last)], [field for field, *_ in query.values])


def _kept(
    texts: dict[str, tuple[str, tuple[Any, ...]]], text: str, given: Sequence[Any], fields: Sequence[Any]
) -> tuple[str, tuple[Any, ...]]:
    """Keep a text for this engine; every field must have one place in it."""
    if len(given) != len(fields):
        raise LookupError(f"{len(given)} places for {len(fields)} fields: {text}")
    made = texts[connection.vendor] = (text, tuple(fields))
    return made


def _all_written(fields: Sequence[Any], values: Mapping[str, Any]) -> list[Any]:
    return [_written(field, values[field.name]) for field in fields]


def _written(field: Field[Any, Any], value: Any) -> Any:
    """The value as Django would write it."""
    return field.get_db_prep_save(value, connection)
