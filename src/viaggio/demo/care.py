"""Requests for help: contacts about one cause until it is resolved or the customer gives up."""

from dataclasses import dataclass, fields, replace

import numpy as np

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
)
from viaggio.demo.clock import HOUR, MINUTE, SECOND, draw_times, next_opening
from viaggio.demo.company import CARE_TEAMS, CAUSE, PILLARS, SEASON, C, E, O, S, T
from viaggio.demo.trade import FUNCTION, SERVICE, Trouble, joined

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


@dataclass(frozen=True, slots=True)
class Tickets:
    """Causes for which customers turn to us, with the time and channel of their next contact."""

    person: Ints
    at: Ints
    cause: Ints
    order: Ints
    number: Ints
    channel: Ints
    team: Ints

    def at_rows(self, rows: Ints) -> "Tickets":
        """These tickets only."""
        return Tickets(*(getattr(self, field.name)[rows] for field in fields(self)))


def month_of_care(book: Book, month: int, trouble: Trouble) -> None:
    """Write the contacts of the month's new troubles and of the usual questions."""
    rng, clock = book.rng, book.world.clock
    found = joined([trouble, _usual(book, month)])
    at = next_opening(rng, clock, found.at, opens=8, closes=20)
    n = len(at)
    book.register(found.person, at)
    number, team = book.numbers("ticket", n), rng.choice(np.array(CARE_TEAMS), n)
    going = Tickets(found.person, at, found.cause, found.order, number, _how(book, found.person), team)
    for contact in range(CONTACTS_AT_MOST):
        if not len(going.at):
            break
        going = going.at_rows(_contact(book, going, contact))
        later = going.at + rng.integers(16, 6 * 24, len(going.at)) * HOUR
        moved = chance(rng, 0.25, len(going.at))
        going = replace(
            going,
            at=next_opening(rng, clock, later, opens=8, closes=20),
            channel=np.where(moved, C["phone"], going.channel),
        )


def _contact(book: Book, tickets: Tickets, contact: int) -> Ints:
    """Write the `contact`-th contact (from 0) of these tickets; returns which of them will have one more."""
    rng, effects, n = book.rng, book.world.parameters.effects, len(tickets.at)
    complains = (tickets.channel != C["chat"]) & chance(rng, 0.3, n) & (contact >= 2)
    touchpoint = np.where(complains, T["complaint"], T["help_request"])
    hard = (contact > 0) | np.isin(tickets.cause, (CAUSE["delivery"], CAUSE["billing"]))
    x = book.feel(
        tickets.person, touchpoint, tickets.channel, tickets.at, shift=np.full((n, 6),
            effects.again_shift * contact),
        team=tickets.team, hard=hard, order=tickets.order,
    )  # fmt: skip
    odds = log_odds(effects.resolve_at_5) + effects.resolve_log_odds * (x[:, RESOLUTION] - 5)
    solved = chance(rng, logistic(odds), n)
    _write_contact(book, tickets, touchpoint, solved, again=contact > 0)
    if contact == 0:
        book.rows["tickets"].add(n, person=tickets.person, number=tickets.number, channel=tickets.channel,
                                 at=tickets.at, cause=tickets.cause)  # fmt: skip
    comes_back: Mask = ~solved & chance(rng, effects.repeat_if_unresolved, n)
    comes_back &= contact < CONTACTS_AT_MOST - 1
    book.encounters["askable"][-1] = ~comes_back  # the pulse waits for the last contact
    return np.flatnonzero(comes_back)


def _write_contact(book: Book, tickets: Tickets, touchpoint: Ints, solved: Mask, *, again: bool) -> None:
    rng, n, b2b = book.rng, len(tickets.at), book.people.b2b[tickets.person]
    channel = tickets.channel
    minutes = np.clip(rng.lognormal(2.1, 0.6, n), 1, 90)
    cents = np.where(channel == C["phone"], 62, np.where(channel == C["chat"], 38, 55))
    cost = np.rint(cents * minutes)
    named = np.where(channel == C["phone"], BY_PHONE + BY_NUMBER,
                     np.where(channel == C["email"], BY_EMAIL, BY_EMAIL + BY_NUMBER))  # fmt: skip
    book.rows["interactions"].add(
        n, person=tickets.person, source=S["helpdesk"], touchpoint=touchpoint, channel=channel,
        started=tickets.at,
        ended=tickets.at + (minutes * 60).astype(np.int64) * SECOND, kind=E["ticket"], episode=tickets.number,
        outcome=np.where(solved, O["resolved"], O["unresolved"]), cost=cost, naming=named + BY_ACCOUNT * b2b,
        team=tickets.team, cause=tickets.cause, reasked=chance(rng, 0.35, n) & again,
    )  # fmt: skip
    book.rows["costs"].add(
        n, person=tickets.person, source=S["helpdesk"], kind=SERVICE, function=FUNCTION["customer_care"],
        touchpoint=touchpoint, amount=cost, at=tickets.at,
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
        ended=at + rng.integers(4, 25, n) * MINUTE, outcome=np.where(chance(rng, 0.3, n), O["converted"],
            O["viewed"]),
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
        n, person=person, source=S["reviews"], touchpoint=T["social_question"], channel=C["social"],
        started=at,
        ended=at + rng.integers(1, 30, n) * HOUR, outcome=np.where(solved, O["resolved"], O["unresolved"]),
        cost=180, naming=BY_EMAIL,
    )  # fmt: skip
