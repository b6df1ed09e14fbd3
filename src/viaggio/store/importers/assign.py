"""Which source column is likeliest to be which fact column, by its name and by its values."""

from collections.abc import Mapping
from dataclasses import dataclass

from viaggio.customer.tables import IDENTIFIER_COLUMNS
from viaggio.kernel import Column, Contract, Kind
from viaggio.store.contracts import FACTS
from viaggio.store.importers.names import COLUMNS, IDENTIFIERS, likeness, normal
from viaggio.store.importers.questions import METRICS, told
from viaggio.store.importers.rows import target
from viaggio.store.importers.shapes import Shape

_ENOUGH = 45
_BY_VALUES = 40

DISTINCTIVE: Mapping[str, tuple[str, ...]] = {
    "orders": ("id", "total_cents", "promised_at", "shipped_at", "delivered_at"),
    "order_lines": ("product", "quantity", "category"),
    "payments": ("method", "instalments", "paid_at"),
    "interactions": ("touchpoint", "channel", "ended_at", "phase"),
    "visits": ("pages", "seconds", "bounced"),
    "customers": ("name", "since", "city", "region", "kind", "segment"),
    "answers": ("value",),
    "texts": ("body",),
    "contracts": ("monthly_cents", "ended_at", "end_reason"),
    "costs": ("kind", "function", "incurred_at"),
}
"""A file belongs to a table only when it has one of these; everything else is found in many."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """For one table: fact column -> source column, and how well it fits as a whole."""

    table: str
    columns: Mapping[str, str]
    score: float
    repeated_id: str = ""  # a column that is called like an id, but holds values several times


def ranked(shapes: Mapping[str, Shape]) -> list[Assignment]:
    """All tables that could take these columns, the likeliest first."""
    found = [assign(table, shapes) for table in COLUMNS]
    return sorted(found, key=lambda assignment: -assignment.score)


def assign(table: str, shapes: Mapping[str, Shape]) -> Assignment:
    """The best source column for each column of a table; a source column serves once."""
    contract = FACTS[table]
    wanted = dict(COLUMNS[table])
    if contract.customer:
        wanted |= IDENTIFIERS
    scored = sorted(
        (
            (points, shape.length if name == "body" else 0, -place, name, source)
            for name, synonyms in wanted.items()
            for place, (source, shape) in enumerate(shapes.items())
            if (points := _points(contract, name, synonyms, source, shape))
        ),
        reverse=True,
    )
    columns: dict[str, str] = {}
    points_of: dict[str, int] = {}
    for points, _, _, name, source in scored:
        if name not in columns and source not in columns.values():
            columns[name] = source
            points_of[name] = points
    repeated = _share(contract, columns, shapes)
    score = sum(points_of.values()) / 100 - sum(
        _loss(c) for c in contract.columns if c.needed and c.name not in columns
    )
    if table == "answers" and "value" in columns:
        score += 0.5 * (sum(map(is_rating, shapes.values())) - 1)
        score += bool(told(normal(columns["value"]), METRICS[:3]))
    if not any(points_of.get(name, 0) >= 60 for name in DISTINCTIVE[table]):
        score -= 3
    if table == "customers" and any(
        shape.date for source, shape in shapes.items() if source not in columns.values()
    ):
        score -= 1
    return Assignment(table, columns, score, repeated)


def _points(contract: Contract, name: str, synonyms: str, source: str, shape: Shape) -> int:
    column = target(contract, name)
    if not shape.filled or not fits(column, shape):
        return 0
    points = likeness(source, synonyms)
    if name == "id" and normal(source) == "id":
        points = 50  # found everywhere
    if name in IDENTIFIER_COLUMNS and shape.few and shape.filled > 200:
        return 0  # so few different values are a type, not a name
    if name == "email" and shape.email:
        return max(points, 95)
    if name == "phone" and shape.sure_phone:
        points = max(points, 60)
    if points >= _ENOUGH:
        return points
    return _BY_VALUES if _told_by_values(contract, column, shape) else 0


def _told_by_values(contract: Contract, column: Column, shape: Shape) -> bool:
    if column.name == contract.time and column.kind is Kind.TIME:
        return True
    if column.name == "body":
        return shape.length > 30
    if column.name == "value" and contract.name == "answers":
        return is_rating(shape)
    return False


def is_rating(shape: Shape) -> bool:
    """Whether the values look like a few steps of a scale from 0 or 1 to at most 10."""
    if shape.low is None or shape.high is None:
        return False
    return shape.whole and shape.few and shape.low >= 0 and 2 < shape.high <= 10


def fits(column: Column, shape: Shape) -> bool:
    """Whether values of this look can be read as values of the column."""
    plain = not shape.number and not shape.date
    by_name = {"email": shape.email, "phone": shape.phone, "body": plain, "touchpoint": plain}
    if column.name in by_name:
        return by_name[column.name]
    by_kind = {
        Kind.TIME: shape.date, Kind.DAY: shape.date, Kind.CENTS: shape.number, Kind.NUMBER: shape.number,
        Kind.WHOLE: shape.number, Kind.YES_NO: shape.yes_no,
    }  # fmt: skip
    if column.kind in by_kind:
        return by_kind[column.kind]
    if column.allowed:
        return shape.few and plain
    return not shape.date and not (column.name in IDENTIFIER_COLUMNS and shape.email)


def _share(contract: Contract, columns: dict[str, str], shapes: Mapping[str, Shape]) -> str:
    """Columns that say two things: who a customer is and what the row is called; gives an id that is none."""
    if contract.name == "customers":
        key = columns.get("customer_number") or columns.get("account_id")
        if "id" not in columns and key:
            columns["id"] = key
        elif "id" in columns and not key:
            columns["customer_number"] = columns["id"]
    if contract.name == "answers":
        for one, other in (("id", "response"), ("response", "id")):
            if one not in columns and other in columns:
                columns[one] = columns[other]
    if "id" in columns and not shapes[columns["id"]].distinct:
        return columns.pop("id")
    return ""


def _loss(column: Column) -> float:
    """What it costs a table that a needed column has no source: less where a constant will do."""
    return 0.2 if column.kind is Kind.CODE or column.name.startswith("scale_") else 1.0
