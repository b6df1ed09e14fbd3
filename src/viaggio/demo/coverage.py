"""The ledger of asking: everybody whom a pulse could have asked, and what became of it.

It is written after everything was drawn and from chances of its own, so that it changes no answer: who did
not answer may have refused, never been reached, or looked without answering; who refused or could not be
reached was never asked again, because that was their last request.
"""

from dataclasses import dataclass

import numpy as np

from viaggio.demo.book import BLOCK_NUMBERS, NEVER, Book, Floats, Ints, Mask, chance
from viaggio.demo.clock import DAY, HOUR
from viaggio.demo.model import MONTHS
from viaggio.demo.pulse import (
    FIRST_PILLAR,
    RECOMMEND,
    RELATIONSHIP,
    SECOND_PILLAR,
    SHAPE,
    Answered,
    Asked,
    Considered,
    consider_company,
    potential,
)
from viaggio.pulse.fielding.model import Reason
from viaggio.pulse.model import Outcome

OUTCOMES = tuple(Outcome)
REASONS = tuple(Reason)
_OUTCOME = {outcome: at for at, outcome in enumerate(OUTCOMES)}
_REASON = {reason: at for at, reason in enumerate(REASONS)}

SENT_AFTER = 2 * HOUR
EXPIRES_AFTER = 21 * DAY
"""How long after the experience a request goes out, and how long one may answer it."""

