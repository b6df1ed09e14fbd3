"""Requests for help: contacts about one cause until it is resolved or the customer gives up."""

import numpy as np

from viaggio.demo.book import (
    BY_ACCOUNT,
    BY_EMAIL,
    BY_NUMBER,
    BY_PHONE,
    NEVER,
    Book,
    Floats,
    Ints,
    Mask,
    chance,
    logistic,
)
from viaggio.demo.clock import HOUR, MINUTE, draw_times, next_opening
from viaggio.demo.company import CARE_TEAMS, CAUSE, PILLARS, SEASON, C, E, O, S, T
from viaggio.demo.trade import FUNCTION, SERVICE, Trouble
from viaggio.demo.world import experience

RESOLUTION = PILLARS.index("resolution")
CONTACTS_AT_MOST = 6


def _usual(book: Book, month: int) -> Trouble:
    """Questions that no order caused: how to, faults, the app, fleets."""
    people, clock = book.people, book.world.clock
    known = book.known(int(clock.month_bounds[month])) & book.owns
    season = SEASON[clock.starts[month].month - 1]
    rates = {
        "product": 0.012 * season * known,
        "how_to": 0.011 * season * known,
        "app": 0.006 * (known & people.app),
        "fleet": 0.05 * (known & people.b2b & people.primary),
    }
    persons = {CAUSE[name]: book.draw(rate * people.frailty) for name, rate in rates.items()}
    person = np.concatenate(list(persons.values()))
    cause = np.repeat(list(persons), [len(p) for p in persons.values()]).astype(np.int64)
    at = draw_times(book.rng, clock, month, "care", len(person))
    return Trouble(person, at, cause, np.full(len(person), -1))


def _how(book: Book, person: Ints) -> Ints:
    drawn = book.rng.random(len(person))
    b2b = book.people.b2b[person]
    cuts = np.where(b2b[:, None], [0.5, 0.58], [0.44, 0.72])
    return np.array([C["phone"], C["chat"], C["email"]])[(drawn[:, None] >= cuts).sum(axis=1)]


def month_of_care(book: Book, month: int, trouble: Trouble) -> None:
    """Write the contacts of the month's new troubles and of the usual questions."""
    usual = _usual(book, month)
    person = np.concatenate([trouble.person, usual.person])
    at = next_opening(book.rng, book.world.clock, np.concatenate([trouble.at, usual.at]), opens=8, closes=20)
    cause = np.concatenate([trouble.cause, usual.cause])
    order = np.concatenate([trouble.order, usual.order])
    n = len(person)
    book.register(person, at)
    number = book.numbers("ticket", n)
    channel, team = _how(book, person), book.rng.choice(np.array(CARE_TEAMS), n)
    going = np.arange(n)
    for contact in range(CONTACTS_AT_MOST):
        if not len(going):
            break
        again = _contact(book, contact, person[going], at[going], cause[going], number[going], channel[going],
                         team[going], order[going])  # fmt: skip
        going = going[again]
        later = at[going] + book.rng.integers(16, 6 * 24, len(going)) * HOUR
        at[going] = next_opening(book.rng, book.world.clock, later, opens=8, closes=20)
        moved = chance(book.rng, 0.25, len(going))
        channel[going[moved]] = C["phone"]


