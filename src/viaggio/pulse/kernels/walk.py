"""The walk over sheets, as machine code: counts and sums per cell, and sums of squares over sampled units.

A cell is a base (a span and a group of one question) and a figure; the figures of a base lie side by side and
are added together. Of each unit and cell the walk adds the weights W and the weighted values Y; when the
unit ends, W^2, WY and Y^2 join the cell's sums, from which the standard error of the ratio of totals follows
(linearisation). Pillars are counted per response: the mean of its valid items. What a cell holds does not
depend on what else is asked in the same walk.
"""

import numpy as np

from viaggio.journey.compiled import compiled
from viaggio.pulse.kernels.cells import (
    COUNTS,
    CSAT,
    CX,
    DRAWN,
    FIGURES,
    FIRST_PILLAR,
    LARGEST,
    NO_SCALE,
    OWN,
    SEVERAL_SCALES,
    SUMS,
    Forms,
    Loose,
    Plan,
    Scratch,
    Sheets,
    Sums,
)

_N, _PEOPLE, _UNITS, _OUTSIDE, _PROMOTERS, _DETRACTORS, _TOP, _LEFT_OUT, _UNDRAWN = (
    row * FIGURES for row in range(len(COUNTS))
)
_W, _Y, _Y2, _WW, _WY, _YY, _Q, _QQ, _WQ, _CYY, _CYW, _CWY, _CWW = (
    (len(COUNTS) + row) * FIGURES for row in range(len(SUMS))
)
_ALL = len(COUNTS) + len(SUMS)
_AWW, _AWY, _AYY, _ACYY, _ACYW, _ACWY, _ACWW = ((_ALL + row) * FIGURES for row in range(len(DRAWN)))
_OWN_W, _OWN_Y, _OWN_Q, _OWN_AW, _OWN_AY = ((_ALL + len(DRAWN) + row) * FIGURES for row in range(OWN))


