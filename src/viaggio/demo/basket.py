"""What is put into orders: the main product, further lines, a service plan, discounts."""

from dataclasses import dataclass

import numpy as np

from viaggio.demo.book import BY_EMAIL, BY_NUMBER, NEVER, Book, Ints, Mask, chance
from viaggio.demo.clock import MINUTE
from viaggio.demo.company import CATEGORY, PRODUCTS, C, E, O, S, T

PRICE = np.array([price for _, _, price in PRODUCTS], np.int64)
SHELF = np.array([CATEGORY[category] for _, category, _ in PRODUCTS])
_IN = {name: np.flatnonzero(code == SHELF) for name, code in CATEGORY.items()}
_BIG = (CATEGORY["ebike"], CATEGORY["bicycle"])

PRIVATE_PLANS = tuple(_IN["service_plan"][:3].tolist())
FLEET_PLAN = int(_IN["service_plan"][3])
PLAN_SHARES = (0.5, 0.33, 0.17)
REPAIRS = (int(_IN["repair"][0]), int(_IN["repair"][-1]) + 1)
_FLEET_BIKES = tuple(
    at for at, (name, _, _) in enumerate(PRODUCTS) if name in {"EB-FLOTTA-500", "EB-HOTEL-500", "BI-FLOTTA"}
)
FIRST_REBATED = 4
"""Campaigns from this one on take ten per cent off."""


@dataclass(frozen=True, slots=True)
class Baskets:
    """Orders about to be placed; `main` is a product, `plan` says who takes a service plan with it."""

    person: Ints
    number: Ints
    at: Ints
    campaign: Ints
    main: Ints
    quantity: Ints
    plan: Mask

    @property
    def big(self) -> Mask:
        """Whether the main product is a bicycle or an e-bike."""
        return np.isin(SHELF[self.main], _BIG)


def fill(book: Book, person: Ints, at: Ints, campaign: Ints, *, fleet: bool) -> Baskets:
    """Choose what these persons buy at these instants."""
    rng, n = book.rng, len(person)
    main, quantity = _first_product(book, person), np.ones(n, np.int64)
    if fleet:
        main = np.where(chance(rng, 0.7, n), rng.choice(np.array(_FLEET_BIKES), n), main)
        quantity += rng.poisson(2.2, n)
    plan = _plan_wanted(book, person, SHELF[main])
    return Baskets(person, book.numbers("order", n), at, campaign, main, quantity, plan)


def _first_product(book: Book, person: Ints) -> Ints:
    """The main product of each order: bicycles for those who have none, small things for owners."""
    rng, n = book.rng, len(person)
    owner, b2b = book.owns[person], book.people.b2b[person]
    drawn = rng.random(n)
    shares = np.where(owner[:, None], [0.04, 0.09, 0.47, 0.78], [0.2, 0.5, 0.66, 0.87])
    shelf = (drawn[:, None] >= shares).sum(axis=1)  # ebike, bicycle, part, accessory, clothing
    shelf = np.where(b2b & (drawn < 0.35), CATEGORY["ebike"], shelf)
    return _on_shelf(rng, shelf)


def _on_shelf(rng: np.random.Generator, shelf: Ints) -> Ints:
    """A product of each category, cheap ones more often."""
    product = np.zeros(len(shelf), np.int64)
    for code in np.unique(shelf):
        at = np.flatnonzero(shelf == code)
        stock = _IN[tuple(CATEGORY)[code]]
        weight = PRICE[stock] ** -0.3
        product[at] = rng.choice(stock, len(at), p=weight / weight.sum())
    return product


def _plan_wanted(book: Book, person: Ints, shelf: Ints) -> Mask:
    """Who takes a service plan with the order: with a bicycle often, otherwise rarely."""
    share = np.where(shelf <= CATEGORY["bicycle"], 0.42, 0.02)
    primary = book.people.primary[person]
    free = book.plan_from[person] == NEVER
    wanted: Mask = chance(book.rng, share, len(person)) & free & primary
    first = np.zeros(len(person), bool)
    first[np.unique(person, return_index=True)[1]] = True
    return wanted & first


def plans_for(rng: np.random.Generator, fleet: Mask) -> Ints:
    """A service plan for each: one of three for persons, the fleet's for accounts."""
    private = rng.choice(np.array(PRIVATE_PLANS), len(fleet), p=PLAN_SHARES)
    chosen: Ints = np.where(fleet, FLEET_PLAN, private)
    return chosen


def write_lines(book: Book, baskets: Baskets) -> Ints:
    """Write the lines of the orders; returns the sum of each order, without freight, in cents."""
    person, plan = baskets.person, baskets.plan
    rng, n = book.rng, len(person)
    effects = book.world.parameters.effects
    more = np.minimum(rng.poisson(0.42 * np.exp(effects.extra_lines_log * book.mood[person])), 4)
    extra_of = np.repeat(np.arange(n), more)
    shelf = rng.choice(np.array([2, 3, 4]), len(extra_of), p=[0.4, 0.38, 0.22])
    extra = _on_shelf(rng, shelf)
    b2b = book.people.b2b[person]
    planned = np.flatnonzero(plan)
    kind = plans_for(rng, b2b[planned])
    of = np.concatenate([np.arange(n), extra_of, planned])
    product = np.concatenate([baskets.main, extra, kind])
    pieces = np.concatenate([baskets.quantity, rng.choice(np.array([1, 2]), len(extra_of), p=[0.88, 0.12]),
                             np.ones(len(planned), np.int64)])  # fmt: skip
    order = np.argsort(of, kind="stable")
    of, product, pieces = of[order], product[order], pieces[order]
    line = np.arange(len(of)) - np.searchsorted(of, of)
    full = PRICE[product] * pieces
    rebate = np.where(baskets.campaign[of] >= FIRST_REBATED, 10, 0) + np.where(b2b[of] & (pieces > 1), 8, 0)
    discount = (full * rebate // 1000) * 10  # whole ten cents
    discount = np.where(SHELF[product] == CATEGORY["service_plan"], 0, discount)
    book.rows["order_lines"].add(
        len(of), person=person[of], order=baskets.number[of], line=line, product=product, quantity=pieces,
        amount=full - discount, discount=discount, ordered=baskets.at[of], campaign=baskets.campaign[of],
    )  # fmt: skip
    amount = np.bincount(of, full - discount, n).astype(np.int64)
    book.plan_product[person[planned]] = kind
    return amount


def take_home(book: Book, baskets: Baskets, delivered: Ints) -> None:
    """Note what the buyers own from now on, and start the service plans."""
    person, main, at = baskets.person, baskets.main, baskets.at
    book.owns[person[baskets.big]] = True
    book.owns_ebike[person[SHELF[main] == CATEGORY["ebike"]]] = True
    np.add.at(book.orders, person, 1)
    taken = np.flatnonzero(baskets.plan)
    who = person[taken]
    book.plan_from[who] = np.maximum(delivered[taken], at[taken])
    book.plan_number[who] = book.numbers("plan", len(taken))
    fleet = book.people.b2b[who]
    size = np.where(fleet, 1 + book.rng.poisson(2.0, len(taken)), 1)
    book.plan_monthly[who] = PRICE[book.plan_product[who]] * size
    book.rows["interactions"].add(
        len(taken), person=who, source=S["crm"], touchpoint=T["service_plan"], channel=C["email"],
        started=at[taken] + 5 * MINUTE, kind=E["plan"], episode=book.plan_number[who], outcome=O["signed"],
        naming=BY_NUMBER + BY_EMAIL, value=book.plan_monthly[who],
    )  # fmt: skip
