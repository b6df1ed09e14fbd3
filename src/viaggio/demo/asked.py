"""The ledger of asking of one block as Arrow tables: what each unit is called, and how it ended."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from viaggio.demo.arrow import codes, hide, join, numbered, table
from viaggio.demo.book import BLOCK_NUMBERS, BY_NUMBER, Ints
from viaggio.demo.clock import SECOND
from viaggio.demo.company import SOURCES, T
from viaggio.demo.coverage import OUTCOMES, REASONS, Coverage
from viaggio.demo.programmes import PROGRAMME_OF, PROGRAMMES
from viaggio.demo.tables import PHASES, SLUGS, Desk, Piece, order_ids
from viaggio.journey.model import CHANNELS
from viaggio.pulse.model import AskedUnit
from viaggio.pulse.tables import COVERAGE

_NAMES = [programme.slug for programme in PROGRAMMES]
_UNITS = np.array([list(AskedUnit).index(programme.unit) for programme in PROGRAMMES])
_SHELF = np.array([T["shop_browse"] if slug in {"search", "product_page"} else at for slug, at in T.items()])
"""Looking around in the shop is one experience, whichever of its pages were seen."""
_MEANS = [str(programme.asked_by) for programme in PROGRAMMES]


def asked_rows(desk: Desk) -> Iterator[Piece]:
    """Everybody who could have been asked: about experiences, then about the company."""
    happened = _Happened(desk)
    for ledger in desk.simulated.coverage:
        yield "pulse", COVERAGE, _coverage(desk, happened, ledger)


def _coverage(desk: Desk, happened: "_Happened", ledger: Coverage) -> Any:
    units, n = ledger.units, len(ledger)
    programme = PROGRAMME_OF[units.touchpoint]
    month = np.array([f"{day:%Y-%m}" for day in desk.book.world.clock.starts])
    wave = pa.array(month.tolist()).take(pa.array(units.month))
    unit = codes(list(AskedUnit), _UNITS[programme])
    about = _about(desk, happened, ledger, programme, wave)
    asked = ledger.invitation >= 0
    probability = pa.array(units.probability, pa.float64(), mask=~ledger.in_draw)
    return table(COVERAGE, n, {
        "id": join(codes(_NAMES, programme), "/", wave, "/", unit, "/", about),
        **desk.who(units.person, BY_NUMBER), "pulse": codes(_NAMES, programme), "wave": wave, "unit": unit,
        "about": about, "touchpoint": codes(SLUGS, units.touchpoint),
        "phase": codes(PHASES, units.touchpoint),
        "channel": codes(CHANNELS, units.channel), "stratum": codes(SLUGS, units.touchpoint),
        "probability": probability, "outcome": codes(OUTCOMES, ledger.outcome),
        "reason": _none_for_empty(codes(REASONS, ledger.reason)),
        "invitation": hide(numbered("INV", np.maximum(ledger.invitation, 0), 10), ~asked),
        "response": hide(numbered("R", np.maximum(ledger.response, 0), 10), ledger.response < 0),
        "asked_by": codes(_MEANS, np.where(asked, programme, -1)), "eligible_at": units.at,
    })  # fmt: skip


def _none_for_empty(texts: Any) -> Any:
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)


def _about(desk: Desk, happened: "_Happened", ledger: Coverage, programme: Ints, wave: Any) -> Any:
    """What each unit is called in the facts, as the product calls it: source and id."""
    units = ledger.units
    if (units.touchpoint < 0).all():  # the company: a person is asked once in a wave
        return join(wave, ":", desk.naming.number.take(pa.array(units.person)))
    row = happened.of(units.person, units.touchpoint, units.at)
    ticket = _UNITS[programme] == list(AskedUnit).index(AskedUnit.TICKET)
    order = units.touchpoint == T["delivery"]
    names = _told_apart(happened.names.take(pa.array(row)))
    tickets = join("helpdesk:T", numbered("", happened.episode[row], 10))
    orders = join("shop:", order_ids(units.order))
    return pc.if_else(pa.array(order), orders, pc.if_else(pa.array(ticket), tickets, names))


def _told_apart(names: Any) -> Any:
    """Names that come again get a number: what was written down once can be felt twice."""
    code = names.dictionary_encode().indices.to_numpy()
    order = np.argsort(code, kind="stable")
    first = np.flatnonzero(np.diff(code[order], prepend=-1) != 0)
    again = np.empty(len(code), np.int64)
    again[order] = np.arange(len(code)) - np.repeat(first, np.diff(np.append(first, len(code))))
    return pc.if_else(pa.array(again > 0), join(names, "~", pa.array(again).cast(pa.string())), names)


class _Happened:
    """The block's interactions in the order of person, touchpoint and time, with the ids that they get."""

    def __init__(self, desk: Desk) -> None:
        rows = desk.rows("interactions", "started")
        source, n = rows["source"], len(rows["source"])
        number = np.empty(n, np.int64)
        for one in np.unique(source):
            mine = source == one
            number[mine] = np.arange(mine.sum())
        self._start = int(rows["started"].min()) if n else 0
        self._width = (desk.until - self._start) // SECOND + 1
        key = self._key(rows["person"], _SHELF[rows["touchpoint"]], rows["started"])
        order = np.argsort(key, kind="stable")
        self._sorted = key[order]
        self.episode = rows["episode"][order]
        ids = numbered("I", (desk.book.block * BLOCK_NUMBERS + number)[order], 10)
        self.names = join(codes(SOURCES, source[order]), ":", ids)

    def _key(self, person: Ints, touchpoint: Ints, at: Ints) -> Ints:
        key: Ints = (person * len(T) + touchpoint) * self._width + (at - self._start) // SECOND
        return key

    def of(self, person: Ints, touchpoint: Ints, at: Ints) -> Ints:
        """Where the interaction stands that each experience was: the newest there that began before it.

        Two experiences are not the same interaction: the earlier one takes the one before.
        """
        place = np.searchsorted(self._sorted, self._key(person, _SHELF[touchpoint], at), side="right") - 1
        order = np.lexsort((at, place))
        for row in np.flatnonzero(np.diff(place[order]) == 0)[::-1]:  # a handful in a block
            place[order[row]] = max(place[order[row + 1]] - 1, 0)
        return place
