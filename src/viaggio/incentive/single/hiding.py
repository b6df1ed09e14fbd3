"""Which units of a measure may be shown, and what is told of the others together."""

from collections.abc import Iterable
from typing import Any

from viaggio.incentive import cells
from viaggio.incentive.exact import written
from viaggio.incentive.run.cells import score_of
from viaggio.incentive.run.model import NOW, Cell


def hidden_cells(found: Iterable[Cell], *, headcount: int, responses: int) -> dict[str, Any]:
    """By measure: the value of all answers, that of each unit that may be shown, and who is hidden.

    `suppressed_primary` are units under `headcount` people or `responses` answers; `suppressed_secondary`
    are hidden with them, so that nobody finds them by subtraction. Their values are not in the answer. Only
    units of the period's window that say how many people they have.
    """
    measures: dict[str, dict[str, cells.Cell]] = {}
    for cell in found:
        score = score_of(cell) if cell.unit and cell.window == NOW and cell.headcount is not None else None
        if score is not None and cell.headcount is not None:
            own = cells.Cell(headcount=cell.headcount, n=score.n, value=score.value)
            measures.setdefault(cell.measure, {})[cell.unit] = own
    return {name: _told(units, headcount, responses) for name, units in sorted(measures.items())}


def _told(units: dict[str, cells.Cell], headcount: int, responses: int) -> dict[str, Any]:
    parent = cells.parent_of(units)
    small, also = cells.hidden(units, headcount=headcount, responses=responses)
    return {
        "value": written(parent.value),
        "n": parent.n,
        "shown": {
            name: {"value": written(unit.value), "n": unit.n}
            for name, unit in sorted(units.items())
            if name not in {*small, *also}
        },
        "suppressed_primary": small,
        "suppressed_secondary": also,
    }
