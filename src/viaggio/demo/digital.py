"""Visits to the online shop and the app: who comes, how far they get, page by page."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viaggio.demo.book import (
    BLOCK_NUMBERS,
    BY_EMAIL,
    BY_VISITOR,
    NEVER,
    Book,
    Ints,
    Mask,
    chance,
    log_odds,
    logistic,
)
from viaggio.demo.clock import MINUTE, SECOND, draw_times
from viaggio.demo.company import CAMPAIGN, PILLARS, SEASON, C, D, E, O, S, T
from viaggio.demo.world import BASE

GAP = 31 * MINUTE
SHOP, GARAGE, HELP, BOOKING = range(4)
TIME_EFFORT = PILLARS.index("time_effort")

# How far a visit to the shop gets.
BOUNCED, LOOKED, PRODUCT, CART, CHECKOUT, PAID = range(6)


@dataclass(frozen=True, slots=True)
class Visits:
    """The visits of one month, sorted by person and start; arrays of equal length."""

    person: Ints
    kind: Ints
    stage: Ints
    channel: Ints
    device: Ints
    visitor: Ints
    signed: Mask  # signs in early, or has to at the checkout
    start: Ints
    campaign: Ints


@dataclass(frozen=True, slots=True)
class Bought:
    """Visits that ended with a payment: who, how, when, drawn by which campaign."""

    person: Ints
    channel: Ints
    at: Ints
    campaign: Ints
    piece: int  # where the month's pages were written
    page: Ints  # position of the payment among them
    visit: Ints  # position of the visit among the month's


def _rates(book: Book, month: int) -> tuple[NDArray[Any], ...]:
    """Visits a month that each person makes: shop, garage, help, booking."""
    people, clock = book.people, book.world.clock
    season = SEASON[clock.starts[month].month - 1]
    known = book.known(int(clock.month_bounds[month]))
    age = month - people.arrival
    fresh = np.where(age <= 3, 0.7, 0.11)
    shop = np.where(known, 0.24, fresh) * people.frailty * season * book.here(month)
    garage = 0.19 * season * (book.owns & people.app & known)
    help_pages = 0.04 * (book.owns & known)
    booking = 0.02 * season * (book.owns & known) * np.where(book.plan_from < NEVER, 1.5, 0.8)
    return shop, garage * people.frailty, help_pages, booking


def _far(book: Book, person: Ints, channel: Ints, month: int) -> Ints:
    """How far each visit to the shop gets."""
    effects, rng, n = book.world.parameters.effects, book.rng, len(person)
    known = book.registered[person] < NEVER
    cart = logistic(log_odds(0.23) + 0.45 * known + effects.cart_log_odds * book.mood[person])
    ease = (
        book.world.levels[T["checkout"], TIME_EFFORT, month] + book.world.channel_shift[:, TIME_EFFORT, month]
    )
    above = (ease - BASE["checkout"][TIME_EFFORT])[channel]
    pay = logistic(log_odds(0.74) + effects.pay_log_odds * above)
    steps = (0.68, 0.78, cart, 0.64, pay)
    stage = np.zeros(n, np.int64)
    going = np.ones(n, bool)
    for reached, share in enumerate(steps, start=1):
        going &= chance(rng, share, n)
        stage[going] = reached
    return stage


def _campaigns(book: Book, person: Ints, month: int) -> Ints:
    """What brought each visit: 0 for none."""
    rng, n = book.rng, len(person)
    season = {3: "primavera-in-bici", 4: "primavera-in-bici", 9: "settimana-blu", 11: "venerdi-nero",
              12: "regali-di-natale"}.get(book.world.clock.starts[month].month, "cerca-online")  # fmt: skip
    drawn = rng.random(n)
    mails = book.people.newsletter[person] & (book.registered[person] < NEVER)
    choice = np.where(drawn < 0.16, CAMPAIGN["cerca-online"], 0)
    choice = np.where(drawn < 0.09, CAMPAIGN["video-social"], choice)
    choice = np.where((drawn > 0.72) & mails, CAMPAIGN["newsletter"], choice)
    choice = np.where((drawn > 0.86), CAMPAIGN[season], choice)
    flotte = book.people.b2b[person] & (drawn > 0.8)
    return np.where(flotte, CAMPAIGN["flotte-pulite"], choice)


def _apart(start: Ints, person: Ints, length: Ints, before: Ints, rng: np.random.Generator) -> Ints:
    """Starts moved so that a person's visits lie more than half an hour apart; `length` in microseconds."""
    start = np.where(start < before + GAP, before + GAP + rng.integers(0, 120, len(start)) * MINUTE, start)
    same = person[1:] == person[:-1]
    while len(start) > 1:
        earliest = start[:-1] + length[:-1] + GAP
        wrong = same & (start[1:] < earliest)
        if not wrong.any():
            break
        start[1:][wrong] = earliest[wrong] + SECOND
    return start


