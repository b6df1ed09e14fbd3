"""Column contracts of what customers answer."""

from viaggio.journey.model import CHANNELS, Phase
from viaggio.kernel import Column, Contract, Kind
from viaggio.pulse.model import Pillar

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
        Column("metric", Kind.CODE, "what it feeds: nps, csat, ces, pillar, review", needed=True),
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
