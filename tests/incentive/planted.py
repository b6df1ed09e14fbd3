"""A company whose cells play fair, but for those in which a kind of gaming was planted, with known answers.

Everything is drawn answer by answer and counted here, not by the code under test. What is fair is not clean
of noise: cells differ in level, weeks in mood, answers crowd after mailings and by day, couples share a
device, people write the same stock phrases, some employees are customers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from viaggio.incentive.detectors import Detector, Signals
from viaggio.incentive.detectors.audit import Audited
from viaggio.incentive.detectors.begging import Begging
from viaggio.incentive.detectors.bunching import Ending, Reached
from viaggio.incentive.detectors.coverage import Invited
from viaggio.incentive.detectors.duplicates import Given
from viaggio.incentive.detectors.model import Count, Votes
from viaggio.incentive.detectors.pleas import tells_of_a_plea
from viaggio.incentive.detectors.shift import Weeks
from viaggio.incentive.detectors.staff import Answered, Staff
from viaggio.incentive.detectors.timing import Timed
from viaggio.incentive.detectors.triangulation import Compared

DAY = 86_400
HISTORY, PERIOD = 26, 13
"""Weeks before the period, and of it."""

SECONDS = (HISTORY + PERIOD) * 7 * DAY
START = HISTORY * 7 * DAY
MICROS = 1_000_000
FAMILY = 12
"""Cells under one parent."""

PLEAS = (
    "L'operatrice mi ha chiesto di mettere 10.",
    "Il tecnico mi ha detto di dare dieci, quindi metto dieci.",
    "Mi hanno detto che conta solo il 10.",
    "Mi ha pregato di dare il massimo dei voti, va bene così.",
    "Mi è stato chiesto di dare 10 perché il voto vale per il premio.",
    "Il ragazzo ha insistito e mi ha chiesto un 10.",
    "The agent asked me to give a 10.",
    "I was told that only a 10 counts, so here it is.",
    "They begged me for the top score.",
    "She said anything below a 10 is a fail for her.",
    "He asked me to put ten because his bonus depends on the score.",
)
STOCK = (
    "tutto bene grazie mille per la gentilezza e la rapidità del servizio",
    "ottimo servizio personale gentile e preparato lo consiglio a tutti quanti",
    "everything went very well thank you for the quick and friendly service",
)
WORDS = tuple(
    f"{first}{middle}{last}"
    for first in "bcdfglmnprst"
    for middle in ("ala", "era", "ilo", "ona", "uta", "este")
    for last in ("re", "ndo", "to", "ia", "mente", "le")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """Signals of a company, which gaming was planted in which cell, and the answers that should not count."""

    signals: Signals
    cells: Mapping[str, Detector | None]
    fakes: Mapping[str, frozenset[str]]
    curves: Mapping[str, bool]
    """By measure, whether cells were pushed just above a curve point."""


@dataclass(slots=True)
class Cell:
    """Answers of one cell as arrays, before counting."""

    name: str
    game: Detector | None
    at: Any  # seconds since the start of the history
    score: Any
    waited: Any
    took: Any
    device: list[str]
    customer: list[str]
    text: list[str]
    contacts: list[frozenset[str]]
    network: list[str]
    begged: Any
    fakes: set[str] = field(default_factory=set)

    def add(self, chance: Any, at: Any, score: Any, **changed: Any) -> list[str]:
        """More answers, otherwise as anybody's; names of the responses."""
        n, first = len(at), len(self.at)
        self.at = np.concatenate([self.at, at])
        self.score = np.concatenate([self.score, score])
        self.waited = np.concatenate([self.waited, changed.get("waited", waits(chance, n))])
        self.took = np.concatenate([self.took, changed.get("took", takes(chance, n))])
        self.begged = np.concatenate([self.begged, np.zeros(n, bool)])
        names = [f"{self.name}-{i}" for i in range(first, first + n)]
        self.device += changed.get("device", [f"d{one}" for one in names])
        self.customer += changed.get("customer", [f"c{one}" for one in names])
        self.text += changed.get("text", [comment(chance) for _ in names])
        self.contacts += changed.get("contacts", [frozenset({f"h{one}"}) for one in names])
        self.network += changed.get("network", [f"n{chance.integers(4000)}" for _ in names])
        return names


