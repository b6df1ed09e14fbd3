"""What has been read of the marketplace so far, and what later files ask of it."""

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from viaggio.store.incoming import Reject
from viaggio.store.recipes.cells import BadCell, Record
from viaggio.store.recipes.shape import Source
from viaggio.store.recipes.sources import csv_records


@dataclass(frozen=True, slots=True)
class Order:
    """What lines, payments and reviews need to know of their order."""

    person: str
    placed_at: int
    paid_at: int


@dataclass(frozen=True, slots=True)
class Shop:
    """What has been read so far and later files lean on."""

    zone: ZoneInfo
    categories: dict[str, Record] = field(default_factory=dict)
    products: dict[str, Record] = field(default_factory=dict)
    sellers: dict[str, Record] = field(default_factory=dict)
    buyers: dict[str, Record] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    placed: dict[str, int] = field(default_factory=dict)  # when each buyer ordered
    paid: dict[str, int] = field(default_factory=dict)  # cents by order
    priced: dict[str, int] = field(default_factory=dict)  # cents of the lines by order
    freight: dict[str, int] = field(default_factory=dict)  # cents by order

    def total(self, order: str) -> int | None:
        """What the customer pays, in cents: the payments, else the lines with their freight."""
        if order in self.paid or order not in self.priced:
            return self.paid.get(order)
        return self.priced[order] + self.freight[order]


def known(shop: Shop, order: str) -> Order:
    """What is known of an order; raises `BadCell` where it is in no file."""
    if order not in shop.orders:
        raise BadCell("row.no_partner", "order_id", order)
    return shop.orders[order]


def add_up(source: Source, needed: tuple[str, ...], sums: dict[str, dict[str, int]]) -> None:
    """Cents per order of some columns; what can not be read is rejected when its own turn comes."""
    for record, _ in csv_records(source, needed):
        if isinstance(record, Reject):
            continue
        try:
            order, cents = record.needed("order_id"), {column: record.cents(column) for column in sums}
        except BadCell:
            continue
        for column, by_order in sums.items():
            by_order[order] = by_order.get(order, 0) + (cents[column] or 0)


def moment_needed(record: Record, column: str, zone: ZoneInfo) -> int:
    """A local date and time in UTC microseconds, which may not be empty; raises `BadCell`."""
    record.needed(column)
    moment = record.moment(column, zone)
    assert moment is not None  # needed() saw it filled
    return moment
