"""The shared incentive of the sample company: staff, the plan, four quarters settled, an objection set right.

Everything goes through the same services as on the pages, each at the moment at which it would have happened.
"""

import hashlib
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.db import transaction

from viaggio.demo.employees import UNITS
from viaggio.demo.pay import ABSENCES, BEGGING_UNIT, CALLED, HEADS, NAMES, QUARTERS, SEATS, TARGETS, plan_text
from viaggio.web.incentive.models import (
    Acknowledgement,
    Assignment,
    Employee,
    Flag,
    OrgUnit,
    PlanVersion,
    Run,
)
from viaggio.web.incentive.services import disputes, flags, plans, runs, staff
from viaggio.web.incentive.services.gathering import part_of
from viaggio.web.incentive.services.identity import Identity
from viaggio.web.shared.models import User

if TYPE_CHECKING:
    from viaggio.store.workspace import Workspace

DESIGNER, CALCULATES = "compensi@officinablu.example", "compensi@officinablu.example"
APPROVES, STEWARD = "direzione@officinablu.example", "cx@officinablu.example"
REVIEWS, HEARS_APPEALS = "personale@officinablu.example", "titolare@officinablu.example"
OBJECTS, QUARTER_OBJECTED = "officina@officinablu.example", 3

AFTER = timedelta(days=15)  # from the end of a quarter to its run
_HELD = "Troppi clienti con un problema non sono stati invitati, e a molti è stato chiesto un voto."
_LOST = "Confermato con le interviste: la squadra chiedeva il voto. Sentita la RSU il 12 del mese."
_CHANCE = "Verificato con il responsabile del dato: una coincidenza, nessuna pressione sui clienti."


def make_pay(ws: "Workspace") -> None:
    """Staff, plan and four quarters; the last one keeps a flag on which money waits."""
    who = {user.email: user for user in User.objects.all()}
    with transaction.atomic():
        _staff(ws, who[REVIEWS], who)
        version = _plan(who)
        _known(version)
    for part in range(1, QUARTERS + 1):
        with transaction.atomic():
            run = _settled(version, part, who)
            if part == QUARTER_OBJECTED:
                _objection(run, who)


def _at(day: date) -> datetime:
    return datetime.combine(day, time(9), UTC)


# --- staff ---------------------------------------------------------------------------------------


def _staff(ws: "Workspace", by: User, who: dict[str, User]) -> None:
    """Units, and everybody who works in them, from the company's own records of who works where."""
    from viaggio.store.engine import engine

    rows = engine(ws).sql("select * from employments order by employee, started_on").to_pylist()
    units = _units(min(row["started_on"] for row in rows), by, who)
    free = {seat.unit: who[seat.email] for seat in SEATS}
    first: dict[str, Employee] = {}
    for number, (_, stays) in enumerate(groupby(rows, key=lambda row: row["employee"])):
        mine = list(stays)
        here = mine[-1]["unit"]
        user = free.pop(here, None) if mine[-1]["ended_on"] is None and len(mine) == 1 else None
        made = _employee(number, mine, user, by)
        first.setdefault(here, made)
        for stay in mine:
            staff.assign(
                made, units[stay["unit"]], stay["function"], first=stay["started_on"], last=stay["ended_on"],
                fte=_time(user, stay["working_time"]), target_cents=TARGETS[stay["function"]], by=by,
            )  # fmt: skip
    for unit, kind, begin, end in ABSENCES:
        if unit in first:
            staff.add_absence(first[unit], kind, begin, end, by=by)


def _time(user: User | None, hours: float) -> str:
    """The working time as it is kept; that of one employee was never brought up to date."""
    return "0.8" if user is not None and user.email == OBJECTS else f"{hours:g}"


def _units(begin: date, by: User, who: dict[str, User]) -> dict[str, OrgUnit]:
    company = staff.add_unit("", "Officina Blu", "company", by=by, first=begin)
    functions, cells = dict[str, OrgUnit](), dict[str, OrgUnit]()
    for function, cell, _, _ in UNITS:
        if function not in functions:
            head = who[HEADS[function]] if function in HEADS else None
            functions[function] = staff.add_unit(
                f"function-{function}".replace("_", "-"), CALLED[function], "function", by=by, first=begin,
                parent=company, function=function, head=head,
            )  # fmt: skip
        cells[cell] = staff.add_unit(
            cell, CALLED[cell], "cell", by=by, first=begin, parent=functions[function], function=function
        )
    return cells


def _employee(number: int, stays: list[dict[str, Any]], user: User | None, by: User) -> Employee:
    """One employee; pseudonyms are drawn by lot, the same in every build."""
    last = stays[-1]
    pseudonym = "P" + hashlib.sha256(f"officina-blu {number}".encode()).hexdigest()[:8]
    made = staff.add_employee(
        by=by, hired=last["hired_on"], contract="permanent" if number % 7 else "fixed_term",
        pseudonym=pseudonym, user=user, gender=("f", "m")[number * 7919 % 2],
        identity=Identity(
            payroll_id=last["employee"], name=user.name if user else last["name"], cost_centre=last["unit"]
        ),
    )  # fmt: skip
    if last["ended_on"] is not None:
        made = staff.change_employee(made, by=by, left=last["ended_on"], leave_reason="good")
    return made


# --- plan and quarters ---------------------------------------------------------------------------


