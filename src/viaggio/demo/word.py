"""Word of mouth: recommendations that bring somebody, public reviews, posts."""

from dataclasses import dataclass

import numpy as np

from viaggio.demo.book import NEVER, Book, Floats, Ints, chance
from viaggio.demo.clock import DAY, HOUR, draw_times
from viaggio.demo.company import T
from viaggio.demo.world import SALIENCE, experience

REVIEWED = np.array(
    [SALIENCE.get(slug, 0.0) >= 0.5 and slug not in {"advice", "complaint", "invoice"} for slug in T]
)


@dataclass(frozen=True, slots=True)
class Written:
    """Public texts about experiences; `stars` is 1 to 5, `reach` how many saw a post."""

    person: Ints
    touchpoint: Ints
    channel: Ints
    at: Ints
    stars: Ints
    pillar: Ints
    sentiment: Ints
    order: Ints
    reach: Ints


def month_of_referrals(book: Book, month: int) -> None:
    """Some of the month's newcomers were sent by customers, the happy ones more often."""
    rng, people, effects = book.rng, book.people, book.world.parameters.effects
    known = book.known(int(book.world.clock.month_bounds[month]))
    sent = book.draw(effects.referrals_a_month * np.exp(effects.referral_log * book.mood) * known)
    new = np.flatnonzero((people.arrival == month) & ~people.b2b & (book.registered == NEVER))
    rng.shuffle(sent)
    rng.shuffle(new)
    n = min(len(sent), len(new))
    at = draw_times(rng, book.world.clock, month, "social", n)
    book.referred_by[new[:n]] = sent[:n]
    book.register(new[:n], at)
    book.rows["referrals"].add(n, person=sent[:n], referred=new[:n], at=at)


def reviews(book: Book) -> tuple[Written, Written]:
    """Reviews and posts about the block's experiences; people write more after good, most after bad ones."""
    world, rng, effects = book.world, book.rng, book.world.parameters.effects
    seen = book.remembered()
    order = np.lexsort((seen["at"], seen["person"]))
    seen = {name: values[order] for name, values in seen.items()}
    known = (book.registered[seen["person"]] <= seen["at"]) & ~book.people.b2b[seen["person"]]
    felt = experience(seen["x"], world)
    urge = np.exp(
        effects.review_log_good * np.maximum(felt, 0) + effects.review_log_bad * np.maximum(-felt, 0)
    )
    urge = urge * known * REVIEWED[seen["touchpoint"]]
    found = []
    for share in (effects.review_share, effects.post_share):
        rows = np.flatnonzero(chance(rng, np.minimum(share * urge, 1), len(urge)))
        at = seen["at"][rows] + (rng.exponential(60, len(rows)) + 3).astype(np.int64) * HOUR
        inside = at < world.clock.until
        found.append(
            _written(
                book, {name: v[rows[inside]] for name, v in seen.items()}, at[inside], felt[rows[inside]]
            )
        )
    return found[0], found[1]


def _written(book: Book, seen: dict[str, Ints], at: Ints, felt: Floats) -> Written:
    rng, n = book.rng, len(at)
    stars = np.clip(np.rint(4.3 + 1.3 * felt + rng.normal(0, 0.5, n)), 1, 5).astype(np.int64)
    deviation = seen["x"] - np.median(seen["x"], axis=1)[:, None]
    sentiment = np.where(stars <= 2, 0, np.where(stars == 3, 1, 2))
    pillar = np.where(sentiment == 0, deviation.argmin(axis=1), deviation.argmax(axis=1))
    bad = sentiment == 0
    reach = rng.lognormal(np.where(bad, 5.4, 4.6), 0.9, n).astype(np.int64) + 10
    at = np.minimum(at, book.world.clock.until - DAY // 24)
    return Written(
        seen["person"],
        seen["touchpoint"],
        seen["channel"],
        at,
        stars,
        pillar,
        sentiment,
        seen["order"],
        reach,
    )
