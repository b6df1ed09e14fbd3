"""Stores, fleets' quotes, the workshop, technicians and service plans."""

from dataclasses import dataclass, replace

import numpy as np

from viaggio.demo.basket import PRICE, REPAIRS, plans_for
from viaggio.demo.book import (
    BY_ACCOUNT,
    BY_EMAIL,
    BY_NUMBER,
    BY_PHONE,
    NEVER,
    Book,
    Ints,
    Mask,
    chance,
    log_odds,
    logistic,
)  # fmt: skip
from viaggio.demo.clock import DAY, HOUR, MINUTE, draw_times, next_opening
from viaggio.demo.company import PILLARS, REGIONS, SEASON, STORES, TEAM, TECHNICIANS, WORKSHOPS, C, E, O, S, T
from viaggio.demo.trade import FUNCTION, SERVICE, Orders, Trouble, invoice, place
from viaggio.demo.world import experience

RESOLUTION = PILLARS.index("resolution")
LAST_VISIT = 2
NEAREST = np.array([region[3] for region in REGIONS])


def _season(book: Book, month: int) -> float:
    return SEASON[book.world.clock.starts[month].month - 1]


def month_of_stores(book: Book, month: int) -> Orders:
    """Visits with a test ride, and what is bought there."""
    rng, clock, people = book.rng, book.world.clock, book.people
    new = (month - people.arrival <= 3) & book.here(month)
    rate = (0.075 * new + 0.016 * (book.registered < NEVER)) * _season(book, month) * people.frailty
    person = book.draw(rate * book.here(month) * ~people.b2b)
    at = np.sort(draw_times(rng, clock, month, "store", len(person)))
    rng.shuffle(person)
    n = len(person)
    team = np.array(STORES)[NEAREST[people.region[person]]]
    odds = log_odds(0.32) + book.world.parameters.effects.cart_log_odds * book.mood[person]
    buys = chance(rng, logistic(odds), n)
    rides = ~buys | chance(rng, 0.6, n)
    rode, bought = np.flatnonzero(rides), np.flatnonzero(buys)
    book.register(person, at)
    book.rows["interactions"].add(
        len(rode), person=person[rode], source=S["crm"], touchpoint=T["test_ride"], channel=C["store"],
        started=at[rode], ended=at[rode] + rng.integers(10, 50, len(rode)) * MINUTE,
        outcome=np.where(buys[rode], O["converted"], O["viewed"]), cost=450, naming=BY_PHONE, team=team[rode],
    )  # fmt: skip
    book.feel(person[rode], T["test_ride"], C["store"], at[rode], team=team[rode])
    paid = at[bought] + rng.integers(55, 90, len(bought)) * MINUTE
    who = person[bought]
    orders = place(book, who, np.full(len(who), C["store"]), paid, np.zeros(len(who), np.int64))
    book.rows["interactions"].add(
        len(who), person=who, source=S["shop"], touchpoint=T["store_purchase"], channel=C["store"],
        started=paid,
        kind=E["order"], episode=orders.number, outcome=O["converted"], value=orders.total, cost=380,
        naming=BY_EMAIL, team=team[bought],
    )  # fmt: skip
    book.feel(who, T["store_purchase"], C["store"], paid, team=team[bought], order=orders.number)
    return orders


def month_of_marketplace(book: Book, month: int) -> Orders:
    """Orders on somebody else's marketplace."""
    rng, clock, people = book.rng, book.world.clock, book.people
    person = book.draw(0.009 * _season(book, month) * people.frailty * book.here(month) * ~people.b2b)
    at = draw_times(rng, clock, month, "digital", len(person))
    n = len(person)
    orders = place(book, person, np.full(n, C["marketplace"]), at, np.zeros(n, np.int64))
    book.rows["interactions"].add(
        n, person=person, source=S["shop"], touchpoint=T["marketplace_order"], channel=C["marketplace"],
        started=at, kind=E["order"], episode=orders.number, outcome=O["converted"], value=orders.total,
        naming=BY_EMAIL,
    )  # fmt: skip
    book.feel(person, T["marketplace_order"], C["marketplace"], at, order=orders.number)
    return orders


