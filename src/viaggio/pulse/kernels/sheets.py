"""Cutting responses into sheets, as machine code: what belongs together is valued once, for all questions."""

from typing import Any

from viaggio.journey.compiled import compiled
from viaggio.pulse.kernels.cells import CSAT, CX, FIRST_PILLAR, LARGEST

MOST_ITEMS = 15
"""More items of one pillar in a response than this do not fit a form: the response is looked at by answer."""

SHEET, LOOSE = 1, 2


@compiled
def cut(response_starts: Any, new: Any, kinds: Any, begins: Any) -> None:
    """Mark in `begins` (one number per answer, 0 at first) where a sheet begins.

    A sheet begins where `new` says so, and where a question of the same kind comes again; items of pillars
    may come again. A response whose pillars would lie on several sheets stays whole and is `LOOSE`.
    """
    for response in range(len(response_starts) - 1):
        start, end = response_starts[response], response_starts[response + 1]
        seen, sheet, pillars, loose = 0, 0, -1, False
        items, of_kind = 0, -1
        for i in range(start, end):
            kind = kinds[i]
            if i == start or new[i] or (kind < FIRST_PILLAR and (seen >> kind) & 1):
                begins[i] = SHEET
                seen = 0
                sheet += 1
            seen |= 1 << kind
            if kind >= FIRST_PILLAR:
                items = items + 1 if kind == of_kind else 1
                of_kind = kind
                loose = loose or pillars not in (-1, sheet) or items > MOST_ITEMS
                pillars = sheet
        if loose:
            for i in range(start, end):
                begins[i] = 0
            begins[start] = LOOSE


@compiled
def value(  # noqa: C901, PLR0912, PLR0917 -- one loop over arrays, as in `walk`
    starts: Any, kinds: Any, scales: Any, values: Any, low: Any, high: Any, cx_weights: Any, loose: Any,
    given: Any, scale_key: Any, count_key: Any
) -> None:  # fmt: skip
    """What each sheet gives to each figure, and two keys that say in which form.

    `scale_key`: 16 bits each for the scale, plus 1, of its four single questions, 0 where there is no valid
    answer. `count_key`: 4 bits that say of which single questions an answer was off its scale, then of each
    pillar 4 bits for its valid items and 4 for those off their scale.
    """
    for sheet in range(len(starts) - 1):
        if loose[sheet]:
            continue
        key, many = 0, 0
        for i in range(starts[sheet], starts[sheet + 1]):
            kind, scale, number = kinds[i], scales[i], values[i]
            bottom, top = low[scale], high[scale]
            valid = bottom < top and bottom <= number <= top and -LARGEST <= number <= LARGEST
            if kind >= FIRST_PILLAR:
                place = 4 + 8 * (kind - FIRST_PILLAR)
                many += 1 << (place if valid else place + 4)
                if valid:
                    given[sheet, kind + 1] += 100.0 * (number - bottom) / (top - bottom)
                continue
            if not valid:
                many += 1 << kind
                continue
            key |= (scale + 1) << (16 * kind)
            if kind == 0:
                given[sheet, 0] = 1.0 if number >= 9.0 else -1.0 if number <= 6.0 else 0.0
            elif kind == CSAT:
                given[sheet, CSAT] = 1.0 if number >= top - 1.0 else 0.0
                given[sheet, CSAT + 1] = number
            else:
                given[sheet, kind + 1] = number
        complete, whole = True, 0.0
        for p in range(6):
            items = (many >> (4 + 8 * p)) & 15
            if items == 0:
                complete = False
            else:
                given[sheet, FIRST_PILLAR + 1 + p] /= items
                whole += cx_weights[p] * given[sheet, FIRST_PILLAR + 1 + p]
        if complete:
            given[sheet, CX] = whole
        scale_key[sheet], count_key[sheet] = key, many
