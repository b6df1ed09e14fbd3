"""The Olist marketplace: orders, lines, payments, deliveries promised and actual, reviews with their text.

What is decided here:

- A person is `customer_unique_id`; `customer_id` only names the buyer of one order and is kept in that
  order's properties. Where a person's orders give several addresses, the latest order's stands.
- Times are local times of `timezone`. A delivery is promised for a day: `promised_at` is the last
  microsecond of that day, so a delivery is late when `delivered_at > promised_at`, whatever the company's
  time zone. The review survey is sent on a day without an hour.
- A review id can stand for several orders of one person: one answer sheet, repeated per order. Each (review,
  order) pair is its own row, because it is that order's answer: counts per order are right, and `response`
  holds the shared review id for whoever counts answer sheets.
- A review answers for the whole purchase, so its answer and text point to the touchpoint `order`.
- Payments carry no time. They stand at the order's approval, or at its placing where it never came to that.
- What the customer pays (`total_cents`) is the sum of the payments: the only amount of orders that lost
  their lines. Without any payment it is lines and freight.
- A payment approved in the very second of the order is set one microsecond after it, so order survives.
"""

from collections.abc import Callable, Iterable, Iterator

from viaggio.journey.model import Touchpoint
from viaggio.store.incoming import Batch
from viaggio.store.recipes.catalogue import at
from viaggio.store.recipes.cells import DAY_ONLY, BadCell, Record, as_json, day_end
from viaggio.store.recipes.olist.shop import Order, Shop, add_up, known, moment_needed
from viaggio.store.recipes.olist.words import (
    BUYERS,
    CURRENCY,
    DELIVERY,
    HANDOVER,
    ITEMS,
    METHODS,
    ORDER,
    ORDERS,
    PAYMENT,
    PAYMENTS,
    PROMISED,
    REVIEW,
    REVIEW_REQUEST,
    REVIEWS,
    STATUSES,
)  # fmt: skip
from viaggio.store.recipes.rows import Row, converted, table_of
from viaggio.store.recipes.shape import Kitchen, Recipe
from viaggio.store.recipes.sources import csv_records


def _batches(kitchen: Kitchen) -> Iterator[Batch]:
    shop = Shop(kitchen.zone)
    items, payments = kitchen.source("items"), kitchen.source("payments")
    for role, table, key, kept in (
        ("categories", "order_lines", "product_category_name", shop.categories),
        ("products", "order_lines", "product_id", shop.products),
        ("sellers", "order_lines", "seller_id", shop.sellers),
        ("buyers", "customers", "customer_id", shop.buyers),
    ):
        if source := kitchen.optional(role):
            yield from converted(table, csv_records(source, (key,)), _keep(kept, key))
    add_up(items, ITEMS, {"price": shop.priced, "freight_value": shop.freight})
    add_up(payments, PAYMENTS, {"payment_value": shop.paid})
    for table, source, needed, convert in (
        ("orders", kitchen.source("orders"), ORDERS, _order),
        ("order_lines", items, ITEMS, _line),
        ("payments", payments, PAYMENTS, _payment),
        ("answers", kitchen.source("reviews"), REVIEWS, _review),
    ):
        yield from converted(table, csv_records(source, needed), _in(shop, convert))
    yield Batch(table="customers", rows=table_of("customers", list(_persons(shop))))


def _in(shop: Shop, convert: Callable[[Shop, Record], Iterable[Row]]) -> Callable[[Record], Iterable[Row]]:
    return lambda record: convert(shop, record)


def _keep(kept: dict[str, Record], key: str) -> Callable[[Record], Iterable[Row]]:
    def remember(record: Record) -> Iterable[Row]:
        value = record.needed(key)
        if value in kept and kept[value].cells != record.cells:
            raise BadCell("row.contradicts", key, value)
        kept[value] = record
        return ()

    return remember


