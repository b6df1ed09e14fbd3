"""What the detectors read around the answers: who was invited, marked, and what customers did."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa

from viaggio.incentive.detectors.coverage import Invited
from viaggio.incentive.detectors.model import Count
from viaggio.store.incentives.signals_cells import Watched, rows_of

HARMS = ("complaints", "returns", "churn")

Stratum = tuple[str, str]


def invited_of(asked: pa.Table, cell: Watched) -> Invited | None:
    """Eligible and invited of a cell, easy cases in the mix of the hard ones; None without both kinds.

    Pulses ask at other rates at other touchpoints by design. So that this is no cherry-picking, the easy
    cases of each stratum (pulse and touchpoint) get the weight of its hard ones: rate = sum w r, and the base
    is n_eff = 1 / sum(w^2 / n), as for a mix-adjusted measure.
    """
    rows: list[dict[str, Any]] = asked.filter(pa.array(rows_of(asked, cell.where))).to_pylist()
    counts: dict[bool, dict[Stratum, list[int]]] = {True: {}, False: {}}
    for row in rows:
        own = counts[row["hard"]].setdefault((row["pulse"], row["touchpoint"] or ""), [0, 0])
        own[0] += row["eligible"]
        own[1] += row["invited"]
    both = counts[True].keys() & counts[False].keys()
    hard, easy = ({at: counts[kind][at] for at in sorted(both)} for kind in (True, False))
    total = sum(n for n, _ in hard.values())
    if not total:
        return None
    weights = {at: Fraction(n, total) for at, (n, _) in hard.items()}
    rate = sum((weights[at] * Fraction(invited, n) for at, (n, invited) in easy.items()), Fraction(0))
    base = round(1 / sum((weights[at] ** 2 / n for at, (n, _) in easy.items()), Fraction(0)))
    return Invited(
        eligible_easy=base,
        invited_easy=round(rate * base),
        eligible_hard=total,
        invited_hard=sum(invited for _, invited in hard.values()),
    )


def marked_of(marks: pa.Table, cell: Watched) -> Count:
    """Customers with a bad case in the cell, and those of them whom staff marked soon after."""
    return _customers(marks, cell, ("marked",))["marked"]


def harms_of(met: pa.Table, cell: Watched) -> Mapping[str, Count]:
    """Customers whom the cell met, and those of them who complained, sent something back or left."""
    return _customers(met, cell, HARMS)


def _customers(table: pa.Table, cell: Watched, kinds: tuple[str, ...]) -> Mapping[str, Count]:
    """Each customer once, however often and wherever in the cell they were met."""
    own = table.filter(pa.array(rows_of(table, cell.where)))
    customer = own["customer"].to_numpy()
    n = len(np.unique(customer))
    return {kind: Count(len(np.unique(customer[own[kind].to_numpy()])), n) for kind in kinds}
