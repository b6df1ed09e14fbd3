"""The marketplace's touchpoints, and the words of its files."""

from viaggio.journey.model import Moment, Phase
from viaggio.store.recipes.catalogue import touchpoint

_BUYING, _AFTER = (Phase.PURCHASE, Moment.DURING), (Phase.CARE, Moment.AFTER)

ORDER = touchpoint(
    "order", "Ordine sul marketplace", "Marketplace order", *_BUYING,
    owner="ecommerce", partners="marketing sales it", channels="marketplace",
)  # fmt: skip
PAYMENT = touchpoint(
    "payment", "Pagamento approvato", "Payment approved", *_BUYING,
    owner="billing", partners="ecommerce it", channels="marketplace",
)  # fmt: skip
HANDOVER = touchpoint(
    "handover", "Affidamento al corriere", "Handed to the courier", *_BUYING,
    owner="logistics", partners="sales", channels="courier",
)  # fmt: skip
DELIVERY = touchpoint(
    "delivery", "Consegna al cliente", "Delivery to the customer", *_BUYING,
    owner="logistics", partners="ecommerce customer_care", channels="courier",
)  # fmt: skip
REVIEW_REQUEST = touchpoint(
    "review_request", "Invito alla recensione", "Request for a review", *_AFTER,
    owner="marketing", partners="customer_care", channels="email",
)  # fmt: skip
REVIEW = touchpoint(
    "review", "Recensione scritta", "Review written", *_AFTER,
    owner="customer_care", partners="marketing ecommerce", channels="marketplace",
)  # fmt: skip

CURRENCY = "BRL"

# The columns that each file must have.
BUYERS = ("customer_id", "customer_unique_id", "customer_zip_code_prefix", "customer_city", "customer_state")
PROMISED = "order_estimated_delivery_date"
ORDERS = (
    "order_id", "customer_id", "order_status", "order_purchase_timestamp", "order_approved_at",
    "order_delivered_carrier_date", "order_delivered_customer_date", PROMISED,
)  # fmt: skip
ITEMS = ("order_id", "order_item_id", "product_id", "seller_id", "price", "freight_value")
PAYMENTS = ("order_id", "payment_sequential", "payment_type", "payment_installments", "payment_value")
REVIEWS = (
    "review_id", "order_id", "review_score", "review_comment_title", "review_comment_message",
    "review_creation_date", "review_answer_timestamp",
)  # fmt: skip

# Our words for its words.
STATUSES = {
    status: status
    for status in (
        "created", "approved", "invoiced", "processing", "shipped", "delivered", "canceled", "unavailable",
    )
}  # fmt: skip
METHODS = {"credit_card": "card", **{m: m for m in ("debit_card", "boleto", "voucher", "not_defined")}}