# --- what is fair ----------------------------------------------------------------------------------------


def moments(chance: Any, n: int) -> Any:
    """When answers come: a fifth within the hours after a weekly mailing, by day more than at night."""
    weeks = HISTORY + PERIOD
    mailed = chance.random(n) < 0.2
    after = chance.integers(weeks, size=n) * 7 * DAY + 9 * 3600 + chance.exponential(2 * 3600, n)
    spread = chance.integers(weeks * 7, size=n) * DAY + np.clip(chance.normal(15, 4, n), 0, 23.9) * 3600
    return np.where(mailed, after, spread) % SECONDS


def scores(chance: Any, level: Any, size: int | None = None) -> Any:
    """Answers from 0 to 10 that lean to `level`."""
    return np.clip(np.rint(chance.normal(level, 2.1, size)), 0, 10).astype(int)


def waits(chance: Any, n: int) -> Any:
    """Seconds from the invitation to the answer; one in five hundred is on the phone already."""
    return np.where(chance.random(n) < 0.002, 8.0, 30 + chance.lognormal(9, 1.5, n))


def takes(chance: Any, n: int) -> Any:
    """Seconds that answering takes."""
    return 15 + chance.lognormal(4.2, 0.6, n)


def comment(chance: Any) -> str:
    """Nothing, a stock phrase, or words of one's own."""
    kind = chance.random()
    if kind < 0.6:
        return ""
    if kind < 0.63:
        return STOCK[int(chance.integers(len(STOCK)))]
    return " ".join(WORDS[place] for place in chance.integers(len(WORDS), size=int(chance.integers(4, 18))))


