"""Selling more to customers who already buy: other categories, a higher price level."""

from typing import Any

import ibis

from viaggio.kernel import Direction, Unit
from viaggio.measure import estimates
from viaggio.measure.bases import LINE_DIMENSIONS, sales
from viaggio.measure.cuts import rows_of, tally
from viaggio.measure.model import Cut, Metric, Table, Tables


def measure_cross_sell(tables: Tables, cut: Cut) -> Table:
    """Lines of customers who bought before, and the cents of those in a category new to them."""
    sold = _with_history(tables, cut)
    returning = sold.filter(sold.ordered_at > sold.first_at)
    rows = rows_of(returning, "ordered_at", cut, "currency", "cents", "category_first_at")
    new = rows.ordered_at == rows.category_first_at
    return tally(rows, cut, "currency", n=rows.count(), cents=rows.cents.sum(where=new).fill_null(0))


def _with_history(tables: Tables, cut: Cut) -> Table:
    """Lines with a customer and a category, and when the customer first bought at all and in the category.

    The history is the customer's whole one, whatever the cut's population.
    """
    sold = sales(tables, cut, "category", "currency")
    sold = sold.filter(sold.customer.notnull())
    sold = sold.mutate(first_at=sold.ordered_at.min().over(ibis.window(group_by="customer")))
    sold = sold.filter(sold.category.notnull())
    by_category = ibis.window(group_by=["customer", "category"])
    return sold.mutate(category_first_at=sold.ordered_at.min().over(by_category))


def measure_up_sell(tables: Tables, cut: Cut) -> Table:
    """Purchases in a category bought before, and the cents above the price level of the time before."""
    sold = sales(tables, cut, "category", "currency", "quantity")
    sold = sold.filter(sold.customer.notnull(), sold.category.notnull())
    # Thousandths of a piece as whole numbers: goods sold by weight keep an exact comparison.
    pieces = sold.quantity.fill_null(1.0)
    sold = sold.mutate(milli=ibis.ifelse(pieces > 0, (pieces * 1000).round(), 1000).cast("int64"))
    keep = [name for name in sorted(cut.dimensions) if name not in {"category", "source"}]
    keys = ["customer", "category", "currency", "ordered_at", "source", "order_id"]
    bought = sold.group_by(keys).aggregate(
        cents=sold.cents.sum().cast("int64"),
        milli=sold.milli.sum().cast("int64"),
        **{name: sold[name].min() for name in keep},
    )
    before = ibis.window(
        group_by=["customer", "category", "currency"], order_by=["ordered_at", "source", "order_id"]
    )
    bought = bought.mutate(
        cents_before=bought.cents.lag().over(before), milli_before=bought.milli.lag().over(before)
    )
    rows = rows_of(
        bought.filter(bought.cents_before.notnull()),
        "ordered_at", cut, "currency", "cents", "milli", "cents_before", "milli_before",
    )  # fmt: skip
    # cents - cents_before * milli / milli_before, rounded to the nearest cent by whole-number division.
    above = rows.cents * rows.milli_before - rows.cents_before * rows.milli
    cents = ((2 * above + rows.milli_before) // (2 * rows.milli_before)).cast("int64")
    return tally(rows, cut, "currency", n=rows.count(), cents=cents.sum(where=above > 0).fill_null(0))


_SELLING: dict[str, Any] = {
    "family": "selling", "owner": "sales", "unit": Unit.CENTS, "better": Direction.UP,
    "needs": {
        "order_lines": ("customer", "order_id", "category", "amount_cents", "ordered_at"),
        "orders": ("ordered_at",),
    },
    "covered_by": ("orders", "order_lines"), "dimensions": LINE_DIMENSIONS,
    "estimate": estimates.money_of("cents"),
}  # fmt: skip

METRICS = (
    Metric(
        slug="cross_sell", **_SELLING, base="order_lines",
        definition="cross_sell.category_new_to_the_customer",
        about="""Revenue of lines in a category that is new to a customer who bought before: the customer has
        an earlier order, and none before this one with that category. Lines without a category can not be
        judged and do not count. `n` counts the lines of customers who bought before.""",
        measure=measure_cross_sell,
    ),
    Metric(
        slug="up_sell", **_SELLING, base="orders", definition="up_sell.above_last_price_level_in_category",
        about="""Revenue above the customer's previous price level in the same category: what the customer
        paid in an order for a category, less what the same number of pieces cost at the average price per
        piece of the customer's order before in that category; only what is above 0, rounded to the cent per
        order and category. More pieces at the same price are no up-sell. A line without a quantity is one
        piece. `n` counts purchases in a category bought before.""",
        measure=measure_up_sell,
    ),
)  # fmt: skip
