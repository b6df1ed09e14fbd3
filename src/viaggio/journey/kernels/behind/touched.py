"""Whom a place touched before a conversion: the customers behind a credit of attribution."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viaggio.journey.index import Bucket, Coded, Codes, Whole
from viaggio.journey.kernels.attribution.kernel import AS_USUAL
from viaggio.journey.kernels.attribution.model import NO_TOUCH, AttributionRules, Model
from viaggio.journey.kernels.behind.keys import KeysOfCustomers, Rows, keys_of, place_of
from viaggio.journey.kinds import ANY, InteractionKind, bits_of
from viaggio.journey.where import Keep

type Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class TouchedKernel(KeysOfCustomers):
    """Customers with a conversion that owes something to `place` by a model; else as `AttributionKernel`.

    By first and last touch it must be that one; by the models that share, and by the chain of Markov, to
    which every touch of a converting path belongs, any touch in the window. Place `NO_TOUCH`: customers with
    a conversion that nothing came before.
    """

    place: str | None
    model: Model = Model.LINEAR
    conversion: InteractionKind | None = None
    by: Coded = "channel"
    rules: AttributionRules = AS_USUAL
    touches: InteractionKind = ANY
    since_micros: int | None = None

    def part(self, bucket: Bucket, keep: Keep, codes: Codes) -> Whole:
        """Those of one bucket."""
        rows = Rows.of(bucket, keep)
        kinds = bits_of([self.conversion or ANY, self.touches], bucket, codes)
        bits = kinds.table[np.asarray(kinds.codes)[rows.at].astype(np.int64) + 1]
        bits = bits & kinds.more[rows.at] if len(kinds.more) else bits
        converts = np.asarray(bucket.value)[rows.at] > 0 if self.conversion is None else bits & 1 > 0
        goals, touches = np.flatnonzero(converts), np.flatnonzero(~converts & (bits & 2 > 0))
        time = np.asarray(bucket.time)[rows.at]
        owed = np.searchsorted(goals, touches)  # the next conversion, of whomever
        touches, owed = touches[owed < len(goals)], owed[owed < len(goals)]
        goal = goals[owed]
        near = (rows.owner[goal] == rows.owner[touches]) & (
            time[goal] - time[touches] <= self.rules.lookback_micros
        )
        touches, owed = touches[near], owed[near]
        counted = np.ones(len(goals), np.bool_)
        if self.since_micros is not None:
            counted = time[goals] >= self.since_micros
        if self.place == NO_TOUCH:
            counted[owed] = False
            return keys_of(bucket, rows.owner[goals[counted]])
        places = np.asarray(bucket.coded(self.by))[rows.at].astype(np.int64) + 1
        known = codes.of(self.by)
        chosen = self._chosen(places[touches], owed, known)
        mine = places[touches[chosen]] == place_of(self.place, known)
        at = chosen[mine & counted[owed[chosen]]]
        return keys_of(bucket, rows.owner[touches[at]])

    def _chosen(self, places: Whole, owed: Places, known: tuple[str, ...]) -> Places:
        """Which touches may have credit of the conversion that each is before."""
        every = np.arange(len(owed))
        match self.model:
            case Model.FIRST:
                return _ends(owed, every)[0]
            case Model.LAST:
                return _ends(owed, every)[1]
            case Model.LAST_NON_DIRECT:
                direct = np.isin(places, [place_of(name, known) for name in self.rules.direct])
                others = _ends(owed, every[~direct])[1]
                last = _ends(owed, every)[1]
                return np.concatenate((others, last[~np.isin(owed[last], owed[others])]))
            case _:
                return every


def _ends(owed: Places, touches: Places) -> tuple[Places, Places]:
    """The first and the last of these touches before each conversion."""
    new = np.ones(len(touches) + 1, np.bool_)
    new[1:-1] = owed[touches[1:]] != owed[touches[:-1]]
    return touches[new[:-1]], touches[new[1:]]
