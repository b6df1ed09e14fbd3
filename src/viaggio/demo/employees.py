"""Who works at the company: nine functions, their teams, hires, leavers, transfers, part time."""

from datetime import date, timedelta
from typing import Any

import numpy as np

from viaggio.demo.arrow import table
from viaggio.demo.names import FIRST_NAMES, LAST_NAMES
from viaggio.incentive.tables import EMPLOYMENTS

# Function, team, seats, job.
UNITS: tuple[tuple[str, str, int, str], ...] = (
    ("marketing", "marketing-brand", 6, "marketing specialist"),
    ("marketing", "marketing-loyalty", 5, "customer relations specialist"),
    ("sales", "sales-fleet", 6, "key account manager"),
    ("sales", "store-bologna", 7, "shop assistant"),
    ("sales", "store-milano", 8, "shop assistant"),
    ("sales", "store-roma", 7, "shop assistant"),
    ("sales", "store-verona", 3, "shop assistant"),
    ("ecommerce", "ecommerce-shop", 7, "shop manager"),
    ("ecommerce", "ecommerce-content", 4, "content editor"),
    ("logistics", "logistics-warehouse", 12, "warehouse worker"),
    ("logistics", "logistics-transport", 6, "transport planner"),
    ("billing", "billing-invoices", 6, "accounts clerk"),
    ("billing", "billing-credit", 3, "credit clerk"),
    ("customer_care", "care-amber", 9, "care agent"),
    ("customer_care", "care-cobalt", 8, "care agent"),
    ("customer_care", "care-coral", 8, "care agent"),
    ("customer_care", "care-sage", 7, "care agent"),
    ("field_service", "workshop-bologna", 6, "mechanic"),
    ("field_service", "workshop-milano", 7, "mechanic"),
    ("field_service", "workshop-roma", 6, "mechanic"),
    ("field_service", "workshop-verona", 4, "mechanic"),
    ("field_service", "technicians-north", 6, "travelling technician"),
    ("field_service", "technicians-south", 4, "travelling technician"),
    ("human_resources", "human-resources", 5, "people partner"),
    ("it", "it-app", 6, "developer"),
    ("it", "it-platform", 6, "system engineer"),
)
PART_TIME = (0.5, 0.6, 0.75, 0.8)
LEAVING_SHARE, TRANSFER_SHARE, PART_TIME_SHARE, CHANGE_SHARE = 0.16, 0.09, 0.18, 0.07

Stay = dict[str, Any]


def employments(rng: np.random.Generator, start: date, end: date) -> Any:
    """All stays that touch the 24 months up to `end` (excluded), as a table of the contract."""
    stays: list[Stay] = []
    for place in range(len(UNITS)):
        for _ in range(UNITS[place][2]):
            _seat(rng, stays, place, start, end)
    for number, stay in enumerate(stays, start=1):
        stay["id"] = f"S{number:05d}"
    columns = {name: [stay[name] for stay in stays] for name in ("id", *EMPLOYMENTS.names)}
    return table(EMPLOYMENTS, len(stays), {name: _arrow(name, values) for name, values in columns.items()})


def _arrow(name: str, values: list[Any]) -> Any:
    import pyarrow as pa

    days = name.endswith("_on")
    return pa.array(values, pa.date32() if days else None)


def _seat(rng: np.random.Generator, stays: list[Stay], place: int, start: date, end: date) -> None:
    """One seat over the months: who sits there, who leaves, who follows."""
    hired = start - timedelta(days=int(rng.integers(20, 4400)))
    while True:
        hours = float(rng.choice(PART_TIME)) if rng.random() < PART_TIME_SHARE else 1.0
        employee = f"M{len({stay['employee'] for stay in stays}) + 1:04d}"
        person = {
            "employee": employee,
            "name": f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}",
            "hired_on": hired,
        }
        left = (
            _day(rng, max(hired + timedelta(days=60), start), end) if rng.random() < LEAVING_SHARE else None
        )
        stays += _stays_of(rng, person, (place, hours), (max(hired, start), left or end), ended=left)
        if left is None:
            return
        hired = left + timedelta(days=int(rng.integers(10, 60)))
        if hired >= end:
            return


def _day(rng: np.random.Generator, first: date, end: date) -> date | None:
    days = (end - first).days - 1
    return first + timedelta(days=int(rng.integers(0, days))) if days > 0 else None


def _stays_of(
    rng: np.random.Generator,
    person: Stay,
    seat: tuple[int, float],
    span: tuple[date, date],
    *,
    ended: date | None,
) -> list[Stay]:
    """The stays of one employee: one, or two when transferred or when the working time changes."""
    place, hours = seat
    margin = timedelta(days=45)
    turn = _day(rng, span[0] + margin, span[1] - margin)
    moves, changes = rng.random() < TRANSFER_SHARE, rng.random() < CHANGE_SHARE
    turn = turn.replace(day=1) if turn else None
    if turn is None or turn <= person["hired_on"] or not (moves or changes):
        return [_stay(person, seat, person["hired_on"], ended)]
    to = int(rng.integers(0, len(UNITS))) if moves else place
    then = (0.6 if hours == 1.0 else 1.0) if changes or to == place else hours
    first = _stay(person, seat, person["hired_on"], turn - timedelta(days=1))
    return [first, _stay(person, (to, then), turn, ended)]


def _stay(person: Stay, seat: tuple[int, float], started: date, ended: date | None) -> Stay:
    function, unit, _, role = UNITS[seat[0]]
    return {
        **person, "function": function, "unit": unit, "role": role, "working_time": seat[1],
        "started_on": started,
        "ended_on": ended,
    }  # fmt: skip