def _order(shop: Shop, record: Record) -> Iterable[Row]:
    order, buyer_id = record.needed("order_id"), record.needed("customer_id")
    buyer = shop.buyers.get(buyer_id)
    if buyer is None:
        raise BadCell("row.no_partner", "customer_id", buyer_id)
    person = buyer.needed("customer_unique_id")
    status = record.one_of("order_status", STATUSES)
    placed = moment_needed(record, "order_purchase_timestamp", shop.zone)
    approved, shipped, delivered = (record.moment(column, shop.zone) for column in ORDERS[4:7])
    promised_day = record.day(PROMISED)
    promised = day_end(promised_day, shop.zone) if promised_day else None
    total = shop.total(order)
    shop.orders[order] = Order(person, placed, approved or placed)
    shop.placed[buyer_id] = placed
    yield (
        "orders",
        {
            "id": order,
            "customer_number": person,
            "status": status,
            "channel": "marketplace",
            "ordered_at": placed,
            "promised_at": promised,
            "shipped_at": shipped,
            "delivered_at": delivered,
            "total_cents": total,
            "freight_cents": shop.freight.get(order),
            "currency": CURRENCY,
            "properties": as_json({**record.others("order_id", *ORDERS[2:4], *ORDERS[5:]), **buyer.others()}),
        },
    )
    served = status not in {"canceled", "unavailable"}
    yield _event(order, person, ORDER, placed, outcome="converted" if served else status, value=total)
    if approved is not None:
        yield _event(order, person, PAYMENT, approved + (approved == placed), outcome="approved")
    if shipped is not None:
        yield _event(order, person, HANDOVER, shipped, outcome="shipped")
    if delivered is not None:
        late = promised is not None and delivered > promised
        yield _event(order, person, DELIVERY, delivered, outcome="late" if late else "delivered")


def _event(
    order: str, person: str, where: Touchpoint, moment: int, *, outcome: str, value: int | None = None
) -> Row:
    return "interactions", {
        "id": f"{order}-{where.slug}",
        "customer_number": person,
        **at(where),
        "started_at": moment,
        "episode": order,
        "outcome": outcome,
        "value_cents": value,
        "currency": None if value is None else CURRENCY,
    }


def _line(shop: Shop, record: Record) -> Iterable[Row]:
    order, number, product_id = (record.needed(column) for column in ITEMS[:3])
    its = known(shop, order)
    product, seller = (
        kept.get(record.cells[key])
        for kept, key in ((shop.products, "product_id"), (shop.sellers, "seller_id"))
    )
    category = product.text("product_category_name") if product else None
    english = shop.categories.get(category or "")
    price = record.cents("price")
    if price is None:
        raise BadCell("value.missing", "price")
    yield (
        "order_lines",
        {
            "id": f"{order}-{number}",
            "customer_number": its.person,
            "order_id": order,
            "product": product_id,
            "category": english.text("product_category_name_english") if english else category,
            "quantity": 1.0,
            "amount_cents": price,
            "freight_cents": record.cents("freight_value"),
            "currency": CURRENCY,
            "ordered_at": its.placed_at,
            "properties": as_json(
                {
                    **record.others("order_id", "order_item_id", "product_id", "price", "freight_value"),
                    **(product.others("product_id") if product else {}),
                    **(seller.others("seller_id") if seller else {}),
                }
            ),
        },
    )


def _payment(shop: Shop, record: Record) -> Iterable[Row]:
    order, number = record.needed("order_id"), record.needed("payment_sequential")
    its = known(shop, order)
    amount = record.cents("payment_value")
    if amount is None:
        raise BadCell("value.missing", "payment_value")
    yield (
        "payments",
        {
            "id": f"{order}-{number}",
            "customer_number": its.person,
            "order_id": order,
            "method": record.one_of("payment_type", METHODS),
            "instalments": record.whole("payment_installments"),
            "amount_cents": amount,
            "currency": CURRENCY,
            "paid_at": its.paid_at,
            "properties": as_json({"payment_type": record.text("payment_type"), **record.others(*PAYMENTS)}),
        },
    )


