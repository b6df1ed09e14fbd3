"""The Complete Journey: a year of a grocer's baskets, with campaigns sent, coupons redeemed, households.

What is decided here:

- A household is the customer, `household 900`. All households found in any file become customers.
- Times of transactions are UTC: the evening peak moves by one hour with daylight saving time, and only so
  does the year fit. Days of campaigns and redemptions are days of `timezone`, at their first moment.
- An amount (`sales_value`) is what the shop receives for the line. The loyalty discount and the shop's match
  of a coupon are already taken off; they are the line's discount. A manufacturer's coupon is not taken off,
  because the manufacturer pays it in the household's place; it is kept in the properties.
- Basket and product together are the key of a line.
- Which products a coupon is good for is told as their number, in the properties of each redemption.
"""

from collections import Counter
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from viaggio.journey.model import Moment, Phase
from viaggio.store.importers.arrow import pa, pc
from viaggio.store.importers.codes import bad_file
from viaggio.store.incoming import Batch, Reject
from viaggio.store.recipes.catalogue import at, touchpoint
from viaggio.store.recipes.cells import DAY_ONLY, BadCell, as_json, day_start
from viaggio.store.recipes.rows import AT, Faults, columnar, json_column, parted, reject_of, table_of
from viaggio.store.recipes.shape import Kitchen, Recipe, Source
from viaggio.store.recipes.sources import PIECE, pieces

CAMPAIGN = touchpoint(
    "campaign_mailing", "Campagna con buoni sconto", "Campaign with coupons", Phase.DISCOVERY, Moment.BEFORE,
    owner="marketing", partners="sales", channels="post",
)  # fmt: skip
COUPON = touchpoint(
    "coupon_redeemed", "Buono sconto usato", "Coupon redeemed", Phase.PURCHASE, Moment.DURING,
    owner="marketing", partners="sales billing", channels="store",
)  # fmt: skip
BASKET = touchpoint(
    "basket", "Spesa in negozio", "Basket at the till", Phase.PURCHASE, Moment.DURING,
    owner="sales", partners="logistics marketing", channels="store",
)  # fmt: skip

CURRENCY = "USD"
_LINE = ("household_id", "store_id", "basket_id", "product_id", "week", "quantity", "transaction_timestamp")
_MONEY = ("sales_value", "retail_disc", "coupon_disc", "coupon_match_disc")
_NEEDED = {
    "transactions": (*_LINE, *_MONEY),
    "products": ("product_id",),
    "demographics": ("household_id",),
    "campaigns": ("campaign_id", "household_id"),
    "descriptions": ("campaign_id", "start_date", "end_date"),
    "coupons": ("coupon_upc", "product_id", "campaign_id"),
    "redemptions": ("household_id", "coupon_upc", "campaign_id", "redemption_date"),
}
_BASKET_KEYS = ("basket_id", "household_id", "store_id", "week", "ordered_at")

type Rows = list[dict[str, Any]]
type Households = dict[int, Mapping[str, Any]]


def _batches(kitchen: Kitchen) -> Iterator[Batch]:
    households: Households = {}
    products = yield from _small(kitchen, "products", "order_lines")
    yield from _sales(kitchen.source("transactions"), _attributes(products), households)
    descriptions = yield from _small(kitchen, "descriptions", "interactions")
    campaigns = {row["campaign_id"]: row for row in descriptions}
    yield from _mailings(kitchen, campaigns, households)
    coupons = yield from _small(kitchen, "coupons", "interactions")
    yield from _redemptions(kitchen, _products_per_coupon(coupons), households)
    people = yield from _small(kitchen, "demographics", "customers")
    households |= {row["household_id"]: row for row in people}
    rows = [_household(number, about) for number, about in households.items()]
    yield Batch(table="customers", rows=table_of("customers", rows))


def _empty(role: str) -> Faults:
    def faults(rows: Any) -> Iterator[tuple[str, str, Any]]:
        for name in _NEEDED[role]:
            if rows[name].null_count:
                yield name, "value.missing", rows[name].is_null()

    return faults


def _odd(rows: Any) -> Iterator[tuple[str, str, Any]]:
    yield from _empty("transactions")(rows)
    for name in _MONEY:
        amount = pc.multiply(rows[name].cast(pa.float64()), 100.0)
        odd = pc.invert(pc.less(pc.abs(pc.subtract(amount, pc.round(amount))), 1e-6))
        yield name, "value.part_of_a_cent", pc.fill_null(odd, False)


def _small(kitchen: Kitchen, role: str, table: str) -> Generator[Batch, None, Rows]:
    """The rows of a file that fits in memory; what is read and rejected is counted on `table`."""
    rows: Rows = []
    if source := kitchen.optional(role):
        for good, counted in pieces(source, _NEEDED[role], _empty(role), table=table):
            rows += good.to_pylist()
            yield counted
    return rows