def draw_visits(book: Book, month: int) -> Visits:
    """Who comes this month, by which device, how far they get; starts are not yet apart."""
    rng, clock, people = book.rng, book.world.clock, book.people
    persons = [book.draw(rate) for rate in _rates(book, month)]
    person = np.concatenate(persons)
    kind = np.repeat(np.arange(4), [len(p) for p in persons])
    start = draw_times(rng, clock, month, "digital", len(person))
    order = np.lexsort((start, person))
    person, kind, start = person[order], kind[order], start[order]
    n = len(person)
    by_app = people.app[person] & book.owns[person] & chance(rng, 0.45, n)
    channel = np.where(by_app | (kind == GARAGE), C["app"], C["web"])
    mobile = chance(rng, 0.58, n)
    tablet = chance(rng, 0.06, n)
    device = np.where(mobile, D["phone"], np.where(tablet, D["tablet"], D["desktop"]))
    device = np.where(channel == C["app"], np.where(tablet, D["tablet"], D["phone"]), device)
    which = np.where(channel == C["app"], 2, np.where(device == D["desktop"], 1, 0))
    stage = np.where(kind == SHOP, _far(book, person, channel, month), LOOKED)
    known = book.registered[person] <= start
    signed = (stage >= CHECKOUT) | (kind == GARAGE) | (kind == BOOKING) | (known & chance(rng, 0.34, n))
    campaign = np.where((kind == SHOP) & (channel == C["web"]), _campaigns(book, person, month), 0)
    visitor = (people.number[person] * 4 + which).astype(np.int64)
    return Visits(person, kind, stage, channel, device, visitor, signed, start, campaign)


