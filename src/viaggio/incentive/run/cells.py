"""S3 and S4: from the answers of a cell to its credited value, with the guard rails in their fixed order."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from viaggio.incentive import scoring
from viaggio.incentive.curves import Curve
from viaggio.incentive.errors import BadPlan
from viaggio.incentive.plan.model import Plan, Step
from viaggio.incentive.run.model import BASELINE, NOW, Cell, CellScore, Stratum
from viaggio.incentive.scoring import Credit, Score

OWN = "own"
NEUTRAL = "fallback:neutral"
REDISTRIBUTED = "fallback:redistribute"


@dataclass(frozen=True, slots=True)
class Found:
    """A score and where it came from; no score where only `redistribute` or `neutral` is left."""

    score: Score | None
    source: str
    raw: Score | None
    unit: str = ""


class Cells:
    """The cells of a run by measure, unit and window."""

    def __init__(self, plan: Plan, cells: tuple[Cell, ...]) -> None:
        self.plan = plan
        self._cells = {(cell.measure, cell.unit, cell.window): cell for cell in cells}
        if len(self._cells) < len(cells):
            raise BadPlan("a cell stands in the results twice", place="results", hint="Keep one row of each.")

    def unit_of(self, measure: str, unit: str) -> str:
        """The cell that a unit is measured by: its own, else that of the company."""
        if (measure, unit, NOW) in self._cells:
            return unit
        if (measure, "", NOW) in self._cells or not unit:
            return ""
        return unit

    def at(self, measure: str, unit: str, window: str) -> Score | None:
        """The score of a cell, adjusted to the reference mix where its strata have shares."""
        cell = self._cells.get((measure, unit, window))
        return score_of(cell) if cell else None

    def parent(self, measure: str, unit: str) -> str | None:
        """The unit above; None at the top."""
        cell = self._cells.get((measure, unit, NOW))
        if cell and cell.parent:
            return cell.parent
        return "" if unit else None

    def private(self, measure: str, unit: str) -> bool:
        """Whether the cell is too small to be looked at (S4 a)."""
        cell = self._cells.get((measure, unit, NOW))
        if cell is None:
            return True
        rails = self.plan.guard_rails
        few = cell.headcount is not None and cell.headcount < rails.k_headcount
        score = score_of(cell)
        counted = any(stratum.kind != "value" or stratum.n for stratum in cell.strata)
        return few or (counted and (score is None or score.n < rails.k_responses))

    def enough(self, score: Score | None) -> bool:
        """Whether there are answers enough to pay on (S4 b); a figure without a base is complete."""
        if score is None:
            return False
        return score.n == 0 or score.n_eff >= self.plan.guard_rails.n_min


def score_of(cell: Cell) -> Score | None:
    """All strata of a cell as one score; None without answers. Raises `BadAmount` for wrong shares."""
    strata = {stratum.name: score for stratum in cell.strata if (score := _stratum(stratum)) is not None}
    if not strata:
        return None
    shares = {s.name: s.share for s in cell.strata if s.share is not None}
    if shares:
        return scoring.standardised(
            strata, {name: share for name, share in shares.items() if share is not None}
        )
    if len(strata) == 1:
        return next(iter(strata.values()))
    return scoring.pooled(strata.values())


def _stratum(stratum: Stratum) -> Score | None:
    if stratum.kind == "nps":
        if not stratum.n:
            return None
        return scoring.nps_score(stratum.promoters, stratum.detractors, stratum.n)
    if stratum.kind == "share":
        return scoring.share_score(stratum.hits, stratum.n) if stratum.n else None
    if stratum.kind == "mean" and stratum.squares is not None:
        return scoring.mean_score(stratum.total, stratum.squares, stratum.n) if stratum.n else None
    if stratum.value is None:
        return None
    return Score(value=stratum.value, n=stratum.n, n_eff=Fraction(stratum.n))


def found(cells: Cells, measure: str, unit: str) -> Found:
    """Privacy first, then the ladder: the first step that gives enough answers (S4 a, b)."""
    own = cells.at(measure, unit, NOW)
    here, source = unit, OWN
    if cells.private(measure, unit):
        above = cells.parent(measure, unit)
        if above is None:
            return Found(None, NEUTRAL, own)
        here, source = above, "privacy:parent"
    score = cells.at(measure, here, NOW)
    if cells.enough(score):
        return Found(score, source, own, here)
    for step in cells.plan.guard_rails.ladder:
        tried = _STEPS[step](cells, measure, here)
        if tried is not None:
            return Found(tried.score, tried.source, own, tried.unit)
    return Found(None, NEUTRAL, own)


def _rolling(cells: Cells, measure: str, unit: str) -> Found | None:
    windows = [cells.at(measure, unit, NOW)]
    for back in range(1, cells.plan.guard_rails.windows + 1):
        windows.append(cells.at(measure, unit, f"{NOW}-{back}"))
        known = [score for score in windows if score is not None and score.n]
        if known:
            score = scoring.pooled(known)
            if cells.enough(score):
                return Found(score, "fallback:rolling_window", None, unit)
    return None


def _parent(cells: Cells, measure: str, unit: str) -> Found | None:
    above, seen = cells.parent(measure, unit), {unit}
    while above is not None and above not in seen:  # files may name one another as parent
        score = cells.at(measure, above, NOW)
        if cells.enough(score):
            return Found(score, "fallback:parent", None, above)
        seen.add(above)
        above = cells.parent(measure, above)
    return None


_STEPS: Mapping[Step, Callable[[Cells, str, str], Found | None]] = {
    Step.ROLLING: _rolling,
    Step.PARENT: _parent,
    Step.REDISTRIBUTE: lambda _cells, _measure, _unit: Found(None, REDISTRIBUTED, None),
    Step.NEUTRAL: lambda _cells, _measure, _unit: Found(None, NEUTRAL, None),
}


def credited(cells: Cells, measure: str, unit: str, curve: Curve) -> CellScore | str:
    """The credited value of a plain measure (S4 c to e), or what the ladder does instead of one."""
    unit = cells.unit_of(measure, unit)
    got = found(cells, measure, unit)
    if got.score is None:
        return got.source
    value, z = _shrunk(cells, measure, got)
    rails = cells.plan.guard_rails
    if rails.dead_band_z is not None:
        value = scoring.dead_band(value, target_of(curve), rails.dead_band_z * got.score.se)
    before = cells.at(measure, got.unit, BASELINE)
    return CellScore(
        raw=got.raw.value if got.raw else None,
        n=got.score.n,
        n_eff=got.score.n_eff,
        se=got.score.se,
        used=got.score.value,
        source=got.source,
        z=z,
        credited=scoring.credited(value),
        baseline=scoring.credited(before.value) if before else None,
    )


def _shrunk(cells: Cells, measure: str, got: Found) -> tuple[Fraction, Fraction | None]:
    """The value after credibility: nothing to shrink to at the top, nothing to shrink without a base."""
    assert got.score is not None
    rails = cells.plan.guard_rails
    above = cells.parent(measure, got.unit)
    parent = cells.at(measure, above, NOW) if above is not None else None
    if rails.credit is Credit.POINT or rails.k is None or parent is None or not got.score.n:
        return got.score.value, None
    z = scoring.credibility(got.score.n_eff, rails.k)
    if rails.credit is Credit.LEVEL:
        return scoring.shrunk_level(got.score.value, parent.value, z), z
    before, parent_before = cells.at(measure, got.unit, BASELINE), cells.at(measure, above or "", BASELINE)
    if before is None or parent_before is None:
        return got.score.value, None
    change = parent.value - parent_before.value
    return scoring.shrunk_change(got.score.value, before.value, change, z), z


def composite(cells: Cells, function: str, curve: Curve) -> CellScore | str:
    """A function's value over the touchpoints it shapes; a short one leaves its weight to the others."""
    weights = cells.plan.contribution_map[function]
    enough = {
        t: w for t, w in weights.items() if cells.enough(cells.at(t, "", NOW)) and not cells.private(t, "")
    }
    if not enough:
        return credited(cells, f"map:{function}", "", curve)
    total = sum(enough.values(), Fraction(0))
    scores = {t: credited(cells, t, "", curve) for t in enough}
    known = {t: score for t, score in scores.items() if isinstance(score, CellScore)}
    value = sum((enough[t] * score.credited for t, score in known.items()), Fraction(0)) / total
    before = {t: score.baseline for t, score in known.items()}
    whole = all(entry is not None for entry in before.values())
    baseline = sum((enough[t] * (b or 0) for t, b in before.items()), Fraction(0)) / total if whole else None
    variance = sum(((enough[t] / total * score.se) ** 2 for t, score in known.items()), Fraction(0))
    left_out = sorted(set(weights) - set(enough))
    return CellScore(
        raw=value,
        n=sum(score.n for score in known.values()),
        n_eff=sum((score.n_eff for score in known.values()), Fraction(0)),
        se=Score(value=value, n=0, variance=variance).se,
        used=value,
        source=OWN if not left_out else f"without:{','.join(left_out)}",
        z=None,
        credited=scoring.credited(value),
        baseline=scoring.credited(baseline) if baseline is not None else None,
    )


def target_of(curve: Curve) -> Fraction:
    """The value that pays the whole target: where the payout reaches 1, else the last point."""
    return next((x for x, y in curve.points if y >= 1), curve.points[-1][0])
