"""Customers asked for a score: what they say of it when asked, what they write, and too many tens."""

from collections.abc import Mapping
from dataclasses import dataclass

from viaggio.estimate.multiplicity import adjusted
from viaggio.incentive.detectors.judging import smallest
from viaggio.incentive.detectors.model import NOTHING, Count, Detector, Finding, Limits, State
from viaggio.incentive.detectors.rates import excess, peers, share


@dataclass(frozen=True, slots=True, kw_only=True)
class Begging:
    """A cell's counts; a base of 0 stands for nothing asked, written or known.

    `item`: said yes to "did somebody ask you for a score", of those asked on the sub-sample. `texts`: tell
    of a plea, of all texts. `tens` and `tens_before`: tens among the answers from 8 to 10, in the period and
    in the cell's own history.
    """

    item: Count = NOTHING
    texts: Count = NOTHING
    tens: Count = NOTHING
    tens_before: Count = NOTHING
    responses: tuple[str, ...] = ()
    """Responses whose texts tell of a plea."""


def begging(cells: Mapping[str, Begging], parents: Mapping[str, str], limits: Limits) -> tuple[Finding, ...]:
    """Flagged by the control item, by texts, or by the ratio of tens to eights and nines.

    Item and texts are held against the peers', the ratio against the cell's own history. The statistic is the
    share of the control item where it was asked, else the ratio of tens.
    """
    items, texts = ({cell: getattr(own, name) for cell, own in cells.items()} for name in ("item", "texts"))
    of_items, of_texts = peers(items, parents), peers(texts, parents)
    tests: dict[str, dict[str, float | None]] = {
        "item": {cell: _against(own.item, of_items[cell]) for cell, own in cells.items()},
        "texts": {cell: _against(own.texts, of_texts[cell]) for cell, own in cells.items()},
        "spike": {cell: _against(own.tens, own.tens_before) for cell, own in cells.items()},
    }
    over_all = {
        name: dict(zip(cells, adjusted([ps[cell] for cell in cells]), strict=True))
        for name, ps in tests.items()
    }
    return tuple(
        _finding(
            cell,
            own,
            {name: ps[cell] for name, ps in tests.items()},
            {name: ps[cell] for name, ps in over_all.items()},
            limits,
        )
        for cell, own in cells.items()
    )


def _against(own: Count, others: Count) -> float | None:
    return excess(own, others) if own.n and others.n else None


def _finding(
    cell: str,
    own: Begging,
    ps: Mapping[str, float | None],
    over_all: Mapping[str, float | None],
    limits: Limits,
) -> Finding:
    known = {name: p for name, p in ps.items() if p is not None}
    adjusted_ = {name: p for name, p in over_all.items() if p is not None}

    def below(name: str, level: float) -> bool:
        return name in known and known[name] < level and adjusted_[name] < limits.false_flags

    without = ",".join(name for name in ps if name not in known)
    values: dict[str, float | str] = {"without": without} if without else {}
    if not known:
        return Finding(detector=Detector.BEGGING, cell=cell, state=State.NO_DATA, values=values)
    large = {
        "item": share(own.item) > limits.item_share and below("item", limits.item_p),
        "texts": own.texts.hits >= limits.pleas and below("texts", limits.pleas_p),
        "spike": below("spike", limits.spike_p),
    }
    for name, counted in (("item", own.item), ("texts", own.texts)):
        if counted.n:
            values |= {f"{name}_hits": counted.hits, f"{name}_n": counted.n}
    if own.tens.n:
        values |= {"ratio": _ratio(own.tens), "ratio_before": _ratio(own.tens_before)}
    values["by"] = ",".join(name for name, is_so in large.items() if is_so)
    return Finding(
        detector=Detector.BEGGING,
        cell=cell,
        state=State.FLAGGED if any(large.values()) else State.QUIET,
        statistic=share(own.item) if own.item.n else _ratio(own.tens),
        p=smallest(known)[1],
        adjusted=smallest(adjusted_)[1],
        values=values,
        responses=own.responses,
    )


def _ratio(tens: Count) -> float:
    """P(10) / P(8..9)."""
    rest = tens.n - tens.hits
    return tens.hits / rest if rest else float(tens.hits)
