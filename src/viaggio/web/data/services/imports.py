"""Imports as pages show them: what arrived, what became of it, how far the running one is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from viaggio.store.facts import Counts
from viaggio.store.progress import running
from viaggio.store.rejected import Reason, reasons
from viaggio.store.status import ItemStatus, item_statuses
from viaggio.store.workspace import Workspace
from viaggio.web.data.kinds import KINDS, kind_name, recipe_name
from viaggio.web.data.services.moments import moment_of
from viaggio.web.data.words import said

if TYPE_CHECKING:
    from viaggio.store.landing import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """The fold that runs: rows and bytes of the item read so far, rows a second, seconds left."""

    item: int
    label: str
    stage: str
    rows: int
    bytes_done: int
    bytes_total: int
    rejected: int
    rate: float
    seconds_left: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One line of the list. `state`: waiting, reading, failed, apart (some rows rejected), same or done."""

    seq: int
    kind: str
    name: str
    source: str
    landed: datetime | None
    by: str
    size: int
    state: str
    status: ItemStatus
    counts: Counts

    @property
    def state_name(self) -> str:
        """The state in words."""
        return {
            "waiting": _("waits its turn"),
            "reading": _("being read"),
            "failed": _("could not be read"),
            "apart": _("done, some rows kept apart"),
            "same": _("done, nothing new"),
        }.get(self.state, _("done"))

    @property
    def about(self) -> str:
        """What the name does not say: the source, or the recipe where the name is the source."""
        return recipe_name(self.status.item.recipe) if self.name == self.source else self.source

    @property
    def why(self) -> str:
        """Why it failed, in words; empty when it did not."""
        return said(self.status.failed) if self.status.failed else ""


def all_imports(ws: Workspace) -> list[Import]:
    """Every import and decision, newest first."""
    now = running_fold(ws)
    return [import_of(status, now) for status in item_statuses(ws)]


def import_of(status: ItemStatus, now: Running | None) -> Import:
    """One item as the list shows it."""
    counts = total(status.tables)
    item = status.item
    return Import(
        seq=item.seq,
        kind=item.kind,
        name=_name(item),
        source=item.source,
        landed=moment_of(item.landed_at),
        by=item.by,
        size=item.size,
        state=_state(status, counts, now),
        status=status,
        counts=counts,
    )


def _name(item: "Item") -> str:
    if item.kind == "identity":
        return _("Customers joined") if item.options.get("action") == "merge" else _("Customers parted")
    if item.recipe == "native":  # its files have the names of our tables: the source says more
        return item.source
    return recipe_name(item.recipe) or item.label


def _state(status: ItemStatus, counts: Counts, now: Running | None) -> str:
    if status.state == "waiting":
        return "reading" if now is not None and now.item == status.item.seq else "waiting"
    if status.state == "failed":
        return "failed"
    if status.rejected:
        return "apart"
    return "same" if counts.duplicate and not counts.new and not counts.changed else "done"


def total(tables: Mapping[str, Counts]) -> Counts:
    """All tables together, the identifiers, which nobody brought as rows, left out."""
    kept = [counts for table, counts in tables.items() if table != "identifiers"]
    return Counts(
        new=sum(c.new for c in kept),
        changed=sum(c.changed for c in kept),
        duplicate=sum(c.duplicate for c in kept),
        rejected=sum(c.rejected for c in kept),
    )


def running_fold(ws: Workspace) -> Running | None:
    """The fold that runs now; None when none does."""
    found = running(ws)
    if found is None:
        return None
    step, rate = found
    seconds = step.rows / rate if rate else 0
    left = None
    if step.stage == "read" and step.bytes_done and seconds > 1:
        left = seconds * (step.bytes_total - step.bytes_done) / step.bytes_done
    return Running(
        item=step.item,
        label=step.label,
        stage=step.stage,
        rows=step.rows,
        bytes_done=step.bytes_done,
        bytes_total=step.bytes_total,
        rejected=step.rejected,
        rate=rate,
        seconds_left=left,
    )


def stage_name(stage: str) -> str:
    """What a fold does at a stage, in words."""
    return {
        "read": _("reading the rows"),
        "write": _("writing the facts"),
        "index": _("putting the journeys in order"),
    }.get(stage, stage)


def table_lines(status: ItemStatus) -> list[tuple[str, Counts]]:
    """What became of the rows of each kind of data, by its name."""
    order = list(KINDS)
    known = sorted(status.tables, key=lambda table: order.index(table) if table in order else len(order))
    return [(kind_name(table), status.tables[table]) for table in known if table != "identifiers"]


def reason_lines(files: tuple[Path, ...]) -> list[tuple[Reason, str]]:
    """Rejected rows by reason, with the reason in words."""
    return [(reason, said(reason.code)) for reason in reasons(files)]
