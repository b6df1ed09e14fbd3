"""Every fact table there is, by name, and its Arrow form."""

from collections.abc import Mapping
from types import MappingProxyType

import pyarrow as pa

from viaggio.customer.tables import CONSENTS, CUSTOMERS, IDENTIFIER_COLUMNS, IDENTIFIERS, REFERRALS
from viaggio.incentive.tables import EMPLOYMENTS
from viaggio.journey.tables import INTERACTIONS, TOUCHPOINTS, VISITS
from viaggio.kernel import Contract, Kind
from viaggio.measure.tables import CONTRACTS, COSTS, ORDER_LINES, ORDERS, PAYMENTS
from viaggio.pulse.tables import ANSWERS, COVERAGE, WEIGHTS
from viaggio.voice.tables import TEXTS

_ALL = (
    TOUCHPOINTS, CUSTOMERS, CONSENTS, REFERRALS, IDENTIFIERS, INTERACTIONS, VISITS, ORDERS, ORDER_LINES,
    PAYMENTS, CONTRACTS, COSTS, ANSWERS, TEXTS, EMPLOYMENTS,
    COVERAGE, WEIGHTS,
)  # fmt: skip

FACTS: Mapping[str, Contract] = MappingProxyType({contract.name: contract for contract in _ALL})
"""All fact tables; the order is that in which a fold writes them."""

_ARROW: Mapping[Kind, pa.DataType] = {
    Kind.KEY: pa.int64(),
    Kind.TEXT: pa.string(),
    Kind.CODE: pa.string(),
    Kind.TIME: pa.timestamp("us", tz="UTC"),
    Kind.DAY: pa.date32(),
    Kind.WHOLE: pa.int64(),
    Kind.CENTS: pa.int64(),
    Kind.NUMBER: pa.float64(),
    Kind.YES_NO: pa.bool_(),
    Kind.JSON: pa.string(),
}


def arrow_type(kind: Kind) -> pa.DataType:
    """The Arrow type of a column kind."""
    return _ARROW[kind]


def incoming_schema(contract: Contract) -> pa.Schema:
    """What an importer or recipe yields for a table: id, identifiers as text, then the contract's columns."""
    fields = [pa.field("id", pa.string(), nullable=False)]
    if contract.customer:
        fields += [pa.field(name, pa.string()) for name in IDENTIFIER_COLUMNS]
    fields += [pa.field(c.name, arrow_type(c.kind)) for c in contract.columns]
    return pa.schema(fields)


def stored_schema(contract: Contract) -> pa.Schema:
    """What a fact file holds: key, digest, source, id, then customer and account keys, then the columns."""
    fields = [
        pa.field("key", pa.int64(), nullable=False),
        pa.field("digest", pa.int64(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("id", pa.string(), nullable=False),
    ]
    if contract.customer:
        fields += [pa.field("customer", pa.int64()), pa.field("account", pa.int64())]
    fields += [pa.field(c.name, arrow_type(c.kind)) for c in contract.columns]
    return pa.schema(fields)
