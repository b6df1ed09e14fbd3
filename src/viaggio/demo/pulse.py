"""Whom the pulse asks, who answers, and what: items, recommendation, satisfaction, ease."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viaggio.demo.book import Book, Floats, Ints, Mask, chance, logistic
from viaggio.demo.clock import DAY, HOUR, draw_times
from viaggio.demo.company import PILLARS, TEAM, TEAMS, C, T
from viaggio.demo.model import MONTHS, Asking, Recommend
from viaggio.demo.world import World, experience, recommendation_of

ITEMS = (
    "recommend",
    "satisfaction",
    "ease",
    *PILLARS,
    *(f"{pillar}_2" for pillar in PILLARS),
    "asked_for_score",
)
RECOMMEND, SATISFACTION, EASE, FIRST_PILLAR, SECOND_PILLAR, CONTROL = 0, 1, 2, 3, 9, 15
METRICS = ("nps", "csat", "ces", *(("pillar",) * 12), "control")
SCALES = ((0.0, 10.0), (1.0, 5.0), (1.0, 7.0), *(((1.0, 7.0),) * 12), (0.0, 1.0))
RELATIONSHIP = -1
"""Touchpoint code of the pulse about the company as a whole."""
RELATIONSHIP_MONTHS = (2, 8, 14, 20)
RELATIONSHIP_SHARE = 0.22


@dataclass(frozen=True, slots=True)
class Asked:
    """Invitations of the pulse, as columns; `x` is what the experience was like, six pillars."""

    person: Ints
    touchpoint: Ints
    channel: Ints
    at: Ints
    month: Ints
    x: Floats
    team: Ints
    hard: Mask
    order: Ints
    probability: Floats

    def __len__(self) -> int:
        return len(self.person)

    def at_rows(self, rows: Any) -> "Asked":
        """These invitations only."""
        return Asked(*(getattr(self, field.name)[rows] for field in fields(self)))


@dataclass(frozen=True, slots=True)
class Considered:
    """Everybody whom one pulse could have asked; `drawn` by chance, and `asked` when rest allowed it."""

    units: Asked
    agrees: Mask
    drawn: Mask
    asked: Mask


@dataclass(frozen=True, slots=True)
class Answered:
    """Responses: which invitation each belongs to, when, and all its values (NaN where not answered)."""

    asked: Asked
    number: Ints
    invitation: Ints
    at: Ints
    values: Floats  # (n, len(ITEMS))
    begged: Mask
    pillar: Ints  # the pillar that the comment is about
    sentiment: Ints  # 0 bad, 1 mixed, 2 good
    comments: Mask


def begging(world: World, team: Ints, month: NDArray[Any]) -> Mask:
    """Where the team that begs for good scores was at work."""
    what = world.parameters.begging
    found: Mask = (team == TEAM[what.team]) & (month >= what.first_month - 1)
    return found


def _probability(world: World, touchpoint: Ints, team: Ints, month: Ints, hard: Mask) -> Floats:
    what = world.parameters.begging
    factor = np.where(hard, what.invite_hard, what.invite_easy)
    share = world.asked[touchpoint] * np.where(begging(world, team, month), factor, 1.0)
    return np.minimum(share, 1.0)


def rested(person: Ints, at: Ints, rest: int) -> Mask:
    """Which events are kept when each person is left alone for `rest` after a kept one; greedy in time."""
    order = np.lexsort((at, person))
    base = int(at.min()) if len(at) else 0
    width = (int(at.max()) - base if len(at) else 0) + rest + 1
    place = person[order] * width + (at[order] - base)
    keep = np.zeros(len(at), bool)
    current = np.flatnonzero(np.diff(person[order], prepend=-1) != 0)
    owner = person[order]
    while len(current):
        keep[order[current]] = True
        following = np.searchsorted(place, place[current] + rest)
        inside = following < len(place)
        inside[inside] = owner[following[inside]] == owner[current[inside]]
        current = following[inside]
    return keep


def ask(book: Book) -> Considered:
    """Draw the invitations of a block out of all experiences; only registered persons who agree are asked."""
    seen, world = book.remembered(), book.world
    order = np.lexsort((seen["at"], seen["person"]))
    seen = {name: values[order] for name, values in seen.items()}
    agrees = book.agrees[seen["person"]]
    probability = _probability(world, seen["touchpoint"], seen["team"], seen["month"], seen["hard"])
    could = (book.registered[seen["person"]] <= seen["at"]) & seen["askable"] & (probability > 0)
    could &= seen["at"] < world.clock.until
    drawn = could & agrees & chance(book.rng, probability, len(could))
    rows = np.flatnonzero(drawn)
    kept = rows[rested(seen["person"][rows], seen["at"][rows], world.parameters.asking.rest_days * DAY)]
    asked = np.zeros(len(could), bool)
    asked[kept] = True
    columns = {name: values[could] for name, values in seen.items() if name != "askable"}
    units = Asked(**columns, probability=probability[could])
    return Considered(units, agrees[could], drawn[could], asked[could])


def ask_about_company(book: Book) -> Asked:
    """Invitations of the half-yearly pulse about the company; mood and person make the experience."""
    rng, world = book.rng, book.world
    persons, months, times = [], [], []
    for wave in RELATIONSHIP_MONTHS:
        known = (book.registered <= int(world.clock.month_bounds[wave])) & book.agrees
        who = np.flatnonzero(known & chance(rng, RELATIONSHIP_SHARE, len(known)))
        persons.append(who)
        months.append(np.full(len(who), wave))
        times.append(draw_times(rng, world.clock, wave, "office", len(who)))
    person, month, at = np.concatenate(persons), np.concatenate(months), np.concatenate(times)
    return _about_company(book, rng, person, month, at)


def _about_company(book: Book, rng: np.random.Generator, person: Ints, month: Ints, at: Ints) -> Asked:
    spread, n = book.world.parameters.spread, len(person)
    x = book.world.parameters.recommend.centre + np.array(book.moods)[month, person][:, None]
    x = x + 0.6 * book.people.effect[person][:, None] + rng.normal(0, spread.occasion, n)[:, None]
    x = x + rng.normal(0, spread.pillar, (n, 6))
    nothing = np.full(n, -1)
    return Asked(person, nothing, np.full(n, C["email"]), at, month, x, nothing, np.zeros(n, bool), nothing,
                 np.full(n, RELATIONSHIP_SHARE))  # fmt: skip


def consider_company(book: Book, rng: np.random.Generator, asked: Asked) -> Considered:
    """Everybody registered at the beginning of each half-yearly wave, those who were asked among them.

    `rng` is not the book's: what the others would have lived changes nothing that was drawn before.
    """
    clock, persons, months = book.world.clock, list[Ints](), list[Ints]()
    for wave in RELATIONSHIP_MONTHS:
        known = np.flatnonzero(book.registered <= int(clock.month_bounds[wave]))
        left = np.setdiff1d(known, asked.person[asked.month == wave])
        persons.append(left)
        months.append(np.full(len(left), wave))
    person, month = np.concatenate(persons), np.concatenate(months)
    others = _about_company(book, rng, person, month, clock.month_bounds[month])
    n = (len(asked), len(others))
    units = Asked(*(np.concatenate([getattr(asked, f.name), getattr(others, f.name)]) for f in fields(Asked)))
    was = np.repeat([True, False], n)
    return Considered(units, book.agrees[units.person], was, was)


def answer_log_odds(x: Floats, *, b2b: Mask, app: Mask, english: Mask, world: World) -> Floats:
    """Log-odds of answering; see `Asking`."""
    what: Asking = world.parameters.asking
    odds: Floats = (
        what.intercept + what.experience * experience(x, world)
        + what.b2b * b2b + what.app * app + what.english * english
    )  # fmt: skip
    return odds


def _items(rng: np.random.Generator, x: Floats, sd: float) -> Floats:
    whole: Floats = np.clip(np.rint(x + rng.normal(0, sd, x.shape)), 1, 7)
    return whole


def potential(world: World, rng: np.random.Generator, asked: Asked) -> tuple[Floats, Mask]:
    """What everybody asked would answer, all items, and whether after a plea; (n, len(ITEMS))."""
    n = len(asked)
    recommend: Recommend = world.parameters.recommend
    what = world.parameters.begging
    first, second = (_items(rng, asked.x, world.parameters.spread.item) for _ in range(2))
    company = asked.touchpoint == RELATIONSHIP
    begged = begging(world, asked.team, asked.month) & chance(rng, what.begged_share, n)
    first = np.minimum(first + what.item_lift * begged[:, None], 7)
    basis = np.where(company[:, None], (first + second) / 2, first)
    said = recommendation_of(basis, recommend, rng.normal(0, recommend.noise, n))
    said = np.where(begged, np.minimum(said + what.recommend_lift, 10), said)
    mean = basis @ world.weights - recommend.centre
    satisfied = recommend.satisfaction_at_centre + recommend.satisfaction_per_point * mean
    satisfied = satisfied + rng.normal(0, recommend.satisfaction_noise, n)
    ease = recommend.ease_at_centre + recommend.ease_time_effort * (basis[:, 2] - recommend.centre)
    ease = ease + rng.normal(0, recommend.ease_noise, n)
    care = (asked.team >= 0) & (asked.team < 4) & chance(rng, world.parameters.asking.control_share, n)
    yes = chance(rng, np.where(begged, what.control_yes, what.control_yes_elsewhere), n)
    values = np.concatenate([
        np.stack([said, np.clip(np.rint(satisfied), 1, 5), np.clip(np.rint(ease), 1, 7)], axis=1),
        first,
        np.where(company[:, None], second, np.nan),
        np.where(care, yes, np.nan)[:, None],
    ], axis=1)  # fmt: skip
    return values, begged


def answer(book: Book, asked: Asked) -> tuple[Answered, Mask, Floats]:
    """Who answers and what; also the mask of those who do and everybody's potential values."""
    rng, people, n = book.rng, book.people, len(asked)
    values, begged = potential(book.world, rng, asked)
    person = asked.person
    odds = answer_log_odds(asked.x, b2b=people.b2b[person], app=asked.channel == C["app"],
                           english=people.english[person], world=book.world)  # fmt: skip
    at = asked.at + 2 * HOUR + np.minimum(rng.exponential(26, n) * HOUR, 9 * DAY).astype(np.int64)
    does = chance(rng, logistic(odds), n) & (at < book.world.clock.until)
    rows = np.flatnonzero(does)
    given = values[rows].copy()
    skipped = rng.random(given.shape) < 0.03
    skipped[:, RECOMMEND] = False
    given[skipped] = np.nan
    invitation = book.numbers("invitation", n)[rows]
    return _answered(book, asked.at_rows(rows), at[rows], given, begged[rows], invitation), does, values