def fair_cell(chance: Any, name: str, mood: Any) -> Cell:
    """Answers of a cell that plays fair: 12 to 45 a week."""
    n = int(chance.integers(12, 45)) * (HISTORY + PERIOD)
    at = np.sort(moments(chance, n))
    week = (at // (7 * DAY)).astype(int)
    level = chance.normal(8, 0.4) + mood[week] + chance.normal(0, 0.1, HISTORY + PERIOD)[week]
    names = [f"{name}-{i}" for i in range(n)]
    device = [f"d{one}" for one in names]
    for place in chance.choice(np.arange(1, n), size=n // 150, replace=False):  # couples share a device
        device[place] = device[int(chance.integers(place))]
    customer = [f"c{one}" for one in names]
    for place in chance.choice(np.arange(1, n), size=n // 300, replace=False):  # asked twice too soon
        customer[place] = customer[place - 1]
    contacts = [frozenset({f"h{one}"}) for one in names]
    for place in chance.choice(n, size=n // 250, replace=False):  # employees who are customers
        contacts[place] = frozenset({f"staff{chance.integers(300)}"})
    return Cell(
        name=name, game=None, at=at, score=scores(chance, level), waited=waits(chance, n),
        took=takes(chance, n), device=device, customer=customer, text=[comment(chance) for _ in names],
        contacts=contacts, network=[f"n{one}" for one in chance.integers(4000, size=n)],
        begged=np.zeros(n, bool),
    )  # fmt: skip


# --- what is planted -------------------------------------------------------------------------------------


def plant_begging(chance: Any, cell: Cell) -> None:
    """Nearly half of the period's customers are asked for a ten, and mostly give it."""
    begged = (cell.at >= START) & (chance.random(len(cell.at)) < 0.45)
    cell.begged |= begged
    cell.score = np.where(begged, np.clip(cell.score + 2, 0, 10), cell.score)
    for place in np.flatnonzero(begged):
        if cell.text[place] and chance.random() < 0.15:
            cell.text[place] = f"{chance.choice(PLEAS)} {cell.text[place]}"


def plant_timing(chance: Any, cell: Cell) -> None:
    """One sitting: a dozen forms filled in from one network, or at once, or faster than one can read."""
    way, n = chance.integers(3), int(chance.integers(12, 25))
    at = chance.uniform(START, SECONDS - DAY, n)
    more: dict[str, Any] = {}
    if way == 0:
        at = chance.uniform(START, SECONDS - DAY) + np.sort(chance.uniform(0, 900, n))
        more["device"] = ["dX" + cell.name] * n
    elif way == 1:
        more["waited"] = chance.uniform(2, 12, n)
    else:
        more["took"] = chance.uniform(4, 14, n)
    cell.add(chance, at, np.full(n, 10), **more)


def plant_duplicates(chance: Any, cell: Cell) -> None:
    """A dozen answers given again: by the same customers, from one device, or with copied words."""
    way, n = chance.integers(3), int(chance.integers(10, 20))
    at = START + np.sort(chance.uniform(0, 20 * DAY, n + 1))
    more: dict[str, Any] = {}
    if way == 0:
        more["customer"] = [f"cX{cell.name}"] * (n + 1)
    elif way == 1:
        more["device"] = [f"dX{cell.name}"] * (n + 1)
    else:
        words = list(chance.choice(WORDS, size=14, replace=False))
        more["text"] = [
            " ".join([*words, str(chance.choice(WORDS))]).capitalize() + "!" * i for i in range(n + 1)
        ]
    names = cell.add(chance, at, np.full(n + 1, 10), **more)
    cell.fakes |= set(names[1:])


def plant_staff(chance: Any, cell: Cell) -> None:
    """Colleagues answer: some with the address that HR knows, some from the office."""
    n = int(chance.integers(12, 20))
    home = chance.random(n) < 0.6
    at = chance.uniform(START, SECONDS, n)
    contacts = [
        frozenset({f"staff{chance.integers(300)}"}) if one else frozenset({f"hX{i}"})
        for i, one in enumerate(home)
    ]
    network = ["n5" if one else "office" for one in home]
    cell.fakes |= set(cell.add(chance, at, np.full(n, 10), contacts=contacts, network=network))


def plant_shift(chance: Any, cell: Cell) -> None:
    """From some week on another level, or the middle of the scale gone to both ends."""
    since = START + int(chance.integers(1, 5)) * 7 * DAY
    late = cell.at >= since
    if chance.random() < 0.5:
        sign = chance.choice([-1, 1])
        cell.score = np.where(late, np.clip(cell.score + sign * 1, 0, 10), cell.score)
        return
    ends = late & (chance.random(len(cell.at)) < 0.4)
    cell.score = np.where(ends, np.where(chance.random(len(cell.at)) < 0.75, 10, 2), cell.score)


def plant_surge(chance: Any, cell: Cell) -> None:
    """In the last ten days the unhappy are told to wait, and the happy are called."""
    late = cell.at >= SECONDS - 10 * DAY
    cell.score = np.where(late & (cell.score <= 8), scores(chance, 9.4, len(cell.at)), cell.score)
    n = int(late.sum())
    cell.add(chance, chance.uniform(SECONDS - 10 * DAY, SECONDS, n), scores(chance, 9.4, n))


PLANTS = {
    Detector.BEGGING: plant_begging, Detector.TIMING: plant_timing, Detector.DUPLICATES: plant_duplicates,
    Detector.STAFF: plant_staff, Detector.SHIFT: plant_shift, Detector.BUNCHING: plant_surge,
}  # fmt: skip
"""Games that are played with the answers; the others are played around them (`around`)."""


# --- counting --------------------------------------------------------------------------------------------


def company(seed: int, *, families: int, each: int) -> Planted:
    """`families` parents of twelve cells; of every kind of gaming `each` cells, the others fair."""
    chance = np.random.default_rng(seed)
    names = [f"u{family:02d}-{place:02d}" for family in range(families) for place in range(FAMILY)]
    games: list[Detector | None] = [detector for detector in Detector for _ in range(each)]
    games += [None] * (len(names) - len(games))
    # at most a few players among peers: cells are dealt out one family after the other
    order = sorted(range(len(names)), key=lambda place: (place % FAMILY, place))
    played = {names[place]: game for place, game in zip(order, games, strict=True)}
    mood = chance.normal(0, 0.1, HISTORY + PERIOD)
    cells = []
    for name in names:
        cell = fair_cell(chance, name, mood)
        cell.game = played[name]
        if cell.game in PLANTS:
            PLANTS[cell.game](chance, cell)
        cells.append(cell)
    curves = {f"m{number}": number % 4 == 0 for number in range(8)}
    return Planted(
        signals=signals_of_cells(chance, cells, curves), cells=played,
        fakes={cell.name: frozenset(cell.fakes) for cell in cells if cell.fakes}, curves=curves,
    )  # fmt: skip


def signals_of_cells(chance: Any, cells: Sequence[Cell], curves: Mapping[str, bool]) -> Signals:
    """Everything counted; the parent of a cell is its family."""
    parents = {cell.name: cell.name[:3] for cell in cells}
    weekly = {cell.name: by_week(cell) for cell in cells}
    totals: dict[str, Any] = {}
    for cell in cells:
        parent = parents[cell.name]
        totals[parent] = totals.get(parent, 0) + weekly[cell.name]
    around = {cell.name: around_of(chance, cell) for cell in cells}
    return Signals(
        parents=parents,
        invited={name: one["invited"] for name, one in around.items()},
        marked={name: one["marked"] for name, one in around.items()},
        begging={cell.name: begging_of(chance, cell) for cell in cells},
        timed={cell.name: tuple(timed_of(cell)) for cell in cells},
        given={cell.name: tuple(given_of(cell)) for cell in cells},
        answered={cell.name: tuple(answered_of(cell)) for cell in cells},
        staff=Staff(
            contacts=frozenset(f"staff{n}" for n in range(300)), networks=frozenset({"office"})
        ),
        weeks={
            name: Weeks(own=own, rest=totals[parents[name]] - own, first=HISTORY)
            for name, own in weekly.items()
        },
        audited={name: one["audited"] for name, one in around.items()},
        compared={name: one["compared"] for name, one in around.items()},
        endings={cell.name: ending_of(cell) for cell in cells},
        reached=tuple(reached_of(chance, curves)),
    )  # fmt: skip


def inside(cell: Cell) -> list[int]:
    """Places of the answers of the period."""
    return [int(place) for place in np.flatnonzero(cell.at >= START)]


def by_week(cell: Cell) -> Any:
    """Answers from 0 to 10 by week."""
    counts = np.zeros((HISTORY + PERIOD, 11), int)
    np.add.at(counts, ((cell.at // (7 * DAY)).astype(int), cell.score.astype(int)), 1)
    return counts


def votes(score: Any) -> Votes:
    """Promoters, passives, detractors."""
    promoters, detractors = int((score >= 9).sum()), int((score <= 6).sum())
    return Votes(promoters, len(score) - promoters - detractors, detractors)


def around_of(chance: Any, cell: Cell) -> dict[str, Any]:
    """Who was invited, marked, audited; what customers did: planted where the cell plays that game."""
    game = cell.game
    easy, hard = int(chance.integers(800, 2500)), int(chance.integers(120, 350))
    rate = chance.uniform(0.3, 0.8)
    picked = 0.5 if game is Detector.COVERAGE else 1.0
    bad = int(chance.integers(80, 250))
    off_the_list = chance.uniform(0.15, 0.3) if game is Detector.SUPPRESSION else 0.02
    now, before = cell.score[cell.at >= START], cell.score[cell.at < START]
    hidden = scores(chance, float(now.mean()), int(chance.integers(15, 120)))
    if game is Detector.AUDIT:  # what the cell shows is better than what is true
        hidden = np.clip(scores(chance, float(now.mean()) - 2.2, int(chance.integers(40, 120))), 0, 10)
    base = int(chance.integers(900, 2500))
    harms = {"complaints": 0.05, "returns": 0.08, "churn": 0.03}
    risen = str(chance.choice(list(harms))) if game is Detector.TRIANGULATION else ""
    if risen:
        now = np.clip(now + (chance.random(len(now)) < 0.5) * 2, 0, 10)
    return {
        "invited": Invited(
            eligible_easy=easy, invited_easy=int(chance.binomial(easy, rate)),
            eligible_hard=hard, invited_hard=int(chance.binomial(hard, rate * picked)),
        ),
        "marked": Count(int(chance.binomial(bad, off_the_list)), bad),
        "audited": Audited(audit=votes(hidden), ordinary=votes(now)),
        "compared": Compared(
            now=votes(now), before=votes(before),
            harms={
                kind: (
                    Count(int(chance.binomial(base, share * (1.9 if kind == risen else 1.0))), base),
                    Count(int(chance.binomial(2 * base, share)), 2 * base),
                )
                for kind, share in harms.items()
            },
        ),
    }  # fmt: skip


def begging_of(chance: Any, cell: Cell) -> Begging:
    """Every tenth is asked whether somebody asked for a score; one in a hundred says so for no reason."""
    now = cell.at >= START
    asked = now & (chance.random(len(cell.at)) < 0.1)
    says = np.where(cell.begged, chance.random(len(cell.at)) < 0.6, chance.random(len(cell.at)) < 0.01)
    high = cell.score >= 8
    told = [cell.text[place] for place in np.flatnonzero(now) if cell.text[place]]
    return Begging(
        item=Count(int((asked & says).sum()), int(asked.sum())),
        texts=Count(sum(map(tells_of_a_plea, told)), len(told)),
        tens=Count(int((now & (cell.score == 10)).sum()), int((now & high).sum())),
        tens_before=Count(int((~now & (cell.score == 10)).sum()), int((~now & high).sum())),
    )


def timed_of(cell: Cell) -> list[Timed]:
    return [
        Timed(response=f"{cell.name}-{i}", at=int(cell.at[i] * MICROS), waited=float(cell.waited[i]),
              took=float(cell.took[i]), source=cell.device[i] if "X" in cell.device[i] else cell.network[i])
        for i in inside(cell)
    ]  # fmt: skip


def given_of(cell: Cell) -> list[Given]:
    return [
        Given(response=f"{cell.name}-{i}", at=int(cell.at[i] * MICROS), customer=cell.customer[i],
              device=cell.device[i], touchpoint="help", text=cell.text[i], before=bool(cell.at[i] < START))
        for i in range(len(cell.at))
    ]  # fmt: skip


def answered_of(cell: Cell) -> list[Answered]:
    return [
        Answered(response=f"{cell.name}-{i}", contacts=cell.contacts[i], network=cell.network[i])
        for i in inside(cell)
    ]


def ending_of(cell: Cell) -> Ending:
    now, last = cell.at >= START, cell.at >= SECONDS - 10 * DAY
    counts = [np.bincount(cell.score[part].astype(int), minlength=11) for part in (now & ~last, last)]
    return Ending(earlier=counts[0], last=counts[1])


def reached_of(chance: Any, curves: Mapping[str, bool]) -> list[Reached]:
    """A hundred cells a measure; where it is planted, most just below a point were helped over it."""
    points = (30.0, 36.0, 42.0)
    found = []
    for measure, pushed in curves.items():
        for number in range(100):
            value = float(chance.normal(36, 5))
            if pushed and any(0 < point - value <= 1 for point in points) and chance.random() < 0.85:
                value = min(point for point in points if point > value) + float(chance.uniform(0, 0.6))
            found.append(Reached(cell=f"{measure}-{number}", measure=measure, value=value, points=points))
    return found
