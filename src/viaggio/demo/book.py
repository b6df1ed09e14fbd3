"""The book in which everything that happens to one block of customers is written, and their state."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viaggio.demo.clock import DAY
from viaggio.demo.people import People
from viaggio.demo.world import World, experience

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

NEVER = np.iinfo(np.int64).max
BLOCK_NUMBERS = 10_000_000
"""How many numbers of each kind (orders, tickets ...) a block may give out."""

BY_NUMBER, BY_EMAIL, BY_PHONE, BY_VISITOR, BY_ACCOUNT = 1, 2, 4, 8, 16
"""How a row names its customer: bits that add up."""


class Rows:
    """The rows of one table, gathered in pieces of equal columns; codes are small whole numbers."""

    def __init__(self, **defaults: float | bool) -> None:
        self.defaults = defaults
        self.pieces: dict[str, list[NDArray[Any]]] = {name: [] for name in defaults}
        self.n = 0

    def add(self, n: int, /, **columns: Any) -> None:
        """Add `n` rows; a column not given holds its default, a single value is repeated."""
        if n == 0:
            return
        for name, default in self.defaults.items():
            value = np.asarray(columns.pop(name, default), dtype=np.asarray(default).dtype)
            self.pieces[name].append(np.broadcast_to(value, (n,)))
        if columns:
            raise KeyError(*columns)
        self.n += n

    def columns(self) -> dict[str, NDArray[Any]]:
        """All rows, by column."""
        return {
            name: np.concatenate(pieces) if pieces else np.zeros(0, np.asarray(self.defaults[name]).dtype)
            for name, pieces in self.pieces.items()
        }


def _interactions() -> Rows:
    return Rows(
        person=0, source=0, touchpoint=0, channel=0, device=-1, started=0, ended=-1, kind=0, episode=-1,
        outcome=-1, cost=0, value=0, naming=0, visitor=-1, team=-1, cause=-1, campaign=0, results=-1,
        reasked=0,
    )  # fmt: skip


def _tables() -> Mapping[str, Rows]:
    return {
        "interactions": _interactions(),
        "visits": Rows(
            person=0, channel=0, device=0, started=0, seconds=0.0, pages=0, converted=False, booking=False,
            value=0, returning=False, visitor=0, number=0, named=False, campaign=0,
        ),
        "orders": Rows(
            person=0, number=0, channel=0, ordered=0, promised=-1, shipped=-1, delivered=-1, cancelled=False,
            returned=-1, total=0, freight=0, campaign=0, store=-1,
        ),
        "order_lines": Rows(
            person=0, order=0, line=0, product=0, quantity=1, amount=0, discount=0, ordered=0, returned=-1,
            campaign=0,
        ),
        "payments": Rows(person=0, order=0, method=0, instalments=1, amount=0, paid=0),
        "contracts": Rows(person=0, number=0, product=0, started=0, ended=-1, monthly=0, reason=-1),
        "costs": Rows(person=0, source=0, kind=0, function=0, touchpoint=-1, amount=0, at=0, campaign=0),
        "referrals": Rows(person=0, referred=0, at=0),
        "tickets": Rows(person=0, number=0, channel=0, at=0, cause=0),
    }  # fmt: skip


class Book:
    """One block: its people, what they own and feel, and the rows of every table."""

    def __init__(self, world: World, block: int, rng: np.random.Generator, people: People) -> None:
        n = len(people)
        self.world, self.block, self.rng, self.people = world, block, rng, people
        self.rows = _tables()
        self.encounters: dict[str, list[NDArray[Any]]] = {}
        self.given: dict[str, int] = {}
        known = people.arrival < 0
        start = int(world.clock.month_bounds[0])
        self.registered = np.where(known, start - rng.integers(1, 1800, n) * DAY, NEVER)
        self.owns = known & (rng.random(n) < 0.85)
        self.owns_ebike = self.owns & (rng.random(n) < 0.45)
        self.orders = known.astype(np.int64)
        self.visited = known.copy()
        self.session_end = np.full(n, -1, np.int64)
        self.mood = 0.6 * people.effect
        self.plan_from = np.full(n, NEVER)  # start of the running service plan
        self.plan_number = np.full(n, -1, np.int64)
        self.plan_product = np.full(n, -1, np.int64)
        self.plan_monthly = np.zeros(n, np.int64)
        self.referred_by = np.full(n, -1, np.int64)
        self.converted = np.zeros(n, bool)
        self.agrees = rng.random(n) < 0.9  # to be asked by the pulse
        self.moods: list[Floats] = []  # by month, at its beginning

    def numbers(self, kind: str, n: int) -> Ints:
        """The next `n` numbers of that kind, unique in the company."""
        first = self.given.get(kind, 0)
        self.given[kind] = first + n
        return self.block * BLOCK_NUMBERS + np.arange(first, first + n, dtype=np.int64)

    def here(self, month: int) -> Mask:
        """Who has come along by that month."""
        return self.people.arrival <= month

    def known(self, at: int) -> Mask:
        """Who is registered at an instant."""
        return self.registered <= at

    def register(self, person: Ints, at: Ints) -> None:
        """The company learns who they are, if it did not know before."""
        np.minimum.at(self.registered, person, at)

    def draw(self, rate: NDArray[Any]) -> Ints:
        """Positions of the persons to whom something happens, as often as it does (Poisson)."""
        return np.repeat(np.arange(len(rate)), self.rng.poisson(rate))

    def feel(
        self, person: Ints, touchpoint: Any, channel: Any, at: Ints, *, shift: Floats | None = None,
        team: Any = -1, hard: Any = False, order: Any = -1,
    ) -> Floats:  # fmt: skip
        """Draw what each occasion is like, six pillars on the 1-7 scale, and remember it; (n, 6)."""
        n = len(person)
        world, spread = self.world, self.world.parameters.spread
        where = np.broadcast_to(np.asarray(touchpoint, np.int64), (n,))
        how = np.broadcast_to(np.asarray(channel, np.int64), (n,))
        month = world.clock.month_of(at)
        x = world.levels[where, :, month] + world.channel_shift[how, :, month]
        x += self.people.effect[person][:, None] + self.rng.normal(0, spread.occasion, n)[:, None]
        x += self.rng.normal(0, spread.pillar, (n, 6))
        if shift is not None:
            x += shift
        self._remember(n, person=person, touchpoint=where, channel=how, at=at, month=month, x=x, team=team,
                       hard=hard, order=order, askable=True)  # fmt: skip
        return x

    def _remember(self, n: int, **columns: Any) -> None:
        for name, value in columns.items():
            array = value if name == "x" else np.broadcast_to(np.asarray(value), (n,))
            self.encounters.setdefault(name, []).append(array)

    def remembered(self, since: int = 0) -> dict[str, NDArray[Any]]:
        """All experiences so far, from the `since`-th piece on."""
        return {
            name: np.concatenate(pieces[since:]) for name, pieces in self.encounters.items() if pieces[since:]
        }

    def take_mood(self, pieces_before: int) -> None:
        """Move the mood by the month's experiences; see `Effects`."""
        effects, world = self.world.parameters.effects, self.world
        n = len(self.people)
        self.mood *= effects.fade
        seen = self.remembered(pieces_before)
        if not seen:
            return
        weight = world.salience[seen["touchpoint"]]
        total = np.bincount(seen["person"], weight, n)
        felt = np.bincount(seen["person"], weight * experience(seen["x"], world), n)
        moved = total > 0
        mean = felt[moved] / total[moved]
        # a month of small things moves the mood less than its full share
        share = (1 - effects.keep) * np.minimum(1, total[moved])
        self.mood[moved] = (1 - share) * self.mood[moved] / effects.fade + share * mean


def chance(rng: np.random.Generator, probability: Any, n: int) -> Mask:
    """Whether each of `n` things happens."""
    happens: Mask = rng.random(n) < probability
    return happens


def logistic(value: Any) -> Any:
    """Probability of log-odds."""
    return 1 / (1 + np.exp(-value))


def log_odds(probability: float) -> float:
    """Log-odds of a probability."""
    return float(np.log(probability / (1 - probability)))
