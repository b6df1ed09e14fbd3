"""Who does not come back in time: the customers behind a rate of drop-off."""

from dataclasses import dataclass

import numpy as np

from viaggio.journey.index import Bucket, Coded, Codes, Whole
from viaggio.journey.kernels.behind.keys import KeysOfCustomers, Rows, keys_of, place_of
from viaggio.journey.where import Keep


@dataclass(frozen=True, slots=True)
class LostKernel(KeysOfCustomers):
    """Customers with an interaction at `place` that none of theirs follows in time; as `DropOffKernel`."""

    place: str | None
    until_micros: int
    within_micros: int
    by: Coded = "touchpoint"

    def part(self, bucket: Bucket, keep: Keep, codes: Codes) -> Whole:
        """Those of one bucket."""
        rows = Rows.of(bucket, keep)
        time = np.asarray(bucket.time)[rows.at]
        places = np.asarray(bucket.coded(self.by))[rows.at].astype(np.int64) + 1
        followed = np.zeros(len(time), np.bool_)
        followed[:-1] = (rows.owner[1:] == rows.owner[:-1]) & (np.diff(time) <= self.within_micros)
        lost = ~followed & (self.until_micros - time > self.within_micros)
        return keys_of(bucket, rows.owner[lost & (places == place_of(self.place, codes.of(self.by)))])
