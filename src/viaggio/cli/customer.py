"""`viaggio customer`: find a customer, show the whole record, join and part records, erase one."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from viaggio.cli.output import formats, show, workspace_option
from viaggio.cli.progress import bar

if TYPE_CHECKING:
    from viaggio.store.engine import Engine
    from viaggio.store.erasure import Done
    from viaggio.store.landing import Item
    from viaggio.store.workspace import Workspace

_BY = "command line"


class KeyType(click.ParamType[int, str]):
    """A customer's key: what `customer find` prints. A minus needs `--` before it."""

    name = "key"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        from viaggio.store.plain_record import read_key

        return value if isinstance(value, int) else read_key(value)


@click.group()
def customer() -> None:
    """Find a customer, show the history, join and part records, erase one.

    Keys may begin with a minus: write -- before them, as in `viaggio customer show -- -42`.
    """


def _engine(folder: Path | None) -> "Engine":
    from viaggio.store.engine import engine

    return engine(_workspace(folder))


def _workspace(folder: Path | None) -> "Workspace":
    from viaggio.store.workspace import find_workspace, open_workspace

    return open_workspace(find_workspace(folder))


@customer.command()
@click.argument("text", default="")
@workspace_option
@click.option("--segment", type=click.Choice(["b2c", "b2b"]), help="Only this segment.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="Rows at most.")
@click.option("--cursor", help="Go on where the last answer ended.")
@formats
def find(
    text: str, folder: Path | None, segment: str | None, limit: int, cursor: str | None, form: str
) -> None:
    """Customers whose name, e-mail, phone, number or order matches TEXT; all of them without one."""
    from viaggio.store.history import find_customers
    from viaggio.store.plain_record import plain_found

    page = find_customers(_engine(folder), text, limit=limit, cursor=cursor, segment=segment)
    rows = [plain_found(found) for found in page.found]
    columns = ("key", "name", "kind", "segment", "city", "region", "since", "why", "matched")
    document = {"items": rows, "next": page.more}
    show(form, columns, [[row[name] for name in columns] for row in rows], document=document)
    if page.more and form != "json":
        click.echo(f"There are more: --cursor {page.more}", err=True)


@customer.command(name="show")
@click.argument("key", type=KeyType())
@workspace_option
@click.option(
    "--limit", type=click.IntRange(1, 100_000), default=200, show_default=True, help="Moments at most."
)
@click.option("--cursor", help="Go on where the last answer ended.")
@formats
def show_(key: int, folder: Path | None, limit: int, cursor: str | None, form: str) -> None:
    """The whole record of the customer with KEY; CSV gives the time line."""
    from viaggio.store.history import customer_record
    from viaggio.store.plain_record import plain_record

    record = plain_record(customer_record(_engine(folder), key, limit=limit, cursor=cursor))
    if form == "table":
        _record_table(record)
    columns = ("at", "what", "touchpoint", "channel", "phase", "source", "id")
    rows = [[moment[name] for name in columns] for moment in record["timeline"]]
    show(form, columns, rows, document=record)
    if record["next"] and form != "json":
        click.echo(f"There are more: --cursor {record['next']}", err=True)


def _record_table(record: dict[str, Any]) -> None:
    """Who it is, above the time line."""
    known = [(name, value) for name, value in record["profile"].items() if value is not None]
    show("table", ("profile", "value"), known)
    click.echo()
    columns = ("kind", "value", "node", "source", "item")
    show("table", columns, [[str(one[name]) for name in columns] for one in record["identifiers"]])
    click.echo()
    for heading in ("accounts", "contacts"):
        if record[heading]:
            show("table", (heading, "name"), [(one["key"], one["name"]) for one in record[heading]])
            click.echo()
    if record["consents"]:
        stated = ("purpose", "granted", "stated_at", "source")
        show("table", stated, [[one[name] for name in stated] for one in record["consents"]])
        click.echo()


@customer.command()
@click.argument("a", type=KeyType())
@click.argument("b", type=KeyType())
@workspace_option
@click.option("--reason", default="", help="Why, for those who come after.")
@formats
def merge(a: int, b: int, folder: Path | None, reason: str, form: str) -> None:
    """Decide that records A and B are one customer; `split` takes it back."""
    from viaggio.store.joining import join

    engine = _engine(folder)
    _fold(engine, join(engine, a, b, reason=reason, landed_at=time.time_ns() // 1000, by=_BY), form)


@customer.command()
@click.argument("keep", type=KeyType())
@click.argument("away", type=KeyType())
@workspace_option
@click.option("--reason", default="", help="Why, for those who come after.")
@formats
def split(keep: int, away: int, folder: Path | None, reason: str, form: str) -> None:
    """Decide that identifier AWAY is another customer than KEEP; `merge` takes it back.

    AWAY is the node of one of the identifiers that `customer show` lists. The fewest links are cut.
    """
    from viaggio.store.joining import part

    engine = _engine(folder)
    _fold(engine, part(engine, keep, away, reason=reason, landed_at=time.time_ns() // 1000, by=_BY), form)


@customer.command()
@click.argument("key", type=KeyType(), required=False)
@workspace_option
@click.option("--look", is_flag=True, help="Only tell what would go.")
@click.option("--waiting", is_flag=True, help="Carry out what was asked for and not finished; without KEY.")
@click.option("--yes", is_flag=True, help="Do not ask again.")
@formats
def erase(
    key: int | None, folder: Path | None, look: bool, waiting: bool, yes: bool, form: str
) -> None:  # fmt: skip
    """Erase the customer with KEY from what has landed, facts, indexes, records, exports and uploads.

    It can not be taken back. What was removed where is told in the ledger of erasures (`customer erasures`),
    which names nobody; an archive made before is made to forget again by `viaggio restore`. Ends with 1 when
    something of the customer is left, which is told.
    """
    from viaggio.cli.erasing import carried_out, looked_up, request

    if waiting == (key is not None):
        raise click.UsageError("Name a KEY, or ask for what is --waiting.")
    ws = _workspace(folder)
    if key is not None:
        nodes, found = looked_up(ws, key)
        if look or (not yes and form == "table"):
            show(form, ("place", "rows"), sorted(found.items()), document={"found": found})
        if look:
            return
        if not yes:
            click.confirm(f"Erase customer {key}, known by {len(nodes)} identifiers, for ever?", abort=True)
        request(ws, nodes)
    with bar() as on_progress:
        done = carried_out(ws, on_progress)
    rows = [
        (one.entry.id, place, n, one.entry.left.get(place, 0)) for one in done for place, n in _places(one)
    ]
    show(form, ("erasure", "place", "removed", "left"), rows, document=[_plain(one) for one in done])
    sys.exit(1 if any(one.entry.left or one.files.unread for one in done) else 0)


def _places(done: "Done") -> list[tuple[str, int]]:
    places = {**dict.fromkeys(done.entry.left, 0), **done.entry.removed}
    return sorted(places.items())


def _plain(done: "Done") -> dict[str, Any]:
    """An erasure as JSON; `files` are those left for people to look at, with those nobody can read."""
    entry = done.entry
    return {
        "id": entry.id,
        "removed": dict(entry.removed),
        "left": dict(entry.left),
        "imports": list(done.erased.items) if done.erased else [],
        "files": [str(path) for path in done.files.named],
        "unread": [str(path) for path in done.files.unread],
    }


@customer.command()
@workspace_option
@formats
def erasures(folder: Path | None, form: str) -> None:
    """The ledger of erasures: when, by whom, what was removed where. It names nobody."""
    from viaggio.store.erasure import ledger_of
    from viaggio.store.plain_record import utc_text

    found = ledger_of(_workspace(folder))
    rows = [
        (one.id, utc_text(one.at), utc_text(one.ended), one.by, one.origin, sum(one.removed.values()))
        for one in found
    ]
    document = [
        {
            "id": one.id, "at": utc_text(one.at), "ended": utc_text(one.ended), "by": one.by,
            "origin": one.origin, "removed": dict(one.removed), "left": dict(one.left),
            "again": list(one.again),
        }
        for one in found
    ]  # fmt: skip
    show(form, ("erasure", "asked", "ended", "by", "origin", "removed"), rows, document=document)


def _fold(engine: "Engine", landed: "list[Item]", form: str) -> None:
    from viaggio.store.fold import fold

    with bar() as on_progress:
        fold(engine.workspace, on_progress=on_progress)
    columns = ("item", "action", "a", "b", "reason")
    rows = [
        (
            item.seq,
            item.options["action"],
            item.options["a"],
            item.options["b"],
            item.options.get("reason", ""),
        )
        for item in landed
    ]
    show(form, columns, rows)
