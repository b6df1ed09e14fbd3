"""How often a screen cries wolf, and how often the intervals cover: `python benchmarks/false_alarms.py`.

Answers of a company where nothing changes are simulated, clustered by account: of each account one to five
contacts answer, alike to some extent, and a third of the accounts answers in both waves. Everything goes the
way of real answers: index, walk, estimate, verdict. Printed are

- of so many periods the share in which anything on the screen was said to have improved (at most 5 % held);
- of so many samples of n answers the share whose 95 % interval holds the true value, weighted and not.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from viaggio.estimate.monitor import Verdict, verdicts
from viaggio.measure.catalogue import metric
from viaggio.measure.scores import rows_of
from viaggio.pulse.index import BASE, CODED, Answers, build
from viaggio.pulse.kernels.question import Question, ask
from viaggio.store.changes import difference_of

SIZES, SIZE_SHARES = (1, 2, 3, 4, 5), (0.40, 0.25, 0.15, 0.12, 0.08)
ALIKE = 0.2
"""Share of the variance between answers that is between accounts."""

AGAIN = 0.35
"""Share of accounts that answer in both waves."""

SCREEN = ("nps", "csat_top", *(f"pillar_{name}" for name in (
    "personalisation", "expectations", "time_effort", "integrity", "resolution", "empathy")))  # fmt: skip
COVERED = ("nps", "csat_top", "pillar_personalisation")
TOUCHPOINTS = 3
SCALES = [(0.0, 10.0), (1.0, 5.0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Responses: replicate, wave (0 or 1), account, and the leaning of each response to each of `items`."""

    replicate: Any
    wave: Any
    account: Any
    leaning: Any
    weight: Any


def sample(chance: Any, replicates: int, n: int, items: int, *, waves: int, weighted: bool) -> Asked:
    """`n` answers per replicate and wave; accounts of wave 1 are partly those of wave 0."""
    many = replicates * waves
    sizes = chance.choice(SIZES, p=SIZE_SHARES, size=(many, n))
    account = np.vstack([np.repeat(np.arange(n), row)[:n] for row in sizes])
    own = np.repeat(np.arange(many), n).reshape(many, n)
    replicate, wave = own // waves, own % waves
    # An account's number is that of wave 0 where it answers again.
    again = np.take_along_axis(chance.random((many, n)) < AGAIN, account, 1)
    number = replicate * (2 * n) + account + np.where((wave == 1) & ~again, n, 0)
    level = chance.normal(size=(replicates * 2 * n, items))
    rare = chance.random(replicates * 2 * n) < 1 / 3
    flat = number.ravel()
    noise = chance.normal(size=(flat.size, items))
    leaning = np.sqrt(ALIKE) * level[flat] + np.sqrt(1 - ALIKE) * noise
    if weighted:  # those asked half as often like us less
        leaning += np.where(rare[flat], -0.3, 0.3)[:, None]
    weight = np.where(rare[flat], 2.0, 1.0) if weighted else np.ones(flat.size)
    return Asked(replicate=replicate.ravel(), wave=wave.ravel(), account=flat, leaning=leaning, weight=weight)


def answered(chance: Any, asked: Asked, kinds: Sequence[int]) -> Answers:
    """The answers as an index: recommendation, satisfaction, and two items for each pillar."""
    rows: list[tuple[int, int, Any]] = []
    for place, kind in enumerate(kinds):
        leaning = asked.leaning[:, place]
        if kind == 0:
            rows.append((kind, 0, np.clip(np.round(8 + 2 * leaning), 0, 10)))
        elif kind == 1:
            rows.append((kind, 0, np.clip(np.round(4.3 + leaning), 1, 5)))
        else:
            noise = 0.5 * chance.normal(size=(len(leaning), 2))
            rows += [(kind, item, np.clip(np.round(4 + leaning + noise[:, item]), 1, 5)) for item in (0, 1)]
    many, size = len(rows), len(asked.account)
    response = np.tile(np.arange(size), many)
    kind = np.repeat([kind for kind, _, _ in rows], size).astype(np.int8)
    none = np.full(size * many, -1, np.int32)
    columns = {
        **dict.fromkeys(CODED, none),
        "psu": asked.account[response] + 1, "customer": response + 1, "time": asked.wave[response],
        "day": asked.wave[response].astype(np.int32), "kind": kind, "key": np.arange(size * many),
        "scale": np.where(kind == 0, 0, 1).astype(np.int16),
        "value": np.concatenate([row[2] for row in rows]),
        "wave": asked.replicate[response], "touchpoint": asked.account[response] % TOUCHPOINTS,
        "item": np.repeat([item for _, item, _ in rows], size),
    }  # fmt: skip
    codes: dict[str, list[str]] = {name: [] for name in CODED}
    codes["wave"] = [f"{i:05d}" for i in range(int(asked.replicate.max()) + 1)]
    codes["touchpoint"], codes["item"] = ["courier", "invoice", "shop"], ["one", "two"]
    return build(columns, response, {BASE: asked.weight[response]}, codes, SCALES)