def month_of_quotes(book: Book, month: int) -> Orders:
    """Quotes for accounts: asked for, sent, accepted or lost."""
    rng, clock, people, effects = book.rng, book.world.clock, book.people, book.world.parameters.effects
    person = book.draw(0.055 * _season(book, month) * people.frailty * book.here(month) * people.b2b)
    at = draw_times(rng, clock, month, "office", len(person))
    n = len(person)
    number = book.numbers("quote", n)
    channel = np.where(chance(rng, 0.65, n), C["email"], C["phone"])
    book.register(person, at)
    sent = next_opening(rng, clock, at + rng.integers(10, 80, n) * HOUR, opens=9, closes=18)
    x = book.feel(person, T["quote"], channel, sent, team=TEAM["sales-fleet"])
    odds = (
        log_odds(0.4)
        + effects.quote_log_odds * experience(x, book.world)
        + effects.cart_log_odds * book.mood[person]
    )
    won = np.flatnonzero(chance(rng, logistic(odds), n))
    rows = book.rows["interactions"]
    named = BY_NUMBER + BY_EMAIL + BY_ACCOUNT
    rows.add(n, person=person, source=S["crm"], touchpoint=T["quote"], channel=channel, started=at,
             kind=E["quote"],
             episode=number, outcome=O["sent"], cost=900, naming=named, team=TEAM["sales-fleet"])  # fmt: skip
    decided = next_opening(rng, clock, sent + rng.integers(1, 15, n) * DAY, opens=9, closes=18)
    accepted = np.isin(np.arange(n), won)
    rows.add(n, person=person, source=S["crm"], touchpoint=T["quote"], channel=channel, started=decided,
             kind=E["quote"], episode=number, outcome=np.where(accepted, O["converted"], O["lost"]), cost=600,
             naming=named, team=TEAM["sales-fleet"])  # fmt: skip
    return place(book, person[won], channel[won], decided[won], np.zeros(len(won), np.int64), fleet=True)


def month_of_workshop(book: Book, month: int, booked: Ints, booked_at: Ints) -> None:
    """Repairs booked online or by phone, done in the workshop; some come back for the same fault."""
    rng, clock, people = book.rng, book.world.clock, book.people
    by_phone = book.draw(0.011 * _season(book, month) * book.owns * (book.registered < NEVER))
    called = draw_times(rng, clock, month, "care", len(by_phone))
    book.rows["interactions"].add(
        len(by_phone), person=by_phone, source=S["workshop"], touchpoint=T["service_booking"],
        channel=C["phone"],
        started=called, ended=called + 4 * MINUTE, outcome=O["booked"], cost=260, naming=BY_PHONE,
    )  # fmt: skip
    book.feel(by_phone, T["service_booking"], C["phone"], called)
    person = np.concatenate([booked, by_phone])
    at = np.concatenate([booked_at, called]) + rng.integers(2, 12, len(person)) * DAY
    at = next_opening(rng, clock, at, opens=9, closes=18)
    team = np.array(WORKSHOPS)[NEAREST[people.region[person]]]
    _until_mended(book, Repairs(person, at, book.numbers("repair", len(person)), team, T["workshop_repair"]))


@dataclass(frozen=True, slots=True)
class Repairs:
    """Faults to be mended, with the time of the next visit; `touchpoint`: workshop or technician."""

    person: Ints
    at: Ints
    number: Ints
    team: Ints
    touchpoint: int

    def at_rows(self, rows: Mask) -> "Repairs":
        """These repairs only."""
        return Repairs(self.person[rows], self.at[rows], self.number[rows], self.team[rows], self.touchpoint)


def _until_mended(book: Book, repairs: Repairs) -> None:
    """Write the visits until each fault is mended, three at most."""
    rng, clock = book.rng, book.world.clock
    for visit in range(LAST_VISIT + 1):
        if not len(repairs.at):
            break
        repairs = repairs.at_rows(~_mend(book, repairs, visit))
        later = repairs.at + rng.integers(3, 16, len(repairs.at)) * DAY
        repairs = replace(repairs, at=next_opening(rng, clock, later, opens=9, closes=18))


def _mend(book: Book, repairs: Repairs, visit: int) -> Mask:
    """One visit to the workshop or of the technician; returns whether it resolved the fault for good."""
    person, at, touchpoint, team = repairs.person, repairs.at, repairs.touchpoint, repairs.team
    rng, n, effects = book.rng, len(person), book.world.parameters.effects
    channel = C["technician"] if touchpoint == T["technician_visit"] else C["store"]
    x = book.feel(
        person,
        touchpoint,
        channel,
        at,
        shift=np.full((n, 6), effects.again_shift * visit),
        team=team,
        hard=visit > 0,
    )
    odds = log_odds(0.9) + effects.resolve_log_odds * (x[:, RESOLUTION] - 5.7)
    solved = chance(rng, logistic(odds), n) | (visit == LAST_VISIT)
    book.encounters["askable"][-1] = solved
    first = visit == 0
    price = PRICE[rng.integers(*REPAIRS, n)]
    covered = book.plan_from[person] <= at
    value = np.where(covered, 0, price) if first else np.zeros(n, np.int64)
    cost = rng.integers(1800, 6500, n)
    b2b = book.people.b2b[person]
    book.rows["interactions"].add(
        n, person=person, source=S["workshop"], touchpoint=touchpoint, channel=channel, started=at,
        ended=at + rng.integers(30, 180, n) * MINUTE, kind=E["repair"], episode=repairs.number,
        outcome=np.where(solved, O["resolved"], O["unresolved"]), cost=cost, value=value,
        naming=BY_NUMBER + BY_PHONE + BY_ACCOUNT * b2b, team=team,
    )  # fmt: skip
    book.rows["costs"].add(n, person=person, source=S["workshop"], kind=SERVICE,
                           function=FUNCTION["field_service"],
                           touchpoint=touchpoint, amount=cost, at=at)  # fmt: skip
    found: Mask = solved
    return found


