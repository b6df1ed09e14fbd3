"""Column contracts of what customers answer, of who could have been asked, and of what answers weigh."""

from viaggio.journey.model import CHANNELS, Phase
from viaggio.kernel import Column, Contract, Kind
from viaggio.pulse.model import AskedBy, AskedUnit, Outcome, Pillar

ANSWERS = Contract(
    name="answers",
    row="one item's value in one response",
    time="answered_at",
    columns=(
        Column("response", Kind.TEXT, "the submission it belongs to", needed=True),
        Column("invitation", Kind.TEXT, "the request it answers"),
        Column("pulse", Kind.CODE, "standing programme"),
        Column("wave", Kind.CODE, "fielding window, sortable such as 2026-09"),
        Column("item", Kind.CODE, "item of the questionnaire", needed=True),
        Column("item_version", Kind.WHOLE, "version of its wording"),
        Column("metric", Kind.CODE, "what it feeds: nps, csat, ces, pillar, review, other", needed=True),
        Column("pillar", Kind.CODE, "pillar of the item", allowed=tuple(Pillar)),
        Column("value", Kind.NUMBER, "the number given", needed=True),
        Column("scale_min", Kind.NUMBER, "lowest value of the scale", needed=True),
        Column("scale_max", Kind.NUMBER, "highest value of the scale", needed=True),
        Column("weight_base", Kind.NUMBER, "inverse of the probability of being asked"),
        Column("touchpoint", Kind.CODE, "what was asked about"),
        Column("phase", Kind.CODE, "phase of that touchpoint", allowed=tuple(Phase)),
        Column("channel", Kind.CODE, "channel of the experience asked about", allowed=CHANNELS),
        Column("language", Kind.CODE, "language answered in"),
        Column("order_id", Kind.TEXT, "the order it is about, in the same source"),
        Column("answered_at", Kind.TIME, "when", needed=True),
        Column("properties", Kind.JSON, "the source's own columns"),
    ),
)
COVERAGE = Contract(
    name="coverage",
    row="one interaction, order, ticket or customer that one wave could have asked about",
    time="eligible_at",
    columns=(
        Column("pulse", Kind.CODE, "standing programme", needed=True),
        Column("wave", Kind.CODE, "fielding window", needed=True),
        Column("unit", Kind.CODE, "what could have been asked about", needed=True, allowed=tuple(AskedUnit)),
        Column("about", Kind.TEXT, "id of that interaction, order, ticket or customer"),
        Column("touchpoint", Kind.CODE, "where it took place"),
        Column("phase", Kind.CODE, "phase of that touchpoint", allowed=tuple(Phase)),
        Column("channel", Kind.CODE, "channel of the experience", allowed=CHANNELS),
        Column("stratum", Kind.CODE, "group that was drawn from separately"),
        Column("probability", Kind.NUMBER, "probability of being drawn, above 0 to 1"),
        Column("outcome", Kind.CODE, "how it ended", needed=True, allowed=tuple(Outcome)),
        Column("reason", Kind.CODE, "why it ended so, more closely"),
        Column("invitation", Kind.TEXT, "the request that was made"),
        Column("response", Kind.TEXT, "the submission it led to"),
        Column("asked_by", Kind.CODE, "by what means", allowed=tuple(AskedBy)),
        Column("eligible_at", Kind.TIME, "when it became possible to ask", needed=True),
    ),
)
"""The ledger of asking: every one who could have been asked ends in exactly one outcome."""

WEIGHTS = Contract(
    name="weights",
    row="what one response counts for under one weighting scheme",
    customer=False,
    time="made_at",
    columns=(
        Column("response", Kind.TEXT, "the submission", needed=True),
        Column("response_source", Kind.CODE, "source of that submission; empty where ids are never repeated"),
        Column("pulse", Kind.CODE, "standing programme"),
        Column("wave", Kind.CODE, "fielding window"),
        Column("scheme", Kind.CODE, "name of the weighting", needed=True),
        Column("base", Kind.NUMBER, "weight before calibration: inverse of the probability of answering"),
        Column("factor", Kind.NUMBER, "what calibration multiplied it by (g)"),
        Column("weight", Kind.NUMBER, "what it counts for, 0 or more", needed=True),
        Column("method", Kind.CODE, "how it was calibrated"),
        Column("made_at", Kind.TIME, "when", needed=True),
    ),
)
