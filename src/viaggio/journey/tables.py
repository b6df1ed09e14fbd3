"""Column contracts of what happened."""

from viaggio.journey.model import CHANNELS, DEVICES, FUNCTIONS, Moment, Phase
from viaggio.kernel import Column, Contract, Kind

_PHASES = tuple(Phase)
_MOMENTS = tuple(Moment)

INTERACTIONS = Contract(
    name="interactions",
    row="one dated event of one customer at one touchpoint",
    time="started_at",
    columns=(
        Column("touchpoint", Kind.CODE, "slug in the catalogue", needed=True),
        Column("channel", Kind.CODE, "the medium", needed=True, allowed=CHANNELS),
        Column("device", Kind.CODE, "desktop, phone, tablet, other", allowed=DEVICES),
        Column("phase", Kind.CODE, "one of four", needed=True, allowed=_PHASES),
        Column("moment", Kind.CODE, "before, during or after the purchase", needed=True, allowed=_MOMENTS),
        Column("started_at", Kind.TIME, "when it began", needed=True),
        Column("ended_at", Kind.TIME, "when it ended"),
        Column("episode", Kind.TEXT, "what belongs together: an order, a ticket, a repair, a visit"),
        Column("outcome", Kind.CODE, "resolved, converted, delivered, late, found, nothing_found ..."),
        Column("cost_cents", Kind.CENTS, "what it cost the company"),
        Column("value_cents", Kind.CENTS, "what it brought"),
        Column("currency", Kind.CODE, "ISO 4217"),
        Column("properties", Kind.JSON, "the source's own columns"),
    ),
)
VISITS = Contract(
    name="visits",
    row="one session on a site or app",
    time="started_at",
    columns=(
        Column("channel", Kind.CODE, "web or app", needed=True, allowed=CHANNELS),
        Column("device", Kind.CODE, "desktop, phone, tablet, other", allowed=DEVICES),
        Column("started_at", Kind.TIME, "when it began", needed=True),
        Column("seconds", Kind.NUMBER, "time on site, as the source measures it"),
        Column("pages", Kind.WHOLE, "pages visited"),
        Column("bounced", Kind.YES_NO, "left after one page"),
        Column("converted", Kind.YES_NO, "reached the goal"),
        Column("goal", Kind.CODE, "what converting means there: purchase, quote, booking"),
        Column("value_cents", Kind.CENTS, "what it brought"),
        Column("currency", Kind.CODE, "ISO 4217"),
        Column("returning", Kind.YES_NO, "has visited before"),
        Column("properties", Kind.JSON, "the source's own columns"),
    ),
)
TOUCHPOINTS = Contract(
    name="touchpoints",
    row="one kind of place where customer and company meet; `id` is its slug",
    customer=False,
    columns=(
        Column("name_it", Kind.TEXT, "Italian name", needed=True),
        Column("name_en", Kind.TEXT, "English name", needed=True),
        Column("phase", Kind.CODE, "one of four", needed=True, allowed=_PHASES),
        Column("moment", Kind.CODE, "before, during or after", needed=True, allowed=_MOMENTS),
        Column("owner_function", Kind.CODE, "who answers for it", needed=True, allowed=FUNCTIONS),
        Column("partner_functions", Kind.TEXT, "others who shape it, comma-separated"),
        Column("channels", Kind.TEXT, "where it takes place, comma-separated"),
        Column("contact", Kind.YES_NO, "the customer turns to us for help"),
    ),
)