@dataclass(frozen=True, slots=True)
class _Attributes:
    """What is known of products: category, and the rest as the inside of a JSON object."""

    products: Any
    categories: Any
    rest: Any


def _attributes(products: Rows) -> _Attributes:
    rest = [
        as_json({k: v for k, v in row.items() if k not in {"product_id", "product_category", AT}})
        for row in products
    ]
    return _Attributes(
        pa.array([row["product_id"] for row in products], pa.int64()),
        pa.array([row.get("product_category") for row in products], pa.string()),
        pa.array([f",{inside[1:-1]}" if inside else "" for inside in rest], pa.string()),
    )


def _sales(source: Source, attributes: _Attributes, households: Households) -> Iterator[Batch]:
    parts = []
    for good, counted in pieces(source, (*_LINE, *_MONEY), _odd, table="order_lines"):
        lines = _typed(good, source.name)
        yield replace(counted, rows=_order_lines(lines, attributes))
        parts.append(_summed(lines))
    baskets, rejects = _once(_summed(pa.concat_tables(parts)), source) if parts else (None, ())
    if baskets is None:
        return
    for number in pc.unique(baskets["household_id"]).to_pylist():
        households.setdefault(number, {})
    yield Batch(table="orders", rows=None, rejects=rejects, file=source.name)
    for start in range(0, baskets.num_rows, PIECE):
        piece = baskets.slice(start, PIECE)
        yield Batch(table="orders", rows=_orders(piece))
        yield Batch(table="interactions", rows=_tills(piece))


def _once(baskets: Any, source: Source) -> tuple[Any, tuple[Reject, ...]]:
    """Baskets in order of time. Of one number there is one: another household, shop or time is a reject."""
    ordered = baskets.sort_by([("ordered_at", "ascending"), ("basket_id", "ascending"), (AT, "ascending")])
    seen: set[int] = set()
    again: list[bool] = []
    for number in ordered["basket_id"].to_pylist():
        again.append(number in seen)
        seen.add(number)
    faults = [("basket_id", "row.contradicts", pa.array(again, pa.bool_()))]
    return parted(ordered, faults, source.name)


def _typed(rows: Any, name: str) -> Any:
    """The columns of a line: whole numbers, cents, and a moment in UTC."""
    try:
        columns = {column: rows[column].cast(pa.int64()) for column in _LINE[:-2]}
        columns["quantity"] = rows["quantity"].cast(pa.float64())
        columns["ordered_at"] = rows["transaction_timestamp"].cast(pa.timestamp("us", tz="UTC"), safe=False)
        for column in _MONEY:
            columns[column] = pc.round(pc.multiply(rows[column].cast(pa.float64()), 100.0)).cast(pa.int64())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise bad_file("file.bad_column", place=f"{name}: {error}") from error
    return pa.table({**columns, AT: rows[AT], "lines": pa.repeat(1, rows.num_rows)})


def _summed(lines: Any) -> Any:
    """One row per basket: lines, cents, coupon cents, first line; partial sums can be summed again."""
    totals = [("sales_value", "sum"), ("coupon_disc", "sum"), ("lines", "sum"), (AT, "min")]
    summed = lines.group_by(list(_BASKET_KEYS), use_threads=False).aggregate(totals)
    return summed.rename_columns({f"{name}_{how}": name for name, how in totals})


def _order_lines(lines: Any, attributes: _Attributes) -> Any:
    at_product = pc.index_in(lines["product_id"], value_set=attributes.products)
    rest = pc.fill_null(attributes.rest.take(at_product.combine_chunks()), "")
    discount = pc.add(lines["retail_disc"], lines["coupon_match_disc"])
    cents = [name for name in _MONEY if name != "sales_value"]
    basket = lines["basket_id"].cast(pa.string())
    product = lines["product_id"].cast(pa.string())
    return columnar(
        "order_lines",
        {
            "id": pc.binary_join_element_wise(basket, product, "-"),
            "customer_number": _customer_number(lines),
            "order_id": basket,
            "product": product,
            "category": attributes.categories.take(at_product.combine_chunks()),
            "quantity": lines["quantity"],
            "amount_cents": lines["sales_value"],
            "discount_cents": discount,
            "currency": pa.repeat(CURRENCY, lines.num_rows),
            "ordered_at": lines["ordered_at"],
            "properties": json_column({f"{name}_cents": lines[name] for name in cents}, rest),
        },
    )


def _orders(baskets: Any) -> Any:
    own = {"store_id": "store_id", "week": "week", "lines": "lines", "coupon_disc_cents": "coupon_disc"}
    return columnar(
        "orders",
        {
            "id": baskets["basket_id"].cast(pa.string()),
            "customer_number": _customer_number(baskets),
            "status": pa.repeat("delivered", baskets.num_rows),
            "channel": pa.repeat(BASKET.channels[0], baskets.num_rows),
            "ordered_at": baskets["ordered_at"],
            "total_cents": baskets["sales_value"],
            "currency": pa.repeat(CURRENCY, baskets.num_rows),
            "properties": json_column({name: baskets[column] for name, column in own.items()}),
        },
    )


