"""The answer index made from the facts, in memory and for the disk."""

from typing import TYPE_CHECKING, Any, Protocol

from viaggio.measure.answer_rows import answer_rows, strata_rows, weight_rows
from viaggio.measure.model import Tables
from viaggio.pulse.cx import with_cx_weights
from viaggio.pulse.index import Answers
from viaggio.pulse.index_rows import index_of
from viaggio.store.answers_index import read_answers_manifest, state_of, write_answers
from viaggio.store.facts import Manifest
from viaggio.store.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable


class Source(Protocol):
    """What the index is made from."""

    @property
    def workspace(self) -> Workspace:
        """Whose answers they are."""

    def tables(self) -> Tables:
        """The fact tables."""

    def run(self, expression: Any) -> Any:
        """The rows of an Ibis expression as an Arrow table."""


def build_answers(source: Source) -> Answers:
    """The answer index of a source of facts, in memory."""
    tables = source.tables()
    rows = answer_rows(tables)
    batches: Iterable[Any] = source.batches(rows) if hasattr(source, "batches") else [source.run(rows)]
    weights = source.run(weight_rows(tables))
    strata = None if tables.coverage is None else source.run(strata_rows(tables))
    return with_cx_weights(index_of(batches, source.workspace.zone, weights, strata))


def update_answers(ws: Workspace, facts: Manifest) -> None:
    """Bring the answer index on disk to the state of the facts, where anything it is made of has changed."""
    known = read_answers_manifest(ws)
    if known is not None and known.state == state_of(ws, facts):
        return
    if known is None and not facts.rows("answers"):
        return
    from viaggio.store.engine import Engine

    write_answers(ws, facts, build_answers(Engine(ws)))