@compiled
def walk(  # noqa: C901, PLR0912, PLR0915, PLR0917 -- one loop: handing arrays to a function costs ten times what is done with a sheet
    sheets: Sheets, loose: Loose, forms: Forms, plan: Plan, found: Sums, room: Scratch, start: int, end: int
) -> None:
    """Walk the units from `start` to before `end` and add what is found to `found`."""
    rows, scale_of, figures = found.rows, found.scale, forms.has.shape[1]  # a length not known beforehand:
    questions, conditions = len(plan.offset), len(plan.condition)  # only such loops become vector code
    span_days, limited, compared = plan.segment.shape[1], len(plan.days) > 0, len(plan.against) > 0
    own_unit, unit_bits, own_person, person_bits = room.unit, room.unit_bits, room.person, room.person_bits
    has, given, touched, strata = forms.has, sheets.given, room.touched, found.strata
    stratified = len(plan.design) > 0
    for unit in range(start, end):
        many = 0
        for sheet in range(sheets.unit_starts[unit], sheets.unit_starts[unit + 1]):
            person, label = sheets.person[sheet], sheets.label[sheet]
            first, last = sheets.loose_starts[sheet], sheets.loose_starts[sheet + 1]
            if first == last:
                # 1. A sheet: all its figures at once.
                when = sheets.when[sheet] - plan.first
                wanted = 0 <= when < span_days
                if limited:
                    wanted = wanted and plan.days[0] <= sheets.day[sheet] < plan.days[1]
                for c in range(conditions):
                    wanted = wanted and plan.allowed[c, sheets.dims[plan.condition[c], sheet] + 1] != 0
                if not wanted:
                    continue
                form = sheets.form[sheet]
                bits = forms.bits[form]
                for question in range(questions):
                    segment = plan.segment[question, when]
                    if segment < 0:
                        continue
                    place = np.int64(0)
                    if plan.by[question, 0] >= 0:
                        place = (sheets.dims[plan.by[question, 0], sheet] + 1) * plan.seconds[question]
                        if plan.by[question, 1] >= 0:
                            place += sheets.dims[plan.by[question, 1], sheet] + 1
                    group = plan.group_of[question, place] + plan.offset[question]
                    w = sheets.weights[plan.scheme[question], sheet]
                    q = w * w
                    for o in range(
                        plan.owner_starts[question, segment], plan.owner_starts[question, segment + 1]
                    ):
                        base = plan.owners[question, o] * plan.groups[question] + group
                        if forms.off[form]:
                            for f in range(figures):
                                rows[base, _OUTSIDE + f] += forms.outside[form, f]
                        if not w >= 0.0:
                            for f in range(figures):
                                rows[base, _LEFT_OUT + f] += forms.answers[form, f]
                            continue
                        if bits == 0:
                            continue
                        if room.form[base] != form:
                            room.form[base] = form
                            for f in range(FIGURES):
                                scale = forms.scale[form, f]
                                if scale != NO_SCALE and scale_of[base, f] != scale:
                                    alone = scale_of[base, f] == NO_SCALE
                                    scale_of[base, f] = scale if alone else SEVERAL_SCALES
                        if own_unit[base] != unit:
                            own_unit[base], unit_bits[base], touched[many] = unit, 0, base
                            many += 1
                            for f in range(figures):
                                rows[base, _OWN_W + f] = 0.0
                                rows[base, _OWN_Y + f] = 0.0
                                rows[base, _OWN_Q + f] = 0.0
                                rows[base, _OWN_AW + f] = 0.0
                                rows[base, _OWN_AY + f] = 0.0
                        unit_bits[base] |= bits
                        if own_person[base] != person:
                            own_person[base], person_bits[base] = person, 0
                        fresh = bits & ~person_bits[base]
                        if fresh == bits:
                            person_bits[base] |= bits
                            for f in range(figures):
                                rows[base, _PEOPLE + f] += has[form, f]
                        elif fresh:
                            person_bits[base] |= bits
                            for f in range(FIGURES):
                                rows[base, _PEOPLE + f] += (fresh >> f) & 1
                        for f in range(figures):
                            rows[base, _N + f] += has[form, f]
                            rows[base, _OWN_W + f] += w * has[form, f]
                            rows[base, _OWN_Q + f] += q * has[form, f]
                        for f in range(figures):
                            y = given[sheet, f]
                            rows[base, _OWN_Y + f] += w * y
                            rows[base, _Y2 + f] += w * y * y
                        if stratified and label < 0:
                            for f in range(figures):
                                rows[base, _UNDRAWN + f] += has[form, f]
                        elif stratified:
                            raised = w * plan.raised[plan.design[base], label]
                            for f in range(figures):
                                rows[base, _OWN_AW + f] += raised * has[form, f]
                                strata[base, label, f] += w * has[form, f]
                            for f in range(figures):
                                y = given[sheet, f]
                                rows[base, _OWN_AY + f] += raised * y
                                strata[base, label, FIGURES + f] += w * y
                        rows[base, _PROMOTERS] += given[sheet, 0] > 0.0
                        rows[base, _DETRACTORS] += given[sheet, 0] < 0.0
                        rows[base, _TOP + CSAT] += given[sheet, CSAT]
                continue
            # 2. Answers one by one: single answers at once, items of pillars gathered first.
            begun, gives = 0, 0
            for i in range(first, last):
                when = loose.when[i] - plan.first
                wanted = 0 <= when < span_days
                if limited:
                    wanted = wanted and plan.days[0] <= loose.day[i] < plan.days[1]
                for c in range(conditions):
                    wanted = wanted and plan.allowed[c, loose.dims[plan.condition[c], i] + 1] != 0
                if not wanted:
                    continue
                kind, scale, value = loose.kind[i], loose.scale[i], loose.value[i]
                low, high = loose.low[scale], loose.high[scale]
                valid = low < high and low <= value <= high and -LARGEST <= value <= LARGEST
                figure = np.int64(kind if kind < 2 else kind + 1)
                for question in range(questions):
                    segment = plan.segment[question, when]
                    if segment < 0:
                        continue
                    place = np.int64(0)
                    if plan.by[question, 0] >= 0:
                        place = (loose.dims[plan.by[question, 0], i] + 1) * plan.seconds[question]
                        if plan.by[question, 1] >= 0:
                            place += loose.dims[plan.by[question, 1], i] + 1
                    group = plan.group_of[question, place] + plan.offset[question]
                    w = loose.weights[plan.scheme[question], i]
                    for o in range(
                        plan.owner_starts[question, segment], plan.owner_starts[question, segment + 1]
                    ):
                        base = plan.owners[question, o] * plan.groups[question] + group
                        if not valid or not w >= 0.0:
                            what = _LEFT_OUT if valid else _OUTSIDE
                            rows[base, what + figure] += 1
                            if kind == CSAT:
                                rows[base, what + figure + 1] += 1
                            continue
                        if kind >= FIRST_PILLAR:
                            if room.response[base] != sheet:
                                room.response[base] = sheet
                                for p in range(6):
                                    room.item_sums[base, p], room.item_counts[base, p] = 0.0, 0
                                room.item_weight[base] = w
                                room.begun[begun] = base
                                begun += 1
                            room.item_sums[base, kind - FIRST_PILLAR] += 100.0 * (value - low) / (high - low)
                            room.item_counts[base, kind - FIRST_PILLAR] += 1
                            continue
                        room.form[base] = -1
                        y = value
                        if kind == 0:
                            y = 1.0 if value >= 9.0 else -1.0 if value <= 6.0 else 0.0
                            rows[base, _PROMOTERS] += y > 0.0
                            rows[base, _DETRACTORS] += y < 0.0
                        elif kind == CSAT:
                            room.base[gives], room.figure[gives] = base, figure + 1
                            room.value[gives, 0], room.value[gives, 1] = w, value
                            gives += 1
                            y = 1.0 if value >= high - 1.0 else 0.0
                            rows[base, _TOP + CSAT] += y
                        room.base[gives], room.figure[gives] = base, figure
                        room.value[gives, 0], room.value[gives, 1] = w, y
                        gives += 1
                        for f in range(figure, figure + (2 if kind == CSAT else 1)):
                            if scale_of[base, f] != scale:
                                scale_of[base, f] = scale if scale_of[base, f] == NO_SCALE else SEVERAL_SCALES
            for b in range(begun):
                base = room.begun[b]
                complete, whole = True, 0.0
                for p in range(6):
                    if room.item_counts[base, p] == 0:
                        complete = False
                    else:
                        y = room.item_sums[base, p] / room.item_counts[base, p]
                        whole += loose.cx_weights[p] * y
                        room.base[gives], room.figure[gives] = base, FIRST_PILLAR + 1 + p
                        room.value[gives, 0], room.value[gives, 1] = room.item_weight[base], y
                        gives += 1
                if complete:
                    room.base[gives], room.figure[gives] = base, CX
                    room.value[gives, 0], room.value[gives, 1] = room.item_weight[base], whole
                    gives += 1
            for g in range(gives):
                base, f, w, y = room.base[g], room.figure[g], room.value[g, 0], room.value[g, 1]
                if own_unit[base] != unit:
                    own_unit[base], unit_bits[base], touched[many] = unit, 0, base
                    many += 1
                    for k in range(figures):
                        rows[base, _OWN_W + k] = 0.0
                        rows[base, _OWN_Y + k] = 0.0
                        rows[base, _OWN_Q + k] = 0.0
                        rows[base, _OWN_AW + k] = 0.0
                        rows[base, _OWN_AY + k] = 0.0
                unit_bits[base] |= 1 << f
                if own_person[base] != person:
                    own_person[base], person_bits[base] = person, 0
                if (person_bits[base] >> f) & 1 == 0:
                    person_bits[base] |= 1 << f
                    rows[base, _PEOPLE + f] += 1
                rows[base, _N + f] += 1
                rows[base, _OWN_W + f] += w
                rows[base, _OWN_Y + f] += w * y
                rows[base, _OWN_Q + f] += w * w
                rows[base, _Y2 + f] += w * y * y
                if stratified and label < 0:
                    rows[base, _UNDRAWN + f] += 1
                elif stratified:
                    raised = w * plan.raised[plan.design[base], label]
                    rows[base, _OWN_AW + f] += raised
                    rows[base, _OWN_AY + f] += raised * y
                    strata[base, label, f] += w
                    strata[base, label, FIGURES + f] += w * y
        # 3. The unit has ended: its totals join the sums of every base it touched.
        for t in range(many):
            base = touched[t]
            for f in range(FIGURES):
                rows[base, _UNITS + f] += (unit_bits[base] >> f) & 1
            for f in range(figures):
                w, y, q = rows[base, _OWN_W + f], rows[base, _OWN_Y + f], rows[base, _OWN_Q + f]
                rows[base, _W + f] += w
                rows[base, _Y + f] += y
                rows[base, _Q + f] += q
                rows[base, _WW + f] += w * w
                rows[base, _WY + f] += w * y
                rows[base, _YY + f] += y * y
                rows[base, _QQ + f] += q * q
                rows[base, _WQ + f] += w * q
            if stratified:
                for f in range(figures):
                    w, y = rows[base, _OWN_AW + f], rows[base, _OWN_AY + f]
                    rows[base, _AWW + f] += w * w
                    rows[base, _AWY + f] += w * y
                    rows[base, _AYY + f] += y * y
            if compared and plan.against[base] >= 0:
                there = plan.against[base]
                if own_unit[there] == unit:
                    for f in range(figures):
                        w, y = rows[base, _OWN_W + f], rows[base, _OWN_Y + f]
                        rows[base, _CYY + f] += y * rows[there, _OWN_Y + f]
                        rows[base, _CYW + f] += y * rows[there, _OWN_W + f]
                        rows[base, _CWY + f] += w * rows[there, _OWN_Y + f]
                        rows[base, _CWW + f] += w * rows[there, _OWN_W + f]
                    if stratified:
                        for f in range(figures):
                            w, y = rows[base, _OWN_AW + f], rows[base, _OWN_AY + f]
                            rows[base, _ACYY + f] += y * rows[there, _OWN_AY + f]
                            rows[base, _ACYW + f] += y * rows[there, _OWN_AW + f]
                            rows[base, _ACWY + f] += w * rows[there, _OWN_AY + f]
                            rows[base, _ACWW + f] += w * rows[there, _OWN_AW + f]
