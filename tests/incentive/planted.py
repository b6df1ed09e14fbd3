"""A company whose cells play fair, but for those in which a kind of gaming was planted, with known answers.

Everything is drawn answer by answer (`fair`) and counted (`counted`) here, not by the code under test.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from counted import signals_of_cells
from fair import DAY, FAMILY, HISTORY, PERIOD, SECONDS, START, WORDS, Cell, fair_cell, scores

from viaggio.incentive.detectors import Detector, Signals

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """Signals of a company, which gaming was planted in which cell, and the answers that should not count."""

    signals: Signals
    cells: Mapping[str, Detector | None]
    fakes: Mapping[str, frozenset[str]]
    curves: Mapping[str, bool]
    """By measure, whether cells were pushed just above a curve point."""


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
