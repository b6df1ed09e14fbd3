"""Signals of drawn cells, counted here and not by the code under test; games around the answers are too."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from fair import DAY, HISTORY, PERIOD, SECONDS, START, Cell, scores

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

MICROS = 1_000_000


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
