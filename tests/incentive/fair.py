"""Cells of a company that play fair, answer by answer.

What is fair is not clean of noise: cells differ in level, weeks in mood, answers crowd after mailings and by
day, couples share a device, people write the same stock phrases, some employees are customers.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from viaggio.incentive.detectors import Detector

DAY = 86_400
HISTORY, PERIOD = 26, 13
"""Weeks before the period, and of it."""

SECONDS = (HISTORY + PERIOD) * 7 * DAY
START = HISTORY * 7 * DAY
FAMILY = 12
"""Cells under one parent."""

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
