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
    from viaggio.store.landing import Item

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
    from viaggio.store.workspace import find_workspace, open_workspace

    return engine(open_workspace(find_workspace(folder)))


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
@click.argument("key", type=KeyType())
@workspace_option
@click.option("--yes", is_flag=True, help="Do not ask again.")
@formats
def erase(key: int, folder: Path | None, yes: bool, form: str) -> None:
    """Erase the customer with KEY from what has landed, the facts, the rejects and the indexes.

    It can not be taken back. Archives made before and what staff wrote in the records stay as they are. Ends
    with 1 when something could not be read.
    """
    from viaggio.store.fold import erase as erase_nodes
    from viaggio.store.history import nodes_of

    engine = _engine(folder)
    nodes = nodes_of(engine, key)
    if not yes:
        click.confirm(f"Erase customer {key}, known by {len(nodes)} identifiers, for ever?", abort=True)
    with bar() as on_progress:
        erased = erase_nodes(engine.workspace, nodes, on_progress=on_progress)
    columns = ("items", "rows", "mentions", "rejects", "unread")
    counts = (len(erased.items), erased.rows, erased.mentions, erased.rejects, len(erased.unread))
    document = {
        **dict(zip(columns, counts, strict=True)),
        "changed": erased.items,
        "unreadable": erased.unread,
    }
    show(form, columns, [counts], document=document)
    sys.exit(1 if erased.unread else 0)


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
