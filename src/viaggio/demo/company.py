"""Officina Blu, a company that does not exist: touchpoints, channels, teams, wares, towns, campaigns."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from viaggio.journey.model import CHANNELS, DEVICES, Moment, Phase, Touchpoint
from viaggio.pulse.model import Pillar

PILLARS: tuple[str, ...] = tuple(Pillar)
SOURCES = ("shop", "crm", "helpdesk", "courier", "erp", "pulse", "reviews", "workshop", "hr")
"""Systems that deliver files; each becomes a `source`."""

_D, _P, _C, _M = Phase.DISCOVERY, Phase.PURCHASE, Phase.CARE, Phase.MAINTENANCE
_B, _W, _A = Moment.BEFORE, Moment.DURING, Moment.AFTER


def _place(  # noqa: PLR0917 -- one line of the catalogue below
    slug: str, italian: str, english: str, where: tuple[Phase, Moment], owner: str, partners: str,
    channels: str, *, contact: bool = False,
) -> Touchpoint:  # fmt: skip
    return Touchpoint(
        slug=slug,
        name_it=italian,
        name_en=english,
        phase=where[0],
        moment=where[1],
        owner_function=owner,
        partner_functions=tuple(partners.split()),
        channels=tuple(channels.split()),
        contact=contact,
    )


TOUCHPOINTS: tuple[Touchpoint, ...] = (
    _place("campaign", "Campagne e newsletter", "Campaigns and newsletter", (_D, _B), "marketing",
           "ecommerce", "email social"),
    _place("shop_browse", "Vetrina del negozio online", "Online shop window", (_D, _B), "ecommerce",
           "marketing it", "web app"),
    _place("search", "Ricerca nel negozio online", "Online shop search", (_D, _B), "ecommerce", "it",
        "web app"),
    _place("product_page", "Scheda prodotto", "Product page", (_D, _B), "ecommerce", "marketing", "web app"),
    _place("advice", "Consulenza alla scelta", "Advice on choosing", (_D, _B), "sales",
           "customer_care", "chat phone"),
    _place("test_ride", "Visita in negozio e prova", "Store visit and test ride", (_D, _B), "sales",
           "marketing human_resources", "store"),
    _place("quote", "Preventivo per aziende", "Quote for companies", (_D, _B), "sales", "billing",
        "email phone"),
    _place("sign_in", "Accesso all'area clienti", "Customer sign-in", (_P, _W), "it", "ecommerce", "web app"),
    _place("cart", "Carrello", "Cart", (_P, _W), "ecommerce", "it marketing", "web app"),
    _place("checkout", "Cassa online", "Online checkout", (_P, _W), "ecommerce", "it billing", "web app"),
    _place("payment", "Pagamento online", "Online payment", (_P, _W), "billing", "it ecommerce", "web app"),
    _place("store_purchase", "Acquisto in negozio", "Store purchase", (_P, _W), "sales",
           "billing human_resources", "store"),
    _place("marketplace_order", "Acquisto su marketplace", "Marketplace order", (_P, _W), "ecommerce",
           "logistics", "marketplace"),
    _place("order_update", "Aggiornamento sull'ordine", "Order update", (_P, _A), "logistics",
           "it", "email"),
    _place("delivery", "Consegna", "Delivery", (_P, _A), "logistics", "customer_care sales", "courier"),
    _place("invoice", "Fattura", "Invoice", (_P, _A), "billing", "it sales", "email post"),
    _place("self_help", "Guide e domande frequenti", "Guides and frequent questions", (_C, _A),
           "customer_care",
           "it", "web app"),
    _place("help_request", "Richiesta di assistenza", "Request for help", (_C, _A), "customer_care",
           "logistics billing it human_resources", "phone chat email", contact=True),
    _place("complaint", "Reclamo", "Complaint", (_C, _A), "customer_care",
           "logistics billing field_service", "phone email", contact=True),
    _place("social_question", "Domanda sui social", "Question on social media", (_C, _A), "marketing",
           "customer_care", "social", contact=True),
    _place("return", "Reso e rimborso", "Return and refund", (_C, _A), "logistics",
           "billing customer_care", "courier store"),
    _place("public_review", "Recensione pubblica", "Public review", (_C, _A), "marketing",
           "customer_care", "review_site"),
    _place("service_booking", "Prenotazione del tagliando", "Service booking", (_M, _A), "field_service",
           "it", "web app phone"),
    _place("workshop_repair", "Riparazione in officina", "Workshop repair", (_M, _A), "field_service",
           "sales human_resources", "store"),
    _place("technician_visit", "Visita del tecnico", "Technician visit", (_M, _A), "field_service",
           "logistics human_resources", "technician"),
    _place("service_plan", "Piano di manutenzione", "Service plan", (_M, _A), "field_service",
           "billing sales", "web email app"),
    _place("app_garage", "App: la mia bici", "App: my bike", (_M, _A), "it", "field_service", "app"),
)  # fmt: skip
"""The catalogue: 27 kinds of place, in all four phases, on all twelve channels."""


def numbered(names: Sequence[str]) -> Mapping[str, int]:
    """Position of each name."""
    return MappingProxyType({name: at for at, name in enumerate(names)})


T = numbered([touchpoint.slug for touchpoint in TOUCHPOINTS])
C = numbered(CHANNELS)
D = numbered(DEVICES)
S = numbered(SOURCES)

OUTCOMES = (
    "resolved", "unresolved", "converted", "abandoned", "delivered", "late", "correct", "error",
    "sent", "lost", "viewed", "booked", "signed", "renewed", "cancelled", "refunded",
    "found", "nothing_found",
)  # fmt: skip
O = numbered(OUTCOMES)  # noqa: E741 -- one letter like the other three dictionaries beside it

EPISODES = ("", "V", "O", "T", "R", "Q", "P")
"""What belongs together, by the first letter of its id: visit, order, ticket, repair, quote, plan."""
E = numbered(("none", "visit", "order", "ticket", "repair", "quote", "plan"))

CAUSES = ("delivery", "billing", "product", "how_to", "app", "return", "fleet")
CAUSE = numbered(CAUSES)

TEAMS = (
    "care-amber", "care-cobalt", "care-coral", "care-sage",
    "workshop-bologna", "workshop-milano", "workshop-roma", "workshop-verona",
    "technicians-north", "technicians-south",
    "store-bologna", "store-milano", "store-roma", "store-verona", "sales-fleet",
)  # fmt: skip
TEAM = numbered(TEAMS)
CARE_TEAMS = (0, 1, 2, 3)
WORKSHOPS = (4, 5, 6, 7)
TECHNICIANS = (8, 9)
STORES = (10, 11, 12, 13)
BEGGING_TEAM = "care-coral"

# Name, population weight, towns, the nearest of the four stores (Bologna, Milano, Roma, Verona).
REGIONS: tuple[tuple[str, float, tuple[str, ...], int], ...] = (
    ("Lombardia", 10.0, ("Milano", "Bergamo", "Brescia", "Como", "Pavia", "Mantova"), 1),
    ("Emilia-Romagna", 8.0, ("Bologna", "Modena", "Parma", "Ferrara", "Ravenna", "Rimini"), 0),
    ("Veneto", 6.5, ("Verona", "Padova", "Treviso", "Vicenza", "Venezia"), 3),
    ("Lazio", 5.5, ("Roma", "Viterbo", "Latina", "Rieti"), 2),
    ("Toscana", 4.5, ("Firenze", "Pisa", "Lucca", "Siena", "Arezzo"), 0),
    ("Piemonte", 4.0, ("Torino", "Novara", "Cuneo", "Asti"), 1),
    ("Trentino-Alto Adige", 3.5, ("Trento", "Bolzano", "Merano", "Rovereto"), 3),
    ("Campania", 3.0, ("Napoli", "Salerno", "Caserta"), 2),
    ("Puglia", 2.5, ("Bari", "Lecce", "Monopoli"), 2),
    ("Friuli-Venezia Giulia", 2.0, ("Udine", "Trieste", "Gorizia"), 3),
    ("Liguria", 2.0, ("Genova", "Savona", "La Spezia"), 1),
    ("Marche", 1.5, ("Ancona", "Pesaro", "Urbino"), 0),
    ("Sicilia", 1.5, ("Palermo", "Catania", "Siracusa"), 2),
    ("Umbria", 1.0, ("Perugia", "Terni", "Spoleto"), 2),
    ("Sardegna", 1.0, ("Cagliari", "Sassari", "Olbia"), 2),
)

CATEGORIES = ("ebike", "bicycle", "part", "accessory", "clothing", "service_plan", "repair")
CATEGORY = numbered(CATEGORIES)

# Product id, category, price in cents with VAT; within a category from cheap to dear.
PRODUCTS: tuple[tuple[str, str, int], ...] = (
    ("EB-CITTA-300", "ebike", 149900), ("EB-CITTA-500", "ebike", 189900), ("EB-PIEGA-250", "ebike", 129900),
    ("EB-TREK-500", "ebike", 259900), ("EB-TREK-750", "ebike", 319900), ("EB-CARGO-750", "ebike", 429900),
    ("EB-MONTE-750", "ebike", 389900), ("EB-FLOTTA-500", "ebike", 209900), ("EB-HOTEL-500", "ebike", 199900),
    ("BI-CITTA", "bicycle", 34900), ("BI-DONNA-7", "bicycle", 39900), ("BI-RAGAZZI-24", "bicycle", 27900),
    ("BI-GRAVEL", "bicycle", 119900), ("BI-CORSA", "bicycle", 159900), ("BI-TREK", "bicycle", 69900),
    ("BI-PIEGA", "bicycle", 52900), ("BI-FLOTTA", "bicycle", 42900),
    ("PA-CATENA", "part", 2490), ("PA-FRENI", "part", 1890), ("PA-PNEUM-28", "part", 2990),
    ("PA-CAMERA", "part", 790), ("PA-BATTERIA-500", "part", 54900), ("PA-CARICA", "part", 13900),
    ("PA-SELLA", "part", 4490), ("PA-PEDALI", "part", 2790), ("PA-DISPLAY", "part", 9900),
    ("PA-LUCE-POST", "part", 1990), ("PA-CAMBIO", "part", 6490),
    ("AC-CASCO", "accessory", 6990), ("AC-LUCCHETTO", "accessory", 4990), ("AC-BORSA", "accessory", 8490),
    ("AC-SEGGIOLINO", "accessory", 9990), ("AC-CESTINO", "accessory", 2990), ("AC-POMPA", "accessory", 2490),
    ("AC-PORTAPACCHI", "accessory", 3990), ("AC-TELO", "accessory", 1990), ("AC-BORRACCIA", "accessory",
        1290),
    ("AB-GIACCA", "clothing", 8990), ("AB-GUANTI", "clothing", 2490), ("AB-PANTALONI", "clothing", 6990),
    ("AB-MAGLIA", "clothing", 5490), ("AB-MANTELLA", "clothing", 3990), ("AB-OCCHIALI", "clothing", 4490),
    ("PI-BASE", "service_plan", 990), ("PI-COMFORT", "service_plan", 1490), ("PI-PREMIUM", "service_plan",
        1890),
    ("PI-FLOTTA", "service_plan", 8900),
    ("RI-TAGLIANDO", "repair", 5900), ("RI-FRENI", "repair", 3900), ("RI-MOTORE", "repair", 14900),
    ("RI-RUOTA", "repair", 4500), ("RI-BATTERIA", "repair", 9900),
)  # fmt: skip

CAMPAIGNS = ("", "newsletter", "cerca-online", "video-social", "primavera-in-bici", "settimana-blu",
             "flotte-pulite",
             "venerdi-nero", "regali-di-natale")  # fmt: skip
CAMPAIGN = numbered(CAMPAIGNS)

# Demand by month of the year, January first: bicycles sell from March to October.
SEASON = (0.62, 0.72, 0.98, 1.2, 1.36, 1.3, 1.14, 0.8, 1.1, 0.94, 0.98, 0.9)

LANGUAGES = ("it", "en")
METHODS = ("card", "paypal", "transfer", "cash", "instalments")
END_REASONS = ("dissatisfied", "price", "sold_bike", "moved", "other")
