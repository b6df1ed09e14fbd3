"""The answers that feed scores, with every dimension they can be cut by: what the answer index is made of."""

from typing import Any

from viaggio.measure.bases import with_delivery
from viaggio.measure.model import Table, Tables
from viaggio.pulse.index import CODED, KINDS
from viaggio.pulse.index_rows import ROW_COLUMNS, WEIGHT_COLUMNS

FED = ("pillar", *KINDS[:4])


def answer_rows(tables: Tables) -> Table:
    """Every answer with a number that feeds a score, in the columns of the answer index."""
    answers = tables.answers
    answers = answers.filter(answers.metric.isin(FED), answers.value.notnull())
    rows = with_delivery(answers, tables.orders)
    given: dict[str, Any] = {name: rows[name] for name in ROW_COLUMNS if name in rows.columns}
    given |= {name: rows[name].cast("string") for name in CODED if name in rows.columns}
    return rows.select(**given)


def weight_rows(tables: Tables) -> Table:
    """What each response weighs under each scheme, oldest first."""
    weights = tables.weights
    return weights.order_by(weights.made_at, weights.id).select(*WEIGHT_COLUMNS)