def _contact(
    book: Book,
    contact: int,
    person: Ints,
    at: Ints,
    cause: Ints,
    number: Ints,
    channel: Ints,
    team: Ints,
    order: Ints,
) -> Mask:
    """Write the `contact`-th contact (from 0) of these tickets; returns whose cause will bring one more."""
    rng, effects, n = book.rng, book.world.parameters.effects, len(person)
    complains = (channel != C["chat"]) & chance(rng, 0.3, n) if contact >= 2 else np.zeros(n, bool)
    touchpoint = np.where(complains, T["complaint"], T["help_request"])
    shift = np.full((n, 6), -0.35 * contact)  # telling it again costs a third of a point each time
    x = book.feel(person, touchpoint, channel, at, shift=shift, team=team,
                  hard=(contact > 0) | (cause == CAUSE["delivery"]) | (cause == CAUSE["billing"]), order=order)  # fmt: skip
    odds = np.log(effects.resolve_at_5 / (1 - effects.resolve_at_5))
    solved = chance(rng, logistic(odds + effects.resolve_log_odds * (x[:, RESOLUTION] - 5)), n)
    minutes = np.clip(rng.lognormal(2.1, 0.6, n), 1, 90)
    cost = np.rint(
        np.array([62, 38, 55])[np.searchsorted([C["phone"], C["chat"], C["email"]], channel)] * minutes
    )
    _write_contact(book, person, at, cause, number, channel, team, touchpoint, solved, minutes, cost, contact)
    if contact == 0:
        book.rows["tickets"].add(n, person=person, number=number, channel=channel, at=at, cause=cause,
                                 good=experience(x, book.world))  # fmt: skip
    again: Mask = ~solved & chance(rng, effects.repeat_if_unresolved, n)
    book.encounters["askable"][-1] = ~again  # the pulse waits for the last contact
    return again


def _write_contact(
    book: Book, person: Ints, at: Ints, cause: Ints, number: Ints, channel: Ints, team: Ints, touchpoint: Ints,
    solved: Mask, minutes: Floats, cost: Floats, contact: int,
) -> None:  # fmt: skip
    n, rng, b2b = len(person), book.rng, book.people.b2b[person]
    named = np.where(channel == C["phone"], BY_PHONE + BY_NUMBER,
                     np.where(channel == C["email"], BY_EMAIL, BY_EMAIL + BY_NUMBER))  # fmt: skip
    book.rows["interactions"].add(
        n, person=person, source=S["helpdesk"], touchpoint=touchpoint, channel=channel, started=at,
        ended=at + (minutes * MINUTE).astype(np.int64), kind=E["ticket"], episode=number,
        outcome=np.where(solved, O["resolved"], O["unresolved"]), cost=cost, naming=named + BY_ACCOUNT * b2b,
        team=team, cause=cause, reasked=(contact > 0) & chance(rng, 0.35, n),
    )  # fmt: skip
    book.rows["costs"].add(
        n, person=person, source=S["helpdesk"], kind=SERVICE, function=FUNCTION["customer_care"],
        touchpoint=touchpoint, amount=cost, at=at,
    )  # fmt: skip


def month_of_advice(book: Book, month: int) -> None:
    """Advice by chat or phone before buying, and questions on social media; nobody buys there."""
    rng, clock, people = book.rng, book.world.clock, book.people
    season = SEASON[clock.starts[month].month - 1]
    new = (month - people.arrival <= 2) & book.here(month)
    person = book.draw((0.05 * new + 0.006) * season * people.frailty * book.here(month) * ~people.b2b)
    at = draw_times(rng, clock, month, "care", len(person))
    n = len(person)
    chat = chance(rng, 0.6, n)
    book.register(person, at)
    channel = np.where(chat, C["chat"], C["phone"])
    cost = rng.integers(150, 900, n)
    book.rows["interactions"].add(
        n, person=person, source=S["crm"], touchpoint=T["advice"], channel=channel, started=at,
        ended=at + rng.integers(4, 25, n) * MINUTE, outcome=np.where(chance(rng, 0.3, n), O["converted"], O["viewed"]),
        cost=cost, naming=np.where(chat, BY_EMAIL, BY_PHONE),
    )  # fmt: skip
    book.feel(person, T["advice"], channel, at)
    _social(book, month)


def _social(book: Book, month: int) -> None:
    rng, clock = book.rng, book.world.clock
    known = book.registered < NEVER
    person = book.draw(0.004 * known * book.people.frailty * ~book.people.b2b)
    at = draw_times(rng, clock, month, "social", len(person))
    n = len(person)
    x = book.feel(person, T["social_question"], C["social"], at)
    solved = x[:, RESOLUTION] > 4.6
    book.rows["interactions"].add(
        n, person=person, source=S["reviews"], touchpoint=T["social_question"], channel=C["social"], started=at,
        ended=at + rng.integers(1, 30, n) * HOUR, outcome=np.where(solved, O["resolved"], O["unresolved"]),
        cost=180, naming=BY_EMAIL,
    )  # fmt: skip
