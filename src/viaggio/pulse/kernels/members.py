"""Counting the units of each stratum, as machine code."""

from typing import Any

from viaggio.journey.compiled import compiled
from viaggio.pulse.kernels.cells import Loose, Plan, Sheets


@compiled
def members(  # noqa: C901, PLR0912, PLR0917 -- one loop over arrays, as in `walk`
    sheets: Sheets, loose: Loose, plan: Plan, stamp: Any, held: Any, touched: Any, found: Any, both: Any
) -> None:
    """Add to `found` (base, stratum, stratum) the units with answers in both strata, in one on the diagonal.

    `both` likewise counts units by their stratum in the base and that in the base it is compared with. `held`
    keeps the strata of the unit at hand as bits where `stamp` is its number.
    """
    span_days, limited, compared = plan.segment.shape[1], len(plan.days) > 0, len(plan.against) > 0
    strata = found.shape[1]
    for unit in range(len(sheets.unit_starts) - 1):
        many = 0
        for sheet in range(sheets.unit_starts[unit], sheets.unit_starts[unit + 1]):
            if sheets.label[sheet] < 0:
                continue
            bit = 1 << sheets.label[sheet]
            first, last = sheets.loose_starts[sheet], sheets.loose_starts[sheet + 1]
            for i in range(first, max(last, first + 1)):
                alone = first < last
                day = loose.when[i] if alone else sheets.when[sheet]
                when = day - plan.first
                wanted = 0 <= when < span_days
                if limited:
                    date = loose.day[i] if alone else sheets.day[sheet]
                    wanted = wanted and plan.days[0] <= date < plan.days[1]
                for c in range(len(plan.condition)):
                    dim = plan.condition[c]
                    code = loose.dims[dim, i] if alone else sheets.dims[dim, sheet]
                    wanted = wanted and plan.allowed[c, code + 1] != 0
                if not wanted:
                    continue
                for question in range(len(plan.offset)):
                    segment = plan.segment[question, when]
                    if segment < 0:
                        continue
                    place = 0
                    for b in range(2):
                        dim = plan.by[question, b]
                        if dim >= 0:
                            code = loose.dims[dim, i] if alone else sheets.dims[dim, sheet]
                            place += (code + 1) * (plan.seconds[question] if b == 0 else 1)
                    group = plan.group_of[question, place] + plan.offset[question]
                    for o in range(
                        plan.owner_starts[question, segment], plan.owner_starts[question, segment + 1]
                    ):
                        base = plan.owners[question, o] * plan.groups[question] + group
                        if stamp[base] != unit:
                            stamp[base], held[base], touched[many] = unit, 0, base
                            many += 1
                        held[base] |= bit
        for t in range(many):
            base = touched[t]
            there = plan.against[base] if compared else -1
            for h in range(strata):
                if (held[base] >> h) & 1:
                    for k in range(strata):
                        found[base, h, k] += (held[base] >> k) & 1
                        if there >= 0 and stamp[there] == unit:
                            both[base, h, k] += (held[there] >> k) & 1