def false_alarms(periods: int, *, seed: int, n: int = 150, rate: float = 0.05) -> dict[str, float]:
    """Share of periods with any "improved", any "worsened", and of single figures so judged by themselves.

    The screen is every figure in all and at each touchpoint.
    """
    chance = np.random.default_rng(seed)
    kinds = (0, 1, 4, 5, 6, 7, 8, 9)
    said = {"improved": 0, "worsened": 0, "alone": 0, "figures": 0}
    for start in range(0, periods, 500):
        part = min(500, periods - start)
        asked = sample(chance, part, n, len(kinds), waves=2, weighted=False)
        for judged in _screens(answered(chance, asked, kinds), part, rate):
            seen = {one.verdict for one in judged}
            said["improved"] += Verdict.IMPROVED in seen
            said["worsened"] += Verdict.WORSENED in seen
            tested = [one for one in judged if one.p is not None]
            said["alone"] += sum(one.p < rate for one in tested)
            said["figures"] += len(tested)
    return {
        "improved": said["improved"] / periods, "worsened": said["worsened"] / periods,
        "alone": said["alone"] / said["figures"],
    }  # fmt: skip


def _screens(answers: Answers, periods: int, rate: float) -> Any:
    """The judged screen of every period: figures now (day 1) against before (day 0)."""
    cells: dict[str, list[Any]] = {}
    for by in (("wave",), ("wave", "touchpoint")):
        question = Question(spans=((1, 2), (0, 1)), by=by, against=(1, -1))
        found = rows_of(ask(answers, question), by, answers.scales)
        for slug in SCREEN:
            declared = metric(slug)
            pairs: dict[tuple[str, ...], dict[int, Any]] = {}
            for row in found[declared.figure]:
                pairs.setdefault(tuple(row[name] for name in by), {})[row["span"]] = row
            for group, sides in pairs.items():
                if len(sides) == 2:
                    now, before = (declared.estimate([sides[span]]) for span in (0, 1))
                    changed = difference_of(declared, now, before, [sides[0], sides[1]])
                    cells.setdefault(group[0], []).append(changed)
    return (verdicts(cells[f"{i:05d}"], rate=rate) for i in range(periods))


def coverage(samples: int, n: int, *, seed: int, weighted: bool) -> dict[str, float]:
    """Share of samples of `n` answers whose 95 % interval holds the true value, by figure."""
    chance = np.random.default_rng(seed)
    kinds = (0, 1, 4)
    truth = true_values(kinds, weighted=weighted)
    hits = dict.fromkeys(COVERED, 0)
    for start in range(0, samples, 500):
        part = min(500, samples - start)
        asked = sample(chance, part, n, len(kinds), waves=1, weighted=weighted)
        answers = answered(chance, asked, kinds)
        question = Question(spans=((0, 1),), by=("wave",), scheme=BASE if weighted else "none")
        found = rows_of(ask(answers, question), ("wave",), answers.scales)
        for slug in COVERED:
            estimates = [metric(slug).estimate([row]) for row in found[metric(slug).figure]]
            hits[slug] += sum(e.low <= truth[slug] <= e.high for e in estimates)
    return {slug: hit / samples for slug, hit in hits.items()}


def true_values(kinds: Sequence[int], *, weighted: bool) -> dict[str, float]:
    """The values of a population so large that its own chance does not matter."""
    chance = np.random.default_rng(99)
    asked = sample(chance, 2_000, 400, len(kinds), waves=1, weighted=weighted)
    scale, values = 100.0, {}
    noise = 0.5 * chance.normal(size=(len(asked.account), 2))
    recommend = np.clip(np.round(8 + 2 * asked.leaning[:, 0]), 0, 10)
    content = np.clip(np.round(4.3 + asked.leaning[:, 1]), 1, 5)
    items = np.clip(np.round(4 + asked.leaning[:, 2][:, None] + noise), 1, 5)
    values["nps"] = scale * np.average((recommend >= 9) * 1.0 - (recommend <= 6), weights=asked.weight)
    values["csat_top"] = float(np.average(content >= 4, weights=asked.weight))
    pillar = scale * (items.mean(axis=1) - 1) / 4
    values["pillar_personalisation"] = float(np.average(pillar, weights=asked.weight))
    return values


def main() -> None:
    """Run both and print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--periods", type=int, default=2_000)
    parser.add_argument("--samples", type=int, default=4_000)
    parser.add_argument("--seed", type=int, default=20260907)
    given = parser.parse_args()
    found = false_alarms(given.periods, seed=given.seed)
    print(f"{given.periods} periods without change, {len(SCREEN)} figures, all and {TOUCHPOINTS} touchpoints")
    print(f"  any figure said improved {found['improved']:.1%}, worsened {found['worsened']:.1%}")
    print(f"  a figure by itself, untold of the others, has p < 5 % in {found['alone']:.1%}")
    print(f"95 % intervals, {given.samples} samples each: share that holds the true value")
    print(f"{'n':>5} {'weights':>8} " + " ".join(f"{slug:>23}" for slug in COVERED))
    for n in (30, 50, 100, 400):
        for weighted in (False, True):
            row = coverage(given.samples, n, seed=given.seed + n, weighted=weighted)
            shown = " ".join(f"{row[slug]:>23.1%}" for slug in COVERED)
            print(f"{n:>5} {BASE if weighted else 'none':>8} {shown}")


if __name__ == "__main__":
    main()
