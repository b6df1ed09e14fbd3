"""What Officina Blu pays for the customer's journey: the plan of all nine functions, targets, who is who."""

from dataclasses import dataclass
from datetime import date
from importlib.resources import files

CODE = "VIAGGIO-INSIEME"
NAMES = {"it": "Viaggio insieme", "en": "The journey together"}
FIRST, LAST = date(2025, 10, 1), date(2026, 9, 30)
QUARTERS = 4
TARGETS = {
    "marketing": 220_000, "sales": 280_000, "ecommerce": 240_000, "logistics": 200_000, "billing": 200_000,
    "customer_care": 200_000, "field_service": 220_000, "human_resources": 180_000, "it": 240_000,
}  # fmt: skip
"""Cents that 100 % pays in the year, full time."""


CALLED = {
    "marketing": "Marketing", "sales": "Vendite", "ecommerce": "E-commerce", "logistics": "Logistica",
    "billing": "Amministrazione", "customer_care": "Servizio clienti", "field_service": "Assistenza tecnica",
    "human_resources": "Risorse umane", "it": "Informatica", "marketing-brand": "Marchio",
    "marketing-loyalty": "Fedeltà", "sales-fleet": "Flotte", "store-bologna": "Negozio di Bologna",
    "store-milano": "Negozio di Milano", "store-roma": "Negozio di Roma", "store-verona": "Negozio di Verona",
    "ecommerce-shop": "Negozio online", "ecommerce-content": "Contenuti", "logistics-warehouse": "Magazzino",
    "logistics-transport": "Trasporti", "billing-invoices": "Fatture", "billing-credit": "Crediti",
    "care-amber": "Squadra Ambra", "care-cobalt": "Squadra Cobalto", "care-coral": "Squadra Corallo",
    "care-sage": "Squadra Salvia", "workshop-bologna": "Officina di Bologna",
    "workshop-milano": "Officina di Milano", "workshop-roma": "Officina di Roma",
    "workshop-verona": "Officina di Verona", "technicians-north": "Tecnici Nord",
    "technicians-south": "Tecnici Sud", "human-resources": "Persone", "it-app": "App",
    "it-platform": "Piattaforma",
}  # fmt: skip
"""What functions and teams are called in the house."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody who signs in and is paid: their unit, their employee's e-mail."""

    email: str
    unit: str


SEATS = (
    Seat("officina@officinablu.example", "workshop-bologna"),
    Seat("assistenza@officinablu.example", "care-amber"),
    Seat("logistica@officinablu.example", "logistics-transport"),
)
HEADS = {"logistics": "logistica@officinablu.example", "customer_care": "assistenza@officinablu.example"}
"""Who heads a function's unit."""

ABSENCES = (
    ("workshop-bologna", "L104", date(2026, 2, 3), date(2026, 2, 5)),
    ("sales-fleet", "maternity", date(2026, 1, 12), date(2026, 6, 11)),
    ("it-app", "unpaid_leave", date(2026, 5, 4), date(2026, 5, 22)),
    ("care-sage", "sickness", date(2026, 3, 9), date(2026, 3, 13)),
)
"""Of the first employee of a unit: class, first and last day."""

BEGGING_UNIT = "care-coral"


def plan_text() -> str:
    """The plan as its author wrote it."""
    return files("viaggio.demo").joinpath("journey_together.yaml").read_text(encoding="utf-8")
