"""The help desk of an Italian software house: tickets from opening to closing, upgrades and software faults.

A log as in `xes`, with its own touchpoints: talking with the customer is care, mending the product is
maintenance. What is decided here:

- The customers are companies and known only as `Value 10`: they become accounts, `helpdesk Value 10`.
- Assigning the seriousness is how a ticket enters the desk (4,495 of 4,580 tickets have it), so that is the
  contact. Its outcome is `resolved` where the ticket was later resolved or closed, else `unresolved`.
- `RESOLVED`, `VERIFIED`, `INVALID` and `DUPLICATE` are states of the software fault behind a ticket.
"""

from collections.abc import Iterator, Mapping

from viaggio.journey.model import Moment, Phase, Touchpoint
from viaggio.store.incoming import Batch
from viaggio.store.recipes.catalogue import touchpoint
from viaggio.store.recipes.rows import table_of
from viaggio.store.recipes.shape import Kitchen, Recipe
from viaggio.store.recipes.xes import ACTIVITY, Log, Trace, slug_of
from viaggio.store.recipes.xes import RECIPE as XES

_CARE = (Phase.CARE, Moment.AFTER)
_UPKEEP = (Phase.MAINTENANCE, Moment.AFTER)

TOUCHPOINTS = (
    touchpoint(
        "insert_ticket", "Inserimento del ticket", "Insert ticket", *_CARE,
        owner="customer_care", partners="it", channels="web",
    ),
    touchpoint(
        "assign_seriousness", "Assegnazione della gravità", "Assign seriousness", *_CARE,
        owner="customer_care", partners="it", channels="web", contact=True,
    ),
    touchpoint(
        "take_in_charge_ticket", "Presa in carico", "Take in charge ticket", *_CARE,
        owner="customer_care", partners="it field_service", channels="web",
    ),
    touchpoint(
        "wait", "Attesa", "Wait", *_CARE,
        owner="customer_care", partners="it", channels="web",
    ),
    touchpoint(
        "resolve_ticket", "Risoluzione del ticket", "Resolve ticket", *_CARE,
        owner="customer_care", partners="it field_service", channels="web",
    ),
    touchpoint(
        "closed", "Chiusura del ticket", "Closed", *_CARE,
        owner="customer_care", channels="web",
    ),
    touchpoint(
        "require_upgrade", "Richiesta di aggiornamento", "Require upgrade", *_UPKEEP,
        owner="it", partners="customer_care sales", channels="web",
    ),
    touchpoint(
        "schedule_intervention", "Intervento programmato", "Schedule intervention", *_UPKEEP,
        owner="field_service", partners="customer_care", channels="technician",
    ),
    touchpoint(
        "create_sw_anomaly", "Anomalia software aperta", "Create SW anomaly", *_UPKEEP,
        owner="it", partners="customer_care", channels="web",
    ),
    touchpoint(
        "resolve_sw_anomaly", "Anomalia software risolta", "Resolve SW anomaly", *_UPKEEP,
        owner="it", partners="customer_care", channels="web",
    ),
    touchpoint("resolved", "Anomalia corretta", "Fault resolved", *_UPKEEP, owner="it", channels="web"),
    touchpoint("verified", "Correzione verificata", "Fault verified", *_UPKEEP, owner="it", channels="web"),
    touchpoint("invalid", "Anomalia non valida", "Fault invalid", *_UPKEEP, owner="it", channels="web"),
    touchpoint("duplicate", "Anomalia doppia", "Fault duplicate", *_UPKEEP, owner="it", channels="web"),
)  # fmt: skip

_BY_SLUG: Mapping[str, Touchpoint] = {t.slug: t for t in TOUCHPOINTS}
_DONE = frozenset({"resolve_ticket", "closed", "resolve_sw_anomaly", "resolved", "verified"})


def _who(trace: Trace) -> Mapping[str, str]:
    return {"account_id": f"helpdesk {trace.last('customer') or trace.name}"}


def _outcome(where: Touchpoint, trace: Trace) -> str | None:
    if where.slug in _DONE:
        return "resolved"
    if not where.contact:
        return None
    done = any(slug_of(event.get(ACTIVITY, "")) in _DONE for event in trace.events)
    return "resolved" if done else "unresolved"


def _batches(kitchen: Kitchen) -> Iterator[Batch]:
    accounts: dict[str, None] = {}

    def who(trace: Trace) -> Mapping[str, str]:
        identifiers = _who(trace)
        accounts.setdefault(identifiers["account_id"])
        return identifiers

    for source in kitchen.sources["log"]:
        yield from Log(
            source=source,
            zone=kitchen.zone,
            place=lambda activity: _BY_SLUG.get(slug_of(activity)),
            who=who,
            outcome=_outcome,
        ).batches()
    rows = [
        {"id": account, "account_id": account, "kind": "account", "segment": "b2b"} for account in accounts
    ]
    yield Batch(table="customers", rows=table_of("customers", rows))


RECIPE = Recipe(
    name="helpdesk",
    source="Help desk log of an Italian software company, Verenich (doi.org/10.17632/39bp3vv62t, CC BY 4.0)",
    version=1,
    files={"log": "helpdesk*.xes"},
    touchpoints=TOUCHPOINTS,
    options={"timezone": XES.options["timezone"]},
    about={"timezone": XES.about["timezone"]},
    batches=_batches,
)