def month_of_technicians(book: Book, month: int) -> None:
    """Technicians who come to fleets, and to some private holders of a plan."""
    rng, clock, people = book.rng, book.world.clock, book.people
    plan = book.plan_from <= int(clock.month_bounds[month])
    person = book.draw(plan * np.where(people.b2b, 0.3, 0.018) * _season(book, month))
    at = draw_times(rng, clock, month, "office", len(person))
    team = np.array(TECHNICIANS)[(people.region[person] > 2).astype(np.int64)]
    _until_mended(book, Repairs(person, at, book.numbers("repair", len(person)), team, T["technician_visit"]))


def begin_plans(book: Book) -> None:
    """Plans that ran already before the first month."""
    rng, people = book.rng, book.people
    start = int(book.world.clock.month_bounds[0])
    share = np.where(people.b2b, 0.6, 0.28)
    who = np.flatnonzero(book.owns & people.primary & chance(rng, share, len(people)))
    longest = np.maximum((start - book.registered[who]) // DAY, 2)
    book.plan_from[who] = start - np.minimum(rng.integers(1, 900, len(who)), longest - 1) * DAY
    book.plan_number[who] = book.numbers("plan", len(who))
    fleet = people.b2b[who]
    book.plan_product[who] = plans_for(rng, fleet)
    book.plan_monthly[who] = PRICE[book.plan_product[who]] * np.where(
        fleet, 1 + rng.poisson(2.0, len(who)), 1
    )


def month_of_plans(book: Book, month: int) -> Trouble:
    """Bill and renew the running plans, end some; returns the calls that wrong invoices cause."""
    rng, clock, people, effects = book.rng, book.world.clock, book.people, book.world.parameters.effects
    begin = int(clock.month_bounds[month])
    running = np.flatnonzero(book.plan_from < begin)
    start_month = clock.local(book.plan_from[running]) // DAY % 365 * 12 // 365
    this = clock.starts[month].month - 1
    anniversary = (start_month == this) & (begin - book.plan_from[running] > 300 * DAY)
    billed = running[people.b2b[running] | anniversary]
    at = next_opening(rng, clock, begin + rng.integers(0, 6, len(billed)) * DAY, opens=7, closes=12)
    trouble = invoice(book, billed, at, E["plan"], book.plan_number[billed])
    _renew(book, month, running[anniversary])
    odds = log_odds(effects.churn_a_month) + effects.churn_log_odds * book.mood[running]
    gone = running[chance(rng, logistic(odds), len(running))]
    end = draw_times(rng, clock, month, "office", len(gone))
    weights = np.where((book.mood[gone] < -0.2)[:, None], [0.62, 0.76, 0.86, 0.93], [0.12, 0.4, 0.68, 0.86])
    reason = (rng.random(len(gone))[:, None] >= weights).sum(axis=1)
    _write_contracts(book, gone, end, reason)
    book.rows["interactions"].add(
        len(gone), person=gone, source=S["crm"], touchpoint=T["service_plan"], channel=C["email"],
        started=end,
        kind=E["plan"], episode=book.plan_number[gone], outcome=O["cancelled"], naming=BY_NUMBER + BY_EMAIL,
    )  # fmt: skip
    book.plan_from[gone] = NEVER
    return trouble


def _renew(book: Book, month: int, person: Ints) -> None:
    n = len(person)
    at = draw_times(book.rng, book.world.clock, month, "office", n)
    book.feel(person, T["service_plan"], C["email"], at)
    book.rows["interactions"].add(
        n, person=person, source=S["crm"], touchpoint=T["service_plan"], channel=C["email"], started=at,
        kind=E["plan"], episode=book.plan_number[person], outcome=O["renewed"], naming=BY_NUMBER + BY_EMAIL,
        value=book.plan_monthly[person] * 12,
    )  # fmt: skip


def _write_contracts(book: Book, person: Ints, end: Ints, reason: Ints) -> None:
    book.rows["contracts"].add(
        len(person), person=person, number=book.plan_number[person], product=book.plan_product[person],
        started=book.plan_from[person], ended=end, monthly=book.plan_monthly[person], reason=reason,
    )  # fmt: skip


def close_plans(book: Book) -> None:
    """Write the plans that still run at the end."""
    running = np.flatnonzero(book.plan_from < book.world.clock.until)
    _write_contracts(book, running, np.full(len(running), -1), np.full(len(running), -1))