def _plan(who: dict[str, User]) -> PlanVersion:
    """Written in August, approved and published before the first day."""
    author, approver = who[DESIGNER], who[APPROVES]
    made = plans.create(plan_text(), by=author, now=_at(date(2025, 8, 25)), parts=QUARTERS, name=NAMES)
    made = plans.mark_simulated(made, by=author, now=_at(date(2025, 9, 1)))
    made = plans.submit(made, by=author, now=_at(date(2025, 9, 2)))
    made = plans.approve(made, by=approver, now=_at(date(2025, 9, 12)))
    return plans.publish(made, by=author, now=_at(date(2025, 9, 15)))


def _known(version: PlanVersion) -> None:
    """Most people say within weeks that they know their goals, one in twelve never.

    Who has an account says so there; the others sign on paper, which staff take down all at once.
    """
    signed = []
    for row in version.acknowledgements.select_related("employee__user").order_by("employee__pseudonym"):
        me = row.employee
        lot = int(hashlib.sha256(f"goals {me.pseudonym}".encode()).hexdigest(), 16)
        at = _at(max(row.delivered_at.date(), me.hired) + timedelta(days=1 + lot % 17))
        if me.user is not None:
            plans.acknowledge(version, me, by=me.user, now=at)
        elif lot % 12 and (me.left is None or at.date() <= me.left):
            row.acknowledged_at = at
            signed.append(row)
    Acknowledgement.objects.bulk_update(signed, ["acknowledged_at"], batch_size=500)


def _settled(version: PlanVersion, part: int, who: dict[str, User]) -> Run:
    """A quarter: detectors, decisions on what they found, calculation, four eyes, ledger."""
    day = part_of(version, part).last + AFTER
    steward = who[STEWARD]
    for flag in flags.look(version, part, now=_at(day)):
        _decided(flag, part, steward, _at(day + timedelta(days=2)))
    run = runs.calculate(version, part, by=who[CALCULATES], now=_at(day + timedelta(days=3)))
    runs.verify(run, now=_at(day + timedelta(days=3)), by=who[CALCULATES])
    run = runs.approve(run, by=who[APPROVES], now=_at(day + timedelta(days=5)))
    run = runs.publish(run, by=who[CALCULATES], now=_at(day + timedelta(days=6)))
    if part < QUARTERS:
        for flag in Flag.objects.filter(version=version, period=run.period, state="held"):
            flags.decide(flag, "forfeit", reason=_LOST, by=steward, now=_at(day + timedelta(days=40)))
    return run


def _decided(flag: Flag, part: int, steward: User, now: datetime) -> None:
    """What the begging team is flagged for is held; in the last quarter other flags wait for a decision."""
    if flag.unit == BEGGING_UNIT:
        flags.decide(flag, "hold", reason=_HELD, by=steward, now=now)
    elif part < QUARTERS:
        flags.decide(flag, "release", reason=_CHANCE, by=steward, now=now)


# --- an objection --------------------------------------------------------------------------------


def _objection(run: Run, who: dict[str, User]) -> None:
    """Working time was kept wrong: rejected at first, set right on appeal, paid as a correction."""
    mine = Employee.objects.get(user=who[OBJECTS])
    stay = Assignment.objects.filter(employee=mine).latest("first")
    day = run.published_at.date() if run.published_at else run.last
    made = disputes.open_dispute(
        run, mine, reason="working_time", by=who[OBJECTS], now=_at(day + timedelta(days=4)),
        text="Dal 1° aprile lavoro a tempo pieno, ma nel prospetto conto ancora all'80%.",
    )  # fmt: skip
    made = disputes.acknowledge(made, by=who[REVIEWS], now=_at(day + timedelta(days=6)))
    told = "Nei nostri dati il cambio di orario non risulta. Puoi fare ricorso allegando la lettera."
    made = disputes.decide(made, "rejected", answer=told, by=who[REVIEWS], now=_at(day + timedelta(days=9)))
    made = disputes.appeal(made, text="Allego la lettera firmata il 24 marzo.", by=who[OBJECTS],
                           now=_at(day + timedelta(days=11)))  # fmt: skip
    made = disputes.acknowledge(made, by=who[HEARS_APPEALS], now=_at(day + timedelta(days=13)))
    told = "Hai ragione, la lettera c'è: da aprile conti a tempo pieno. La differenza arriva a fine mese."
    made = disputes.decide(made, "upheld", answer=told, by=who[HEARS_APPEALS],
                           now=_at(day + timedelta(days=16)))  # fmt: skip
    _full_time(stay, run.first, who[REVIEWS])
    # everybody reads the cause, so it names nobody
    cause = "Orario di lavoro sbagliato nei dati, corretto dopo un ricorso"
    right = runs.correct(run, cause, by=who[CALCULATES],
                         now=_at(day + timedelta(days=18)), fresh_measures=False)  # fmt: skip
    runs.verify(right, now=_at(day + timedelta(days=18)), by=who[CALCULATES])
    right = runs.approve(right, by=who[APPROVES], now=_at(day + timedelta(days=19)))
    right = runs.publish(right, by=who[CALCULATES], now=_at(day + timedelta(days=20)))
    disputes.settle(made, right, by=who[HEARS_APPEALS], now=_at(day + timedelta(days=20)))


def _full_time(stay: Assignment, first: date, by: User) -> None:
    """The stay ends where full time begins."""
    until = stay.last
    staff.end_assignment(stay, first - timedelta(days=1), by=by)
    staff.assign(
        stay.employee, stay.unit, stay.group, first=first, last=until, fte="1",
        target_cents=stay.target_cents, by=by,
    )  # fmt: skip