BOUNCED, REFUSED, OPENED = 0.03, 0.05, 0.22
"""Of those who do not answer: shares of last requests that come back or are refused; of all, just opened."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """The ledger of one pulse's questions in one block: one row per unit that could have been asked about.

    `outcome` and `reason` are positions in `OUTCOMES` and `REASONS`; `invitation` and `response` are
    numbers, -1 for none. `in_draw`: the unit's probability was tried. `net` is 1 for a promoter, -1 for a
    detractor, as the customer would answer if asked.
    """

    units: Asked
    outcome: Ints
    reason: Ints
    invitation: Ints
    response: Ints
    in_draw: Mask
    net: Floats

    def __len__(self) -> int:
        return len(self.units)


def cover(
    book: Book, considered: tuple[Considered, Asked], given: tuple[Answered, Answered],
    values: tuple[Floats, Floats],
) -> tuple[Coverage, Coverage]:  # fmt: skip
    """The ledgers of the questions about experiences and about the company.

    `considered` holds everybody for the first, those asked for the second; `values` is what those asked would
    answer.
    """
    rng = np.random.default_rng(np.random.SeedSequence(book.world.seed, spawn_key=(book.block, 1)))
    both = (considered[0], consider_company(book, rng, considered[1]))
    asked = (both[0].units.at_rows(both[0].asked), considered[1])
    last = _last_asked(book, asked)
    gone = _Gone(np.full(len(book.people), NEVER), np.full(len(book.people), NEVER))
    begin = book.block * BLOCK_NUMBERS
    firsts = (begin, begin + len(asked[0]))
    ends = [_ends(book, rng, *one, last, gone) for one in zip(asked, given, firsts, strict=True)]
    first, company = (
        _ledger(book, rng, *one, gone) for one in zip(both, ends, given, firsts, values, strict=True)
    )
    return first, company


@dataclass(frozen=True, slots=True)
class _Gone:
    """When each person refused further questions, and when mail to them first came back."""

    refused: Ints
    bounced: Ints


def _last_asked(book: Book, asked: tuple[Asked, Asked]) -> Ints:
    """When each person was asked last, by whichever pulse."""
    last = np.full(len(book.people), -1)
    for one in asked:
        np.maximum.at(last, one.person, one.at)
    return last


def _ends(  # noqa: PLR0917 -- called once, above
    book: Book, rng: np.random.Generator, asked: Asked, given: Answered, first: int, last: Ints, gone: _Gone
) -> tuple[Ints, Ints]:
    """How each request ended; notes in `gone` who can or may not be asked any more."""
    n, until = len(asked), book.world.clock.until
    answered = np.zeros(n, bool)
    partial = np.zeros(n, bool)
    rows = given.invitation - first
    answered[rows], partial[rows] = True, _is_partial(given)
    open_still = asked.at + SENT_AFTER + EXPIRES_AFTER > until
    luck, opens = rng.random(n), chance(rng, OPENED, n)
    final = ~answered & (asked.at == last[asked.person]) & (asked.at + DAY < until)
    bounced, refused = final & (luck < BOUNCED), final & (luck >= BOUNCED) & (luck < BOUNCED + REFUSED)
    outcome = np.where(open_still, _OUTCOME[Outcome.INVITED], _OUTCOME[Outcome.EXPIRED])
    for mask, how in (
        (opens, Outcome.OPENED), (bounced, Outcome.BOUNCED), (refused, Outcome.REFUSED),
        (answered, Outcome.COMPLETE), (partial, Outcome.PARTIAL),
    ):  # fmt: skip
        outcome[mask] = _OUTCOME[how]
    np.minimum.at(gone.bounced, asked.person[bounced], asked.at[bounced])
    np.minimum.at(gone.refused, asked.person[refused], asked.at[refused])
    reason = np.where(outcome == _OUTCOME[Outcome.EXPIRED], _REASON[Reason.EXPIRED], _REASON[Reason.NONE])
    reason[refused] = _REASON[Reason.UNSUBSCRIBED]
    return outcome, reason


def _is_partial(given: Answered) -> Mask:
    """Who left before the last question of the form, and wrote nothing."""
    last = np.where(given.asked.touchpoint == RELATIONSHIP, SECOND_PILLAR + 5, FIRST_PILLAR + 5)
    left: Mask = np.isnan(given.values[np.arange(len(last)), last]) & ~given.comments
    return left


def _ledger(  # noqa: PLR0917 -- called once, above
    book: Book, rng: np.random.Generator, of: Considered, ends: tuple[Ints, Ints], given: Answered,
    first: int, values: Floats, gone: _Gone,
) -> Coverage:  # fmt: skip
    units, n = of.units, len(of.units)
    outcome = np.where(of.drawn, _OUTCOME[Outcome.RESTING], _OUTCOME[Outcome.NOT_SAMPLED])
    reason = np.where(of.drawn, _REASON[Reason.PERSON], _REASON[Reason.DRAWN_OTHERS])
    never = (
        (units.at > gone.bounced[units.person], Outcome.NO_ADDRESS, Reason.ADDRESS_FAILED),
        (units.at > gone.refused[units.person], Outcome.NO_CONSENT, Reason.UNSUBSCRIBED),
        (~of.agrees, Outcome.NO_CONSENT, Reason.REFUSED),
    )
    in_draw = np.ones(n, bool)
    for mask, how, why in never:
        mask = mask & ~of.asked  # noqa: PLW2901 -- those asked are told below
        outcome[mask], reason[mask], in_draw[mask] = _OUTCOME[how], _REASON[why], False
    rows = np.flatnonzero(of.asked)
    outcome[rows], reason[rows] = ends
    invitation, response = np.full(n, -1), np.full(n, -1)
    invitation[rows] = first + np.arange(len(rows))
    response[rows[given.invitation - first]] = given.number
    net = np.empty(n)
    net[rows] = _net(values)
    net[~of.asked] = _net(potential(book.world, rng, units.at_rows(~of.asked))[0])
    return Coverage(units, outcome, reason, invitation, response, in_draw, net)


def _net(values: Floats) -> Floats:
    said = values[:, RECOMMEND]
    net: Floats = (said >= 9).astype(np.float64) - (said <= 6)
    return net


OF_OUTCOMES = (SHAPE[0], MONTHS, len(OUTCOMES))
"""Touchpoint (the last one: the company), month, outcome."""


@dataclass(frozen=True, slots=True)
class Counted:
    """How many units there were and their promoters less detractors, by cell of `OF_OUTCOMES`."""

    units: Floats
    net: Floats

    def __add__(self, other: "Counted") -> "Counted":
        return Counted(self.units + other.units, self.net + other.net)


def counted(ledger: Coverage) -> Counted:
    """Count a ledger."""
    where = (ledger.units.touchpoint % OF_OUTCOMES[0], ledger.units.month, ledger.outcome)
    cell = np.ravel_multi_index(where, OF_OUTCOMES)
    size = int(np.prod(OF_OUTCOMES))
    units = np.bincount(cell, minlength=size).astype(np.float64)
    return Counted(units.reshape(OF_OUTCOMES), np.bincount(cell, ledger.net, size).reshape(OF_OUTCOMES))