def _tills(baskets: Any) -> Any:
    basket = baskets["basket_id"].cast(pa.string())
    fixed = {**at(BASKET), "outcome": "converted", "currency": CURRENCY}
    return columnar(
        "interactions",
        {
            "id": pc.binary_join_element_wise(basket, BASKET.slug, "-"),
            "customer_number": _customer_number(baskets),
            **{name: pa.repeat(value, baskets.num_rows) for name, value in fixed.items()},
            "started_at": baskets["ordered_at"],
            "episode": basket,
            "value_cents": baskets["sales_value"],
        },
    )


def _customer_number(rows: Any) -> Any:
    return pc.binary_join_element_wise("household", rows["household_id"].cast(pa.string()), " ")


def _mailings(
    kitchen: Kitchen, campaigns: Mapping[int, Mapping[str, Any]], households: Households
) -> Iterator[Batch]:
    facts, rejects = [], []
    for row in (yield from _small(kitchen, "campaigns", "interactions")):
        campaign, number = row["campaign_id"], row["household_id"]
        about = campaigns.get(campaign)
        if about is None:
            bad = BadCell("row.no_partner", "campaign_id")
            rejects.append(reject_of(row, kitchen.source("campaigns").name, bad))
            continue
        households.setdefault(number, {})
        own = {"campaign_id": campaign, "until": _day(about["end_date"]).isoformat(), **DAY_ONLY}
        facts.append(
            {
                "id": f"campaign {campaign}-{number}",
                "customer_number": f"household {number}",
                **at(CAMPAIGN),
                "started_at": day_start(_day(about["start_date"]), kitchen.zone),
                "episode": f"campaign {campaign}",
                "properties": as_json({**own, **_others(about, "descriptions"), **_others(row, "campaigns")}),
            }
        )
    yield Batch(table="interactions", rows=table_of("interactions", facts), rejects=tuple(rejects))


def _redemptions(
    kitchen: Kitchen, products_per_coupon: Mapping[tuple[int, int], int], households: Households
) -> Iterator[Batch]:
    facts, alike = [], Counter[str]()
    for row in (yield from _small(kitchen, "redemptions", "interactions")):
        campaign, coupon, number = row["campaign_id"], row["coupon_upc"], row["household_id"]
        households.setdefault(number, {})
        day = _day(row["redemption_date"])
        name = f"coupon {coupon}-{campaign}-{number}-{day}"
        alike[name] += 1
        about = {"products": products_per_coupon.get((coupon, campaign)), **_others(row, "redemptions")}
        facts.append(
            {
                "id": name if alike[name] == 1 else f"{name}-{alike[name]}",
                "customer_number": f"household {number}",
                **at(COUPON),
                "started_at": day_start(day, kitchen.zone),
                "episode": f"campaign {campaign}",
                "outcome": "redeemed",
                "properties": as_json({"coupon_upc": coupon, "campaign_id": campaign, **about, **DAY_ONLY}),
            }
        )
    yield Batch(table="interactions", rows=table_of("interactions", facts))


def _products_per_coupon(coupons: Rows) -> Mapping[tuple[int, int], int]:
    known = {(row["coupon_upc"], row["campaign_id"], row["product_id"]) for row in coupons}
    return Counter((coupon, campaign) for coupon, campaign, _ in known)


def _household(number: int, about: Mapping[str, Any]) -> dict[str, Any]:
    name = f"household {number}"
    own = {"id": name, "customer_number": name, "kind": "person", "segment": "b2c"}
    return {**own, "properties": as_json(_others(about, "demographics"))}


def _others(row: Mapping[str, Any], role: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in {*_NEEDED[role], AT}}


def _day(moment: Any) -> date:
    """The day of a date or of a date and time."""
    return moment.date() if isinstance(moment, datetime) else moment


RECIPE = Recipe(
    name="completejourney",
    source="The Complete Journey, 84.51 (R package completejourney, CRAN, CC0)",
    version=1,
    files={
        "transactions": "transactions.parquet",
        "products": "products.parquet",
        "demographics": "demographics.parquet",
        "campaigns": "campaigns.parquet",
        "descriptions": "campaign_descriptions.parquet",
        "coupons": "coupons.parquet",
        "redemptions": "coupon_redemptions.parquet",
    },
    optional=frozenset(_NEEDED) - {"transactions"},
    columns={"transactions": (*_LINE, *_MONEY)},
    touchpoints=(CAMPAIGN, COUPON, BASKET),
    options={"timezone": "America/New_York"},
    about={"timezone": "time zone of the days of campaigns and redemptions; the moments of baskets are UTC"},
    batches=_batches,
)