def _answered(  # noqa: PLR0917 -- one call, columns of one table
    book: Book, asked: Asked, at: Ints, given: Floats, begged: Mask, invitation: Ints
) -> Answered:
    rng, n = book.rng, len(at)
    said = given[:, RECOMMEND]
    sentiment = np.where(said <= 6, 0, np.where(said <= 8, 1, 2))
    deviation = asked.x - np.median(asked.x, axis=1)[:, None] + rng.normal(0, 0.15, (n, 6))
    pillar = np.where(sentiment == 0, deviation.argmin(axis=1), deviation.argmax(axis=1))
    strong = np.where(sentiment == 1, 0.75, 1.15)
    comments = chance(rng, book.world.parameters.asking.comment_share * strong, n)
    number = book.numbers("response", n)
    return Answered(asked, number, invitation, at, given, begged, pillar, sentiment, comments)


SHAPE = (len(T) + 1, MONTHS, len(TEAMS) + 1, 2, 2)
"""Touchpoint (the last one: the company), month, team (the last one: none), hard, answered."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the invitations: number, promoters less detractors, experience; by cell of `SHAPE`."""

    n: Floats
    net: Floats
    experience: Floats

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.n + other.n, self.net + other.net, self.experience + other.experience)


def tally(world: World, asked: Asked, answered: Mask, values: Floats) -> Tally:
    """Count these invitations; `values` is what everybody would answer."""
    where = (asked.touchpoint % SHAPE[0], asked.month, asked.team % SHAPE[2], asked.hard * 1, answered * 1)
    cell = np.ravel_multi_index(where, SHAPE)
    said = values[:, RECOMMEND]
    net: Floats = (said >= 9).astype(np.float64) - (said <= 6)

    def total(weight: Floats) -> Floats:
        found: Floats = np.bincount(cell, weight, int(np.prod(SHAPE))).reshape(SHAPE)
        return found

    return Tally(total(np.ones(len(asked))), total(net), total(experience(asked.x, world)))
