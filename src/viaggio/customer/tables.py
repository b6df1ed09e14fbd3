"""Column contracts of who."""

from viaggio.kernel import Column, Contract, Kind

IDENTIFIER_COLUMNS = ("customer_number", "email", "phone", "visitor", "account_id")
"""What an importer may give, as text, in any row that belongs to a customer; strongest first.

A person is known by customer number, e-mail, phone or visitor id; `account_id` names the B2B customer
behind the person, and stands for the customer itself where no person is named.
"""

CUSTOMERS = Contract(
    name="customers",
    row="what one source says of one person or account; the latest row of a source wins",
    columns=(
        Column("kind", Kind.CODE, "person, or account", needed=True, allowed=("person", "account")),
        Column("name", Kind.TEXT, "name as written"),
        Column("segment", Kind.CODE, "b2b or b2c", allowed=("b2b", "b2c")),
        Column("region", Kind.CODE, "region or state"),
        Column("city", Kind.TEXT, "town"),
        Column("language", Kind.CODE, "ISO 639-1"),
        Column("since", Kind.DAY, "customer since"),
        Column("properties", Kind.JSON, "the source's own columns"),
    ),
)
CONSENTS = Contract(
    name="consents",
    row="one statement of a customer about one purpose",
    time="stated_at",
    columns=(
        Column("purpose", Kind.CODE, "service, survey, marketing, profiling", needed=True),
        Column("granted", Kind.YES_NO, "given or withdrawn", needed=True),
        Column("stated_at", Kind.TIME, "when", needed=True),
    ),
)
REFERRALS = Contract(
    name="referrals",
    row="one customer won by another's word; the row belongs to the one who recommended",
    time="referred_at",
    columns=(
        Column("referred_number", Kind.TEXT, "customer number of the one who came", needed=True),
        Column("referred_at", Kind.TIME, "when", needed=True),
        Column("converted", Kind.YES_NO, "became a customer"),
    ),
)
IDENTIFIERS = Contract(
    name="identifiers",
    row="one identifier seen beside a row's strongest one; made by the fold, never imported",
    columns=(
        Column("kind", Kind.CODE, "customer_number, email, phone, visitor, account_id", needed=True),
        Column("value", Kind.TEXT, "normalised value: personal data", needed=True),
        Column("node", Kind.KEY, "hash of kind and value", needed=True),
    ),
)
