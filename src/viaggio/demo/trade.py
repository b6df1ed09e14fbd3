"""Orders, what is in them, how they are paid, brought, billed and sent back."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viaggio.demo.basket import fill, take_home, write_lines
from viaggio.demo.book import BY_ACCOUNT, BY_EMAIL, BY_NUMBER, BY_PHONE, Book, Ints, Mask, chance
from viaggio.demo.clock import DAY, HOUR, MINUTE, next_opening
from viaggio.demo.company import METHODS, REGIONS, STORES, C, E, O, S, T
from viaggio.demo.world import vector
from viaggio.journey.model import FUNCTIONS

ACQUISITION, RETENTION, SERVICE, DELIVERY, PRODUCT = range(5)
COST_KINDS = ("acquisition", "retention", "service", "delivery", "product")
FUNCTION = {name: at for at, name in enumerate(FUNCTIONS)}
DELIVERED_BY_COURIER = (C["web"], C["app"], C["marketplace"], C["email"], C["phone"])


@dataclass(frozen=True, slots=True)
class Orders:
    """Orders just placed, as columns."""

    person: Ints
    number: Ints
    channel: Ints
    ordered: Ints
    total: Ints
    big: Mask  # holds a bicycle or an e-bike
    cancelled: Mask
    promised: Ints
    shipped: Ints
    delivered: Ints
    campaign: Ints


@dataclass(frozen=True, slots=True)
class Trouble:
    """Reasons to turn to the company for help: who, when, about which cause and order."""

    person: Ints
    at: Ints
    cause: Ints
    order: Ints


def place(
    book: Book, person: Ints, channel: Ints, at: Ints, campaign: Ints, *, fleet: bool = False
) -> Orders:
    """Write the orders placed at these instants, with lines, payment, delivery; returns them."""
    rng, n = book.rng, len(person)
    baskets = fill(book, person, at, campaign, fleet=fleet)
    number, big = baskets.number, baskets.big
    amount = write_lines(book, baskets)
    courier = np.isin(channel, DELIVERED_BY_COURIER)
    freight = np.where(courier, np.where(big, 3990, np.where(amount > 9900, 0, 690)), 0)
    cancelled = courier & chance(rng, 0.02, n)
    promised, shipped, delivered, late = _deliver(book, at, big, courier, cancelled)
    orders = Orders(person, number, channel, at, amount + freight, big, cancelled, promised, shipped,
                    delivered,
                    campaign)  # fmt: skip
    store = np.where(channel == C["store"], np.array(STORES)[_store_of(book, person)], -1)
    book.rows["orders"].add(
        n, person=person, number=number, channel=channel, ordered=at, promised=promised, shipped=shipped,
        delivered=delivered, cancelled=cancelled, total=orders.total, freight=freight, campaign=campaign,
        store=store,
    )  # fmt: skip
    book.register(person, at)
    take_home(book, baskets, delivered)
    _pay(book, orders)
    _write_deliveries(book, orders, courier & ~cancelled, late)
    _write_costs(book, orders, courier & ~cancelled)
    return orders


def _store_of(book: Book, person: Ints) -> Ints:
    return np.array([region[3] for region in REGIONS])[book.people.region[person]]


def _deliver(
    book: Book, at: Ints, big: Mask, courier: Mask, cancelled: Mask
) -> tuple[Ints, Ints, Ints, Mask]:
    """Promised, shipped, delivered instants (-1 for none) and whether later than the promised day."""
    rng, clock, n = book.rng, book.world.clock, len(at)
    day = clock.local(at) // DAY
    promise = day + np.where(big, rng.integers(5, 11, n), rng.integers(3, 6, n))
    promise += (promise + 3) % 7 == 6  # Sunday becomes Monday
    promised = clock.utc((promise + 1) * DAY) - 1  # the last moment of the promised day
    late = chance(rng, book.world.late_share[clock.month_of(promised)], n)
    come = np.where(late, promise + 1 + rng.geometric(0.45, n), promise - rng.integers(0, 2, n))
    sunday = (come + 3) % 7 == 6
    come = np.maximum(come + np.where(sunday, np.where(late, 1, -1), 0), day + 1)
    delivered = clock.utc(come * DAY + rng.integers(9 * 3600, 19 * 3600, n) * 1_000_000)
    shipped = np.maximum(at + 2 * HOUR, np.minimum(next_opening(rng, clock, at + DAY), delivered - 6 * HOUR))
    by_hand = ~courier
    promised = np.where(by_hand, -1, promised)
    shipped = np.where(by_hand | cancelled, -1, shipped)
    delivered = np.where(by_hand, at, np.where(cancelled, -1, delivered))
    return promised, shipped, delivered, late & courier & ~cancelled


def _pay(book: Book, orders: Orders) -> None:
    rng, n = book.rng, len(orders.person)
    names = {name: at for at, name in enumerate(METHODS)}
    method = rng.choice(np.array([names["card"], names["paypal"]]), n, p=[0.68, 0.32])
    company = book.people.b2b[orders.person]
    method = np.where(company, names["transfer"], method)
    method = np.where((orders.channel == C["store"]) & ~company & chance(rng, 0.2, n), names["cash"], method)
    large = (orders.total > 90_000) & ~company & chance(rng, 0.4, n)
    method = np.where(large, names["instalments"], method)
    delay = np.where(company, rng.integers(5, 40, n) * DAY, 0)
    book.rows["payments"].add(
        n, person=orders.person, order=orders.number, method=method,
        instalments=np.where(large, rng.choice(np.array([6, 10, 12, 24]), n), 1), amount=orders.total,
        paid=orders.ordered + delay,
    )  # fmt: skip


def _write_deliveries(book: Book, orders: Orders, courier: Mask, late: Mask) -> None:
    """Order update and delivery at the door, as the shop and the courier see them."""
    at = np.flatnonzero(courier)
    person, number = orders.person[at], orders.number[at]
    rows = book.rows["interactions"]
    rows.add(len(at), person=person, source=S["shop"], touchpoint=T["order_update"], channel=C["email"],
             started=orders.shipped[at] + 10 * MINUTE, kind=E["order"], episode=number, outcome=O["sent"],
             naming=BY_EMAIL)  # fmt: skip
    cost = np.where(orders.big[at], 2900, 540)
    rows.add(len(at), person=person, source=S["courier"], touchpoint=T["delivery"], channel=C["courier"],
             started=orders.delivered[at], ended=orders.delivered[at] + 5 * MINUTE, kind=E["order"],
             episode=number, outcome=np.where(late[at], O["late"], O["delivered"]), cost=cost,
             naming=BY_PHONE)  # fmt: skip
    shift = late[at][:, None] * vector(book.world.parameters.delivery.late_shift)
    book.feel(
        person, T["delivery"], C["courier"], orders.delivered[at], shift=shift, hard=late[at], order=number
    )


def _write_costs(book: Book, orders: Orders, courier: Mask) -> None:
    rng = book.rng
    at = np.flatnonzero(courier)
    costs = book.rows["costs"]
    costs.add(len(at), person=orders.person[at], source=S["courier"], kind=DELIVERY,
              function=FUNCTION["logistics"],
              touchpoint=T["delivery"], amount=np.where(orders.big[at], 2900, 540),
              at=orders.delivered[at])  # fmt: skip
    new = np.flatnonzero(~book.converted[orders.person] & (book.people.arrival[orders.person] >= 0))
    new = new[np.unique(orders.person[new], return_index=True)[1]]
    who = orders.person[new]
    book.converted[orders.person] = True
    spent = np.rint(rng.lognormal(8.3, 0.45, len(new))).astype(np.int64)
    spent = np.where(book.referred_by[who] >= 0, 1500, spent)
    costs.add(len(new), person=who, source=S["erp"], kind=ACQUISITION, function=FUNCTION["marketing"],
              touchpoint=T["campaign"], amount=spent, at=orders.ordered[new],
              campaign=orders.campaign[new])  # fmt: skip


def bill(book: Book, orders: Orders) -> Trouble:
    """Write the invoices of the orders; returns the calls that wrong ones will cause."""
    keep = np.flatnonzero(~orders.cancelled)
    at = orders.ordered[keep] + book.rng.integers(2, 60, len(keep)) * HOUR
    return invoice(book, orders.person[keep], at, E["order"], orders.number[keep])


def invoice(book: Book, person: Ints, at: Ints, kind: int, episode: Ints) -> Trouble:
    """Write invoices; some hold an error, and most of those make the customer call."""
    rng, world, n = book.rng, book.world, len(person)
    wrong = chance(rng, world.error_share[world.clock.month_of(at)], n)
    b2b = book.people.b2b[person]
    channel = np.where(b2b & chance(rng, 0.3, n), C["post"], C["email"])
    book.rows["interactions"].add(
        n, person=person, source=S["erp"], touchpoint=T["invoice"], channel=channel, started=at, kind=kind,
        episode=episode, outcome=np.where(wrong, O["error"], O["correct"]),
        cost=np.where(channel == C["post"], 165, 12), naming=BY_NUMBER + BY_ACCOUNT * b2b,
    )  # fmt: skip
    shift = wrong[:, None] * vector(world.parameters.billing.error_shift)
    order = np.where(kind == E["order"], episode, -1)
    book.feel(person, T["invoice"], channel, at, shift=shift, hard=wrong, order=order)
    calls = np.flatnonzero(wrong & chance(rng, world.parameters.billing.ticket_share_error, n))
    when = at[calls] + rng.integers(1, 8 * 24, len(calls)) * HOUR
    return Trouble(person[calls], when, np.ones(len(calls), np.int64), order[calls])


def late_calls(book: Book, orders: Orders) -> Trouble:
    """Calls about deliveries: where is my parcel, it came late, it came damaged."""
    rng, delivery = book.rng, book.world.parameters.delivery
    sent = np.flatnonzero(orders.shipped >= 0)
    late = orders.delivered[sent] > orders.promised[sent]
    share = np.where(late, delivery.ticket_share_late, delivery.ticket_share_on_time)
    calls = sent[chance(rng, share, len(sent))]
    when = (
        np.maximum(orders.promised[calls] - DAY // 2, orders.delivered[calls] - 2 * DAY)
        + rng.integers(1, 60, len(calls)) * HOUR
    )
    return Trouble(orders.person[calls], when, np.zeros(len(calls), np.int64), orders.number[calls])


def send_back(book: Book, orders: Orders) -> Trouble:
    """Returns within a fortnight: the whole order goes back; writes them, gives the calls they cause."""
    rng = book.rng
    sent = np.flatnonzero((orders.shipped >= 0) & ~orders.big)
    back = sent[chance(rng, 0.075, len(sent))]
    at = next_opening(rng, book.world.clock, orders.delivered[back] + rng.integers(2, 14, len(back)) * DAY)
    person, number = orders.person[back], orders.number[back]
    store = chance(rng, 0.25, len(back))
    book.rows["interactions"].add(
        len(back), person=person, source=S["shop"], touchpoint=T["return"],
        channel=np.where(store, C["store"], C["courier"]), started=at, kind=E["order"], episode=number,
        outcome=O["refunded"], cost=np.where(store, 150, 620), naming=BY_EMAIL,
    )  # fmt: skip
    book.feel(person, T["return"], np.where(store, C["store"], C["courier"]), at, order=number, hard=True)
    _mark_returned(book, number, at)
    calls = np.flatnonzero(chance(rng, 0.16, len(back)))
    when = at[calls] + rng.integers(20, 200, len(calls)) * HOUR
    return Trouble(person[calls], when, np.full(len(calls), 5), number[calls])


def _mark_returned(book: Book, number: Ints, at: Ints) -> None:
    """Note the return on the last written piece of orders and of lines, numbers being in order."""
    for table, name in (("orders", "number"), ("order_lines", "order")):
        pieces = book.rows[table].pieces
        if not pieces[name] or not len(number):
            continue
        numbers = pieces[name][-1]
        where = np.searchsorted(number, numbers)
        hit = number[np.minimum(where, len(number) - 1)] == numbers
        pieces["returned"][-1] = np.where(hit, at[np.minimum(where, len(number) - 1)], -1)


def joined(troubles: list[Trouble]) -> Trouble:
    """All troubles in one."""

    def column(name: str) -> NDArray[np.int64]:
        return np.concatenate([getattr(trouble, name) for trouble in troubles])

    return Trouble(column("person"), column("at"), column("cause"), column("order"))