def _pages(visits: Visits, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Pages of all visits, one visit after another: position of the visit, touchpoint."""
    n = len(visits.person)
    shop, stage = visits.kind == SHOP, visits.stage
    middle = np.where(shop, np.where(stage == BOUNCED, 0, rng.poisson(1.9, n) + (stage >= PRODUCT)), 0)
    middle = np.where(visits.kind == GARAGE, rng.poisson(1.5, n), middle)
    middle = np.where((visits.kind == HELP) | (visits.kind == BOOKING), rng.poisson(0.9, n), middle)
    sign = (visits.signed & ~(shop & (stage == BOUNCED))).astype(np.int64)
    early = (sign == 1) & (chance(rng, 0.5, n) | (shop & (stage < CHECKOUT)) | ~shop)
    counts = np.stack([
        np.ones(n, np.int64),  # entry
        (sign * early),
        middle,
        (shop & (stage >= CART)) * (1 + chance(rng, 0.25, n)),
        (sign * ~early),
        (shop & (stage >= CHECKOUT)) * (1 + chance(rng, 0.3, n)),
        (shop & (stage == PAID)).astype(np.int64),
    ])  # fmt: skip
    part = np.repeat(np.tile(np.arange(7), n), counts.T.ravel())
    visit = np.repeat(np.arange(n), counts.sum(axis=0))
    m = len(visit)
    at_once = (visits.kind == BOOKING) & (sign * early == 1) & (middle == 0)
    part = np.where(at_once[visit], 1 - part, part)  # a booking of two pages ends with the booking
    drawn = rng.random(m)
    found = np.where(drawn < 0.5, T["product_page"], np.where(drawn < 0.72, T["search"], T["shop_browse"]))
    entry = np.where(drawn < 0.7, T["shop_browse"], T["product_page"])
    fixed = np.array([0, T["sign_in"], 0, T["cart"], T["sign_in"], T["checkout"], T["payment"]])
    touchpoint = np.where(part == 0, entry, np.where(part == 2, found, fixed[part]))
    own = np.array([0, T["app_garage"], T["self_help"], T["service_booking"]])[visits.kind[visit]]
    return visit, np.where((visits.kind[visit] != SHOP) & (part != 1), own, touchpoint)


def _dwell(rng: np.random.Generator, n: int) -> Ints:
    """Microseconds on each page: log-normal, median 34 s, at most 26 minutes."""
    seconds = np.clip(rng.lognormal(3.53, 0.95, n), 2, 26 * 60)
    whole: Ints = seconds.astype(np.int64) * SECOND
    return whole


def month_of_visits(book: Book, month: int) -> tuple[Bought, Visits, Ints]:
    """Write the month's visits and pages; returns the purchases, the visits and their ends."""
    rng = book.rng
    visits = draw_visits(book, month)
    visit, touchpoint = _pages(visits, rng)
    n, m = len(visits.person), len(visit)
    pages = np.bincount(visit, minlength=n)
    first = np.concatenate([[0], np.cumsum(pages)[:-1]]).astype(np.int64) if n else np.zeros(0, np.int64)
    dwell = _dwell(rng, m)
    after = np.cumsum(dwell)
    offset = after - dwell - (after - dwell)[first][visit] if m else after
    length = np.bincount(visit, dwell, n).astype(np.int64)
    start = _apart(visits.start.copy(), visits.person, length, book.session_end[visits.person], rng)
    began = start[visit] + offset
    book.session_end[visits.person] = start + length  # the last of each person stays
    piece = len(book.rows["interactions"].pieces["kind"])
    named = _write_pages(book, visits, visit, touchpoint, (began, dwell))
    last = first + pages - 1
    paid = np.flatnonzero((visits.kind == SHOP) & (visits.stage == PAID))
    bought = Bought(visits.person[paid], visits.channel[paid], began[last[paid]] + dwell[last[paid]],
                    visits.campaign[paid], piece, last[paid], paid)  # fmt: skip
    who = np.flatnonzero(named)
    np.minimum.at(book.registered, visits.person[visit[who]], began[who])
    _write_visits(book, visits, start, length, pages, named_visits=np.bincount(visit, named, n) > 0)
    _clicks(book, visits, start)
    _feel_visits(book, visits, start + length, pages)
    return bought, visits, start + length


def _write_pages(book: Book, visits: Visits, visit: Ints, touchpoint: Ints, when: tuple[Ints, Ints]) -> Mask:
    """Write one interaction a page; returns which rows name the e-mail too."""
    rng, m, (began, dwell) = book.rng, len(visit), when
    named = np.isin(touchpoint, (T["sign_in"], T["checkout"], T["payment"]))
    outcome = np.full(m, O["viewed"])
    outcome[touchpoint == T["payment"]] = O["converted"]
    last = np.diff(visit, append=-1) != 0
    stage = visits.stage[visit]
    gave_up = last & (visits.kind[visit] == SHOP) & ((stage == CART) | (stage == CHECKOUT))
    outcome[gave_up] = O["abandoned"]
    outcome[last & (touchpoint == T["service_booking"])] = O["booked"]
    found = np.where(chance(rng, 0.07, m), 0, rng.integers(1, 60, m))
    searched = touchpoint == T["search"]
    outcome[searched] = np.where(found[searched] > 0, O["found"], O["nothing_found"])
    entry = np.diff(visit, prepend=-1) != 0
    book.rows["interactions"].add(
        m, person=visits.person[visit], source=S["shop"], touchpoint=touchpoint,
        channel=visits.channel[visit],
        device=visits.device[visit], started=began, ended=began + dwell, kind=E["visit"],
        episode=_visit_numbers(book, visits)[visit], outcome=outcome,
        naming=BY_VISITOR + BY_EMAIL * named, visitor=visits.visitor[visit],
        results=np.where(searched, found, -1),
        campaign=np.where(entry, visits.campaign[visit], 0),
    )  # fmt: skip
    return named


def _visit_numbers(book: Book, visits: Visits) -> Ints:
    first = book.given.get("visit", 0)
    return book.block * BLOCK_NUMBERS + first + np.arange(len(visits.person), dtype=np.int64)


def _write_visits(
    book: Book, visits: Visits, start: Ints, length: Ints, pages: Ints, *, named_visits: Mask
) -> None:
    n = len(visits.person)
    again = np.concatenate([[False], visits.person[1:] == visits.person[:-1]])[:n]
    returning = book.visited[visits.person] | again
    book.visited[visits.person] = True
    booking = visits.kind == BOOKING
    paid = (visits.kind == SHOP) & (visits.stage == PAID)
    book.rows["visits"].add(
        n, person=visits.person, channel=visits.channel, device=visits.device, started=start,
        seconds=length / SECOND, pages=pages, converted=paid | booking, booking=booking, returning=returning,
        visitor=visits.visitor, number=book.numbers("visit", n), named=named_visits, campaign=visits.campaign,
    )  # fmt: skip


def _clicks(book: Book, visits: Visits, start: Ints) -> None:
    """A click on a newsletter or a social advertisement, just before the visit it brings."""
    by_mail = visits.campaign == CAMPAIGN["newsletter"]
    came = np.flatnonzero(by_mail | (visits.campaign == CAMPAIGN["video-social"]))
    n = len(came)
    mail = by_mail[came]
    at = start[came] - book.rng.integers(2, 15, n) * SECOND
    book.rows["interactions"].add(
        n, person=visits.person[came], source=S["crm"], touchpoint=T["campaign"],
        channel=np.where(mail, C["email"], C["social"]), device=visits.device[came], started=at,
        outcome=O["viewed"], naming=np.where(mail, BY_EMAIL + BY_VISITOR, BY_VISITOR),
        visitor=visits.visitor[came], campaign=visits.campaign[came],
        cost=np.where(mail, 2, 38),
    )  # fmt: skip


def _feel_visits(book: Book, visits: Visits, end: Ints, pages: Ints) -> None:
    """What the visits were like, where there was more than a glance."""
    kinds: tuple[tuple[Any, str], ...] = (
        ((visits.kind == SHOP) & (visits.stage < CHECKOUT) & (pages > 2), "shop_browse"),
        ((visits.kind == SHOP) & (visits.stage == PAID), "checkout"),
        (visits.kind == GARAGE, "app_garage"),
        (visits.kind == HELP, "self_help"),
        (visits.kind == BOOKING, "service_booking"),
    )
    for mask, slug in kinds:
        at = np.flatnonzero(mask)
        book.feel(visits.person[at], T[slug], visits.channel[at], end[at])


def mark_value(book: Book, bought: Bought, total: Ints) -> None:
    """Note on the month's payments and visits what was bought for."""
    if not len(bought.person):
        return
    values = book.rows["interactions"].pieces["value"]
    value = values[bought.piece].copy()
    value[bought.page] = total
    values[bought.piece] = value
    worths = book.rows["visits"].pieces["value"]
    worth = worths[-1].copy()
    worth[bought.visit] = total
    worths[-1] = worth
