"""What is behind a figure: the answers, orders, visits or contacts it was computed from, one by one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from viaggio.measure.catalogue import Metric
from viaggio.web.journey.services.rows import behind, rows_behind
from viaggio.web.shared import formats
from viaggio.web.shared.customer_names import names_of, pseudonym
from viaggio.web.shared.desk import Desk

PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a list: its key in the rows and its heading; `numeric` columns stand to the right."""

    key: str
    name: str
    numeric: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One row: each column with its cell as text, its customer as a pseudonym or name."""

    cells: tuple[tuple[Column, str], ...]
    customer: int | None
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """One page of the list. `kind` names the table the rows are of."""

    kind: str
    columns: tuple[Column, ...]
    rows: tuple[Case, ...]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """Number of pages."""
        return max(1, -(-self.total // PAGE))


def columns_of(kind: str) -> tuple[Column, ...]:
    """The columns of each kind of list."""
    when = Column(key="at", name=_("When"))
    place = (Column(key="touchpoint", name=_("Touchpoint")), Column(key="channel", name=_("Channel")))
    return {
        "answers": (when, Column(key="value", name=_("Answer"), numeric=True), *place),
        "orders": (
            when, Column(key="status", name=_("State")), Column(key="promised_at", name=_("Promised")),
            Column(key="delivered_at", name=_("Delivered")),
            Column(key="total_cents", name=_("Total"), numeric=True),
        ),
        "order_lines": (
            when, Column(key="order_id", name=_("Order")), Column(key="category", name=_("Category")),
            Column(key="quantity", name=_("Pieces"), numeric=True),
            Column(key="amount_cents", name=_("Amount"), numeric=True),
        ),
        "visits": (
            when, Column(key="channel", name=_("Channel")), Column(key="device", name=_("Device")),
            Column(key="pages", name=_("Pages"), numeric=True),
            Column(key="seconds", name=_("Time"), numeric=True),
            Column(key="converted", name=_("Reached its goal")),
        ),
        "interactions": (when, *place, Column(key="outcome", name=_("Outcome"))),
        "payments": (
            when, Column(key="order_id", name=_("Order")), Column(key="method", name=_("Method")),
            Column(key="amount_cents", name=_("Amount"), numeric=True),
        ),
    }[kind]  # fmt: skip


def cases_of(desk: Desk, declared: Metric, page: int) -> Cases | None:
    """One page of the rows behind a metric, newest first; None where there is no such list."""
    source = behind(declared)
    rows = rows_behind(desk, declared)
    if rows is None or source is None:
        return None
    import ibis

    kind = source[0]

    total = int(desk.engine.run(rows.aggregate(n=rows.count())).column("n")[0].as_py())
    page = min(max(page, 1), max(1, -(-total // PAGE)))
    columns = columns_of(kind)
    extra = [name for name in ("currency", "customer") if name in rows.columns]
    wanted = list(dict.fromkeys(["at", *(c.key for c in columns), *extra, "source", "id"]))
    chosen = rows.select(*[name for name in wanted if name in rows.columns])
    chosen = chosen.order_by(ibis.desc("at"), "source", "id").limit(PAGE, offset=(page - 1) * PAGE)
    found = desk.engine.run(chosen).to_pylist()
    names = names_of(desk, [row.get("customer") for row in found])
    return Cases(
        kind=kind,
        columns=columns,
        rows=tuple(
            Case(
                cells=tuple((c, cell_text(desk, c.key, row)) for c in columns),
                customer=row.get("customer"),
                who=names.get(row.get("customer") or 0) or pseudonym(row.get("customer")),
            )
            for row in found
        ),
        total=total,
        page=page,
    )


def cell_text(desk: Desk, key: str, row: Mapping[str, Any]) -> str:
    """One cell as people read it."""
    value = row.get(key)
    if value is None:
        return formats.NO_VALUE
    if isinstance(value, datetime):
        return formats.moment(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return _number_text(key, value, row.get("currency"))
    return desk.filters.say(key, str(value))


def _number_text(key: str, value: float, currency: str | None) -> str:
    if key.endswith("_cents"):
        return formats.money(value, currency)
    if key == "seconds":
        return formats.duration(value)
    return formats.number(value, 0 if float(value).is_integer() else 2)


def distribution(desk: Desk, declared: Metric) -> list[tuple[float, int]]:
    """How many answers each value got, every step of a short scale included; empty for other metrics."""
    if behind(declared) != ("answers", "answered_at"):
        return []
    rows = rows_behind(desk, declared)
    if rows is None:
        return []
    counts = desk.engine.run(
        rows.group_by("value", "scale_min", "scale_max").aggregate(n=rows.count())
    ).to_pylist()
    scales = {(row["scale_min"], row["scale_max"]) for row in counts}
    if len(scales) != 1:
        return []
    low, high = scales.pop()
    found = {float(row["value"]): int(row["n"]) for row in counts}
    whole = all(value.is_integer() for value in found) and high - low <= 20
    steps = [float(v) for v in range(int(low), int(high) + 1)] if whole else sorted(found)
    return [(step, found.get(step, 0)) for step in steps]
