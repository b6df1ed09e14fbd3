"""What leaves the records for the facts: rows in the landing's shape, written once, landed exactly once.

Fielding works under one lock in the workspace: one process of several draws, reminds and settles at a time,
and its lock goes with it however it ends.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from viaggio.kernel import utc_micros
from viaggio.pulse.model import AskedUnit

if TYPE_CHECKING:
    from viaggio.store.landing import Item
    from viaggio.store.workspace import Workspace
    from viaggio.web.pulse.models import Invitation

RECIPE = "pulse"
SYSTEM = "system"


def fielding_folder(ws: "Workspace") -> Path:
    """The folder of what waits for the landing."""
    from viaggio.store.backup import FIELDING  # the same folder goes into backups

    folder = ws.root / FIELDING
    folder.mkdir(exist_ok=True)
    return folder


@contextmanager
def fielding_lock(ws: "Workspace", *, wait: bool) -> Iterator[None]:
    """Be the one who fields; raises `BadWorkspace` when another process does and `wait` is off."""
    from viaggio.store.durable import locked

    with locked(fielding_folder(ws), wait=wait):
        yield


def eligibility_id(pulse: str, wave: str, unit: str, about: str, customer: int) -> str:
    """The id of one unit in the ledger of one wave, for ever."""
    who = f"/{customer}" if unit == AskedUnit.CUSTOMER else ""
    return f"{pulse}/{wave}/{unit}/{about}{who}"


def coverage_row(invitation: "Invitation", response: str | None) -> dict[str, Any]:
    """The ledger's row of somebody who was asked, as it stands now."""
    pulse, wave = invitation.pulse.slug, invitation.wave.code
    return {
        "id": eligibility_id(pulse, wave, invitation.unit, invitation.about, invitation.customer),
        **who(invitation),
        "pulse": pulse,
        "wave": wave,
        "unit": invitation.unit,
        "about": invitation.about,
        "touchpoint": invitation.touchpoint or None,
        "phase": invitation.phase or None,
        "channel": invitation.channel or None,
        "stratum": invitation.stratum or None,
        "probability": invitation.probability,
        "outcome": invitation.outcome,
        "reason": invitation.reason or None,
        "invitation": invitation.id,
        "response": response,
        "asked_by": invitation.asked_by,
        "eligible_at": utc_micros(invitation.eligible_at),
    }


def who(invitation: "Invitation") -> dict[str, str]:
    """The identifiers of the customer and the account, as importers write them."""
    names = {invitation.identifier: invitation.customer_number, "account_id": invitation.account_name}
    return {kind: name for kind, name in names.items() if kind and name}


def write_rows(path: Path, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows of a fact table as Parquet; the same rows give the same bytes."""
    import pyarrow as pa

    from viaggio.store.contracts import FACTS, incoming_schema

    write_table(path, pa.Table.from_pylist(rows, schema=incoming_schema(FACTS[table])))


def write_table(path: Path, table: Any) -> None:
    """An Arrow table as Parquet, whole and on the disk when this returns."""
    import pyarrow.parquet as pq

    from viaggio.store.durable import ASIDE, put_in_place

    aside = path.with_name(path.name + ASIDE)
    pq.write_table(table, aside, compression="zstd")
    put_in_place(aside, path)


def land_files(ws: "Workspace", files: Mapping[str, Path], label: str, *, now: datetime) -> "Item":
    """Land files of the pulse's recipe; the same files land once."""
    from viaggio.store.landing import land

    item, _ = land(
        ws,
        kind="recipe",
        source=RECIPE,
        recipe=RECIPE,
        label=label,
        files=files,
        landed_at=utc_micros(now),
        by=SYSTEM,
    )
    return item
