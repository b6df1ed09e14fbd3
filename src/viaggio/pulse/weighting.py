"""What the answers of a wave count for: from the ledger of who could be asked to weights that stand for all.

Base weight = 1 / probability of being drawn; those asked who did not answer hand their weight to those of
their stratum who did; then the weights are raked to the ledger's own counts (segment, region, channel ...)
and trimmed. Nothing is taken from outside: the ledger is the population.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viaggio.estimate.errors import BadSample, NotConverged
from viaggio.estimate.survey import Design, Margin, rake
from viaggio.kernel import ViaggioError
from viaggio.pulse.model import Outcome

ANSWERED = frozenset({Outcome.COMPLETE, Outcome.PARTIAL})
NEVER_ASKED = frozenset({Outcome.NOT_SAMPLED, Outcome.RESTING, Outcome.NO_CONSENT, Outcome.NO_ADDRESS})
SPARSE = 5
"""Categories of a margin with fewer answers are joined: a weight must not rest on one or two persons."""

REST = "(rest)"
WIDEST = 5.0
"""A weight is at most so many times the mean weight, and at least one so-manieth of it."""

_ROUNDS = 20
Labels = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]


class NoResponses(ViaggioError):
    """A wave that nobody has answered can not be weighted."""

    code = "weighting.no_responses"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Ledger:
    """The coverage of one wave, arrays with one place per interaction or customer that could be asked.

    `probability` is NaN where it is not known (then 1), `response` "" where there is none. `margins` holds
    the category of every row by variable; unknown ones are a category "".
    """

    stratum: Labels
    probability: Floats
    outcome: Labels
    response: Labels
    margins: Mapping[str, Labels]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class WaveWeights:
    """Weights of the responses of one wave: `weight` = `base` * `factor`.

    `base` stands for being drawn and for answering, `factor` (g) for calibration and trimming. `method` names
    the steps taken; `margins` those met, `joined` how many categories were too sparse to stand alone.
    `converged`: all margins are met within a thousandth of the population.
    """

    response: Labels
    base: Floats
    factor: Floats
    weight: Floats
    method: str
    margins: tuple[str, ...]
    joined: int
    trimmed: int
    converged: bool
    misfit: float
    population: int

    @property
    def design_effect(self) -> float:
        """How much larger the variance is for unequal weights (Kish 1965)."""
        return float(len(self.weight) * (self.weight**2).sum() / self.weight.sum() ** 2)

    @property
    def factor_range(self) -> tuple[float, float]:
        """The least and the largest factor of calibration."""
        return float(self.factor.min()), float(self.factor.max())


def wave_weights(ledger: Ledger, *, widest: float = WIDEST) -> WaveWeights:
    """Weights of everybody who answered. Raises `NoResponses`."""
    answered = np.isin(ledger.outcome, list(ANSWERED)) & (ledger.response != "")
    if not answered.any():
        raise NoResponses("nobody has answered", hint="Weigh the wave when answers have come.")
    base = _responding(ledger, answered)
    size = len(ledger.outcome)
    start = base * (size / base.sum())
    margins, joined = _margins(ledger, answered)
    weight, trimmed = _calibrated(start, margins, widest)
    misfit = _misfit(weight, margins, size)
    steps = ["base", "nonresponse", *(["raking"] if margins else []), *(["trimmed"] if trimmed else [])]
    return WaveWeights(
        response=ledger.response[answered], base=base, factor=weight / base, weight=weight,
        method="+".join(steps), margins=tuple(margin.name for margin in margins), joined=joined,
        trimmed=trimmed, converged=misfit < 1e-3, misfit=misfit, population=size,
    )  # fmt: skip


def _responding(ledger: Ledger, answered: npt.NDArray[np.bool_]) -> Floats:
    """Inverse of the probability of being drawn, times that of answering in the stratum."""
    probability = np.where(np.isfinite(ledger.probability), ledger.probability, 1.0)
    if (probability <= 0).any() or (probability > 1).any():
        raise BadSample("a probability of being drawn is not above 0 and at most 1")
    drawn = 1 / probability
    asked = ~np.isin(ledger.outcome, list(NEVER_ASKED))
    strata, code = np.unique(ledger.stratum.astype(str), return_inverse=True)
    of_asked = np.bincount(code, drawn * asked, len(strata))
    of_answered = np.bincount(code, drawn * answered, len(strata))
    rate = np.divide(of_asked, of_answered, out=np.ones(len(strata)), where=of_answered > 0)
    return np.asarray((drawn * rate[code])[answered])


def _margins(ledger: Ledger, answered: npt.NDArray[np.bool_]) -> tuple[list[Margin], int]:
    """Every variable as a margin, sparse categories joined; one with a single category tells nothing."""
    found, joined = list[Margin](), 0
    for name, labels in ledger.margins.items():
        texts = labels.astype(str)
        merged = _joined(texts, texts[answered])
        joined += len(merged) - len(set(merged.values()))
        categories = np.array([merged[text] for text in texts.tolist()], object)
        kinds, counts = np.unique(categories.astype(str), return_counts=True)
        if len(kinds) > 1:
            totals = dict(zip(kinds.tolist(), counts.astype(float).tolist(), strict=True))
            found.append(Margin(name, categories[answered].tolist(), totals))
    return found, joined


def _joined(population: npt.NDArray[np.str_], sample: npt.NDArray[np.str_]) -> dict[str, str]:
    """The category in which each is counted: itself, or the rest where too few answered."""
    held = dict(zip(*np.unique(sample, return_counts=True), strict=True))
    merged = {text: text if held.get(text, 0) >= SPARSE else REST for text in np.unique(population).tolist()}
    rest = [text for text, into in merged.items() if into == REST]
    if rest and sum(held.get(text, 0) for text in rest) < SPARSE:
        others = [text for text, into in merged.items() if into != REST]
        if others:  # the rest joins the smallest of those that stand
            smallest = min(others, key=lambda text: (held[text], text))
            merged |= dict.fromkeys([*rest, smallest], REST)
    return merged


def _calibrated(start: Floats, margins: Sequence[Margin], widest: float) -> tuple[Floats, int]:
    """Raked weights brought into bounds and raked again, until both hold or the rounds are over."""
    weight, trimmed = start, np.zeros(len(start), np.bool_)
    for _ in range(_ROUNDS):
        weight = _raked(weight, margins)
        low, high = weight.mean() / widest, weight.mean() * widest
        outside = (weight < low * (1 - 1e-9)) | (weight > high * (1 + 1e-9))
        if not outside.any():
            break
        trimmed |= outside
        weight = np.clip(weight, low, high)
    return weight, int(trimmed.sum())


def _raked(weight: Floats, margins: Sequence[Margin]) -> Floats:
    if not margins:
        return weight
    try:
        return rake(Design.of(weights=weight), margins, tolerance=1e-9, most=200).weights
    except NotConverged:  # margins that contradict each other in so small a sample: told by the misfit
        for margin in margins:
            weight = rake(Design.of(weights=weight), [margin]).weights
        return weight


def _misfit(weight: Floats, margins: Sequence[Margin], size: int) -> float:
    """The largest gap between a margin's count and its weights, as a share of the population."""
    gaps = [0.0]
    for margin in margins:
        kinds, code = np.unique(np.array(margin.labels, str), return_inverse=True)
        held = np.bincount(code, weight)
        gaps += [abs(margin.totals[kind] - held[i]) / size for i, kind in enumerate(kinds.tolist())]
    return float(max(gaps))
