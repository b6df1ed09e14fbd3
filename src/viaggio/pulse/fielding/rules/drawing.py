"""The draw of a wave: one outcome and one reason for everybody in the frame."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

import numpy as np

from viaggio.pulse.fielding.model import (
    Clocks,
    Consent,
    Drawn,
    Floats,
    Frame,
    Ints,
    Mask,
    Plan,
    Reason,
    Texts,
)
from viaggio.pulse.fielding.rules.chance import chances
from viaggio.pulse.fielding.rules.rest import rested
from viaggio.pulse.fielding.rules.sampling import sampled
from viaggio.pulse.fielding.rules.windows import allowed_from
from viaggio.pulse.model import AskedBy, Outcome

_ADDRESS: Mapping[AskedBy, str] = {
    AskedBy.EMAIL: "email",
    AskedBy.SMS: "phone",
    AskedBy.WHATSAPP: "phone",
}


def draw(frame: Frame, plan: Plan, seed: str, asked_before: Clocks, *, now: int, zone: ZoneInfo) -> Drawn:
    """Decide about everybody, in this order: consent, address, the draw, rest.

    `seed` is that of this draw (`draw_seed`); `now` in UTC microseconds. Deterministic, whatever the order of
    the rows: ties go by customer, then by `about`.
    """
    rank = np.lexsort((frame.about.astype(str), frame.customer)) if len(frame) else np.empty(0, np.int64)
    ranked = _Decision(frame, plan, rank)
    ranked.consent()
    ranked.address()
    ranked.sample(seed)
    ranked.rest(asked_before, now, zone)
    return ranked.drawn()


class _Decision:
    """A draw under way. Rows not yet `decided` are still in."""

    def __init__(self, frame: Frame, plan: Plan, rank: Ints) -> None:
        rows = len(frame)
        self.frame, self.plan, self.rank = frame, plan, rank
        self.outcome: Texts = np.full(rows, Outcome.INVITED, object)
        self.reason: Texts = np.full(rows, Reason.NONE, object)
        self.probability: Floats = np.full(rows, np.nan)
        self.due: Ints = np.zeros(rows, np.int64)
        self.asked_by: Texts = np.full(rows, "", object)
        self.addresses: Texts = np.full(rows, "", object)
        self.strata: Texts = getattr(frame, plan.sample.by) if plan.sample.by else np.full(rows, "", object)

    @property
    def still_in(self) -> Mask:
        still: Mask = self.outcome == Outcome.INVITED
        return still

    def put(self, mask: Mask, outcome: Outcome, reason: Reason) -> None:
        """Decide about those in the mask who are still in."""
        who = mask & self.still_in
        self.outcome[who], self.reason[who] = outcome, reason

    def consent(self) -> None:
        said = self.frame.consent
        self.put(said == 0, Outcome.NO_CONSENT, Reason.REFUSED)
        if self.plan.consent is Consent.STATED:
            self.put(said < 0, Outcome.NO_CONSENT, Reason.NEVER_ASKED)

    def address(self) -> None:
        """The first channel of the plan that has an address which still takes mail."""
        self.put(self.frame.customer == 0, Outcome.NO_ADDRESS, Reason.NO_CUSTOMER)
        stopped = self.frame.stopped
        kinds = sorted({_ADDRESS[channel] for channel in self.plan.channels if channel in _ADDRESS})
        for channel in self.plan.channels:
            column = getattr(self.frame, _ADDRESS[channel])
            good = (column != "") & (self.asked_by == "")
            if stopped:
                good &= np.array([address not in stopped for address in column.tolist()], np.bool_)
            self.asked_by[good] = channel
            self.addresses[good] = column[good]
        without = self.asked_by == ""
        if stopped:
            for kind in kinds:
                found = [stopped.get(address) for address in getattr(self.frame, kind).tolist()]
                refused = np.array([outcome is Outcome.REFUSED for outcome in found], np.bool_)
                failed = np.array([outcome is Outcome.BOUNCED for outcome in found], np.bool_)
                self.put(without & refused, Outcome.NO_CONSENT, Reason.UNSUBSCRIBED)
                self.put(without & failed, Outcome.NO_ADDRESS, Reason.ADDRESS_FAILED)
        self.put(without, Outcome.NO_ADDRESS, Reason.NO_ADDRESS)

    def sample(self, seed: str) -> None:
        rows = np.flatnonzero(self.still_in)
        customers = self.frame.customer[rows]
        who, member = np.unique(customers, return_inverse=True)
        chance = chances(seed, who)[member]
        result = sampled(self.plan.sample, self.strata[rows], chance, customers)
        self.probability[rows] = result.probability
        out = np.zeros(len(self.frame), np.bool_)
        out[rows[~result.drawn]] = True
        self.put(out, Outcome.NOT_SAMPLED, Reason.DRAWN_OTHERS)

    def rest(self, asked_before: Clocks, now: int, zone: ZoneInfo) -> None:
        """Whoever is asked is asked in the order of the moments at which they are."""
        rows = self.rank[self.still_in[self.rank]]
        due = allowed_from(np.maximum(self.frame.eligible_at[rows], now), self.plan.hours, zone)
        order = np.lexsort((self.frame.eligible_at[rows], due))
        rows, due = rows[order], due[order]
        reasons = rested(
            self.plan.rest,
            at=due,
            person=self.frame.customer[rows],
            account=self.frame.account[rows],
            clocks=asked_before,
        )
        for reason in set(reasons) - {Reason.NONE}:
            mask = np.zeros(len(self.frame), np.bool_)
            mask[rows[np.array([each is reason for each in reasons], np.bool_)]] = True
            self.put(mask, Outcome.RESTING, reason)
        self.due[rows] = due

    def drawn(self) -> Drawn:
        out = ~self.still_in
        self.due[out], self.asked_by[out], self.addresses[out] = 0, "", ""
        return Drawn(
            outcome=self.outcome,
            reason=self.reason,
            stratum=self.strata,
            probability=self.probability,
            due_at=self.due,
            asked_by=self.asked_by,
            address=self.addresses,
        )