def _review(shop: Shop, record: Record) -> Iterable[Row]:
    review, order = record.needed("review_id"), record.needed("order_id")
    its = known(shop, order)
    score = record.whole("review_score")
    if score is None or not 1 <= score <= 5:
        raise BadCell("value.not_allowed", "review_score", record.cells["review_score"])
    sent = record.moment("review_creation_date", shop.zone)
    answered = moment_needed(record, "review_answer_timestamp", shop.zone)
    title, message = record.text("review_comment_title"), record.text("review_comment_message")
    own = {"id": f"{review}-{order}", "customer_number": its.person}
    about = {"touchpoint": ORDER.slug, "phase": str(ORDER.phase), "order_id": order, "response": review}
    yield "answers", {
        **own, **about,
        "item": "review_score", "metric": "review", "value": float(score),
        "scale_min": 1.0, "scale_max": 5.0,
        "channel": "marketplace", "language": "pt", "answered_at": answered,
        "properties": as_json({
            "review_creation_date": record.text("review_creation_date"), **record.others(*REVIEWS)
        }),
    }  # fmt: skip
    if title or message:
        yield "texts", {
            **own, **about,
            "kind": "review", "public": True, "rating": float(score), "rating_max": 5.0, "language": "pt",
            "body": "\n".join(part for part in (title, message) if part),
            "channel": "marketplace", "written_at": answered,
            "properties": as_json({"title": title}),
        }  # fmt: skip
    if sent is not None:
        request = {**at(REVIEW_REQUEST), "started_at": sent, "properties": as_json(DAY_ONLY)}
        yield "interactions", {
            **own, **request, "id": f"{own['id']}-request", "episode": order, "outcome": "answered"
        }  # fmt: skip
    yield "interactions", {**own, **at(REVIEW), "started_at": answered, "episode": order}


def _persons(shop: Shop) -> Iterable[dict[str, object]]:
    latest: dict[str, Record] = {}
    for buyer_id, buyer in shop.buyers.items():
        person = buyer.needed("customer_unique_id")
        before = latest.get(person)
        if before is None or shop.placed.get(buyer_id, -1) > shop.placed.get(
            before.needed("customer_id"), -1
        ):
            latest[person] = buyer
    for person, buyer in latest.items():
        yield {
            "id": person,
            "customer_number": person,
            "kind": "person",
            "segment": "b2c",
            "region": buyer.text("customer_state"),
            "city": buyer.text("customer_city"),
            "language": "pt",
            "properties": as_json(
                buyer.others("customer_id", "customer_unique_id", "customer_city", "customer_state")
            ),
        }


RECIPE = Recipe(
    name="olist",
    source="Brazilian E-Commerce Public Dataset by Olist (github.com/olist/work-at-olist-data, MIT)",
    version=1,
    files={
        "orders": "olist_orders_dataset.csv",
        "items": "olist_order_items_dataset.csv",
        "payments": "olist_order_payments_dataset.csv",
        "reviews": "olist_order_reviews_dataset.csv",
        "buyers": "olist_customers_dataset.csv",
        "products": "olist_products_dataset.csv",
        "sellers": "olist_sellers_dataset.csv",
        "categories": "product_category_name_translation.csv",
    },
    optional=frozenset({"products", "sellers", "categories"}),
    columns={
        "orders": ORDERS,
        "items": ITEMS,
        "payments": PAYMENTS,
        "reviews": REVIEWS,
        "buyers": BUYERS,
    },
    touchpoints=(ORDER, PAYMENT, HANDOVER, DELIVERY, REVIEW_REQUEST, REVIEW),
    options={"timezone": "America/Sao_Paulo"},
    about={"timezone": "time zone in which the shop's times are written"},
    batches=_batches,
)
