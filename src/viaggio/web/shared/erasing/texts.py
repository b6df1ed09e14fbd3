"""Columns in which anybody may have written anything: an identifier is taken out, the text stays."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Model, Q, QuerySet, TextField
from django.db.models.functions import Cast

if TYPE_CHECKING:
    from viaggio.store.traces import Traces


@dataclass(frozen=True, slots=True)
class Texts:
    """Text and JSON columns of one table."""

    model: type[Model]
    columns: tuple[str, ...]

    def named(self, traces: "Traces") -> Iterator[Model]:
        """The rows that name the person."""
        for row in self._maybe(traces).iterator(chunk_size=500):
            if any(_named(getattr(row, column), traces) for column in self.columns):
                yield row

    def silence(self, traces: "Traces") -> int:
        """Put a mark where the person is named; returns how many rows were changed."""
        rows = list(self.named(traces))
        for row in rows:
            for column in self.columns:
                setattr(row, column, without(getattr(row, column), traces))
            row.save(update_fields=self.columns)
        return len(rows)

    def _maybe(self, traces: "Traces") -> QuerySet[Model]:
        """Rows that the database thinks name the person: each is looked at again."""
        rows: QuerySet[Model] = self.model._default_manager.all()  # noqa: SLF001 -- Django's own name for it
        asked = Q()
        for column in self.columns:
            rows = rows.annotate(**{f"{column}_text": Cast(column, TextField())})
            asked |= Q(**{f"{column}_text__iregex": traces.loose})
        return rows.filter(asked)


def without(value: Any, traces: "Traces") -> Any:
    """A text or JSON value with the mark for each identifier."""
    from viaggio.store.traces import ERASED

    if isinstance(value, str):
        return traces.without(value)
    if isinstance(value, dict):
        return {without(key, traces): without(inner, traces) for key, inner in value.items()}
    if isinstance(value, list):
        return [without(inner, traces) for inner in value]
    is_key = isinstance(value, int) and not isinstance(value, bool) and value in traces.nodes
    return ERASED if is_key else value


def _named(value: Any, traces: "Traces") -> bool:
    return bool(without(value, traces) != value)
