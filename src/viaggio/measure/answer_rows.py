"""The answers that feed scores, with every dimension they can be cut by: what the answer index is made of."""

from typing import Any

from viaggio.measure.bases import with_delivery
from viaggio.measure.model import Table, Tables
from viaggio.pulse.index import CODED, KINDS
from viaggio.pulse.index_rows import ROW_COLUMNS, STRATUM_COLUMNS, WEIGHT_COLUMNS

FED = ("pillar", *KINDS[:4])


def answer_rows(tables: Tables) -> Table:
    """Every answer with a number that feeds a score, in the columns of the answer index."""
    answers = tables.answers
    answers = answers.filter(answers.metric.isin(FED), answers.value.notnull())
    rows = with_delivery(answers, tables.orders)
    given: dict[str, Any] = {name: rows[name] for name in ROW_COLUMNS if name in rows.columns}
    given |= {name: rows[name].cast("string") for name in CODED if name in rows.columns}
    return rows.select(**given)


def strata_rows(tables: Tables) -> Table:
    """The stratum in which each response was drawn, of waves that were drawn in two strata or more."""
    ledger = tables.coverage
    drawn = ledger.filter(ledger.stratum.notnull(), ledger.stratum != "")
    waves = drawn.group_by("pulse", "wave").aggregate(strata=drawn.stratum.nunique())
    waves = waves.filter(waves.strata > 1)
    answered = drawn.filter(drawn.response.notnull())
    found = answered.semi_join(waves, ["pulse", "wave"]).select(*STRATUM_COLUMNS)
    return found.distinct().order_by(*STRATUM_COLUMNS)


def weight_rows(tables: Tables) -> Table:
    """What each response weighs under each scheme, oldest first."""
    weights = tables.weights
    return weights.order_by(weights.made_at, weights.id).select(*WEIGHT_COLUMNS)
