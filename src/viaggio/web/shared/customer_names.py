"""What a page calls a customer: by name for people who may see customers, by a code for everybody else."""

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from viaggio.web.shared.desk import Desk


def pseudonym(customer: int | None) -> str:
    """A name for a customer that tells nothing about the person and is the same on every page."""
    if customer is None:
        return _("unknown")
    return "C-" + salted_hmac("viaggio.customer", str(customer), algorithm="sha256").hexdigest()[:8].upper()


def names_of(desk: Desk, customers: list[int | None]) -> dict[int, str]:
    """Names of customers, for people who may see them; empty for everybody else."""
    keys = sorted({key for key in customers if key is not None})
    if not keys or not desk.sees_customers:
        return {}
    table = desk.engine.tables().customers
    rows = desk.engine.run(
        table.filter(table.customer.isin(keys), table.name.notnull()).select("customer", "name")
    )
    return {row["customer"]: row["name"] for row in rows.to_pylist()}
