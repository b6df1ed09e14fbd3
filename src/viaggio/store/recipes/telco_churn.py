"""Telco Customer Churn: a fictional telephone company's customers, their contract, services and who left.

What is decided here:

- The set has no date. It says how many months each customer has stayed and who left `within the last month`.
  That last month is the one beginning at the option `reference_date`; all customers were there when it began.
- A contract with a tenure of n months starts at 12:00 UTC on the day before the reference date went back n
  months; one that was left ends at 12:00 UTC on the 15th day of the last month. So the churn of that month is
  those who left over all customers, as the set counts it. Properties say how fine the times are.
- Services have no date of their own: technical support and protection are placed with the contract's start,
  one microsecond apart, and the bill of the current monthly charge on the reference date.
- Why a contract was left is not said, nor on which channel anything took place: each touchpoint's usual
  channel is given, but for the bill, which goes by e-mail or by post as the customer chose.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from viaggio.journey.model import Moment, Phase, Touchpoint
from viaggio.store.incoming import Batch
from viaggio.store.recipes.catalogue import at, touchpoint
from viaggio.store.recipes.cells import MONTH_ONLY, BadCell, Record, as_json, noon
from viaggio.store.recipes.rows import Row, converted
from viaggio.store.recipes.shape import BadOption, Kitchen, Recipe
from viaggio.store.recipes.sources import csv_records

SIGN_UP = touchpoint(
    "sign_up", "Attivazione del contratto", "Contract signed", Phase.PURCHASE, Moment.DURING,
    owner="sales", partners="marketing it", channels="phone web store",
)  # fmt: skip
PROTECTION = touchpoint(
    "protection", "Servizi di protezione", "Protection services", Phase.MAINTENANCE, Moment.AFTER,
    owner="it", partners="field_service customer_care", channels="web phone",
)  # fmt: skip
SUPPORT = touchpoint(
    "tech_support", "Assistenza tecnica", "Technical support plan", Phase.MAINTENANCE, Moment.AFTER,
    owner="field_service", partners="customer_care it", channels="phone technician",
)  # fmt: skip
BILL = touchpoint(
    "bill", "Bolletta mensile", "Monthly bill", Phase.PURCHASE, Moment.AFTER,
    owner="billing", partners="customer_care", channels="post email",
)  # fmt: skip
LEAVING = touchpoint(
    "leaving", "Disdetta", "Leaving", Phase.CARE, Moment.AFTER,
    owner="customer_care", partners="marketing sales billing", channels="phone web",
)  # fmt: skip

CURRENCY = "USD"
_COLUMNS = (
    "customerID", "tenure", "TechSupport", "OnlineSecurity", "OnlineBackup", "DeviceProtection", "Contract",
    "PaperlessBilling", "MonthlyCharges", "TotalCharges", "Churn",
)  # fmt: skip
_YES_NO = {"Yes": "yes", "No": "no"}
_PERSON = ("gender", "SeniorCitizen", "Partner", "Dependents")
_PROTECTIONS = ("OnlineSecurity", "OnlineBackup", "DeviceProtection")


def _batches(kitchen: Kitchen) -> Iterator[Batch]:
    text = kitchen.options["reference_date"]
    try:
        reference = date.fromisoformat(text)
    except ValueError as error:
        raise BadOption(f"'{text}' is not a date", hint="Write for example 2018-01-01.") from error
    records = csv_records(kitchen.source("customers"), _COLUMNS)
    yield from converted("customers", records, lambda record: _customer(record, reference))


def _customer(record: Record, reference: date) -> Iterable[Row]:
    number = record.needed("customerID")
    tenure, monthly = record.whole("tenure"), record.cents("MonthlyCharges")
    if tenure is None or not 0 <= tenure <= 1_200:
        raise BadCell("value.not_allowed", "tenure", record.cells["tenure"])
    left = record.one_of("Churn", _YES_NO) == "yes"
    started = noon(_months_before(reference, tenure) - timedelta(days=1))
    ended = noon(reference + timedelta(days=14)) if left else None
    own = {"id": number, "customer_number": number}
    rough = as_json(MONTH_ONLY)
    yield (
        "customers",
        {
            **own,
            "kind": "person",
            "segment": "b2c",
            "properties": as_json({name: record.text(name) for name in _PERSON}),
        },
    )
    yield (
        "contracts",
        {
            **own,
            "product": record.needed("Contract"),
            "started_at": started,
            "ended_at": ended,
            "monthly_cents": monthly,
            "currency": CURRENCY,
            "properties": as_json({**MONTH_ONLY, **record.others("customerID", "Contract", *_PERSON)}),
        },
    )
    for where, moment, extra in _facts(record, reference, started, ended):
        yield (
            "interactions",
            {
                **own,
                **at(where),
                "id": f"{number}-{where.slug}",
                "started_at": moment,
                "episode": number,
                "properties": rough,
                **extra,
            },
        )


def _facts(
    record: Record, reference: date, started: int, ended: int | None
) -> Iterator[tuple[Touchpoint, int, dict[str, object]]]:
    yield SIGN_UP, started, {"outcome": "converted"}
    taken = [name for name in _PROTECTIONS if record.text(name) == "Yes"]
    if taken:
        yield PROTECTION, started + 1, {"properties": as_json({**MONTH_ONLY, "services": taken})}
    if record.text("TechSupport") == "Yes":
        yield SUPPORT, started + 2, {}
    bill = {"value_cents": record.cents("MonthlyCharges"), "currency": CURRENCY}
    by_mail = record.one_of("PaperlessBilling", _YES_NO) == "yes"
    yield BILL, noon(reference), {**bill, "channel": "email" if by_mail else "post"}
    if ended is not None:
        yield LEAVING, ended, {"outcome": "left"}


def _months_before(day: date, months: int) -> date:
    """The same day of the month so many months earlier, or the month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    first = date(year, month + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return min(first.replace(day=min(day.day, last.day)), last)


RECIPE = Recipe(
    name="telco_churn",
    source="Telco Customer Churn, IBM sample data (github.com/IBM/telco-customer-churn-on-icp4d, Apache-2.0)",
    version=1,
    files={"customers": "*Telco-Customer-Churn*.csv"},
    columns={"customers": _COLUMNS},
    touchpoints=(SIGN_UP, PROTECTION, SUPPORT, BILL, LEAVING),
    options={"reference_date": "2018-01-01"},
    about={"reference_date": "first day of the month in which the leavers left; the set does not tell"},
    batches=_batches,
)
