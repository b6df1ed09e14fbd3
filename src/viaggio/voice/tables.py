"""Column contracts of what customers write."""

from viaggio.journey.model import CHANNELS, Phase
from viaggio.kernel import Column, Contract, Kind

TEXTS = Contract(
    name="texts",
    row="one text in the customer's own words",
    time="written_at",
    columns=(
        Column("kind", Kind.CODE, "answer, review, post, ticket, chat", needed=True,
               allowed=("answer", "review", "post", "ticket", "chat")),
        Column("public", Kind.YES_NO, "readable by everybody"),
        Column("rating", Kind.NUMBER, "stars or score given with it"),
        Column("rating_max", Kind.NUMBER, "highest rating possible"),
        Column("language", Kind.CODE, "ISO 639-1"),
        Column("body", Kind.TEXT, "the words", needed=True),
        Column("touchpoint", Kind.CODE, "what it is about"),
        Column("phase", Kind.CODE, "phase of that touchpoint", allowed=tuple(Phase)),
        Column("channel", Kind.CODE, "where it was written", allowed=CHANNELS),
        Column("response", Kind.TEXT, "the submission it belongs to"),
        Column("order_id", Kind.TEXT, "the order it is about"),
        Column("product", Kind.TEXT, "product id"),
        Column("written_at", Kind.TIME, "when", needed=True),
        Column("properties", Kind.JSON, "the source's own columns"),
    ),
)  # fmt: skip
