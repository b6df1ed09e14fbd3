"""Who came back: the customers behind a cell of retention."""

from dataclasses import dataclass

import numpy as np

from viaggio.journey.index import Bucket, Codes, Whole
from viaggio.journey.kernels.behind.keys import NOBODY, KeysOfCustomers, Rows, keys_of
from viaggio.journey.kernels.retention.calendar import Unit, calendar, label_of
from viaggio.journey.kinds import ANY, InteractionKind, bits_of
from viaggio.journey.where import Keep


@dataclass(frozen=True, slots=True)
class ReturnedKernel(KeysOfCustomers):
    """Customers of a cohort who are back in exactly that `period` after it; of None the whole cohort.

    `cohort`: as `label_of` writes it; the other fields as of `RetentionKernel`.
    """

    cohort: str
    period: int | None
    unit: Unit = "month"
    zone: str = "UTC"
    first: InteractionKind = ANY
    back: InteractionKind = ANY

    def part(self, bucket: Bucket, keep: Keep, codes: Codes) -> Whole:
        """Those of one bucket."""
        rows = Rows.of(bucket, keep)
        if not len(rows.at):
            return NOBODY
        kinds = bits_of((self.first, self.back), bucket, codes)
        bits = kinds.table[np.asarray(kinds.codes)[rows.at].astype(np.int64) + 1]
        bits = bits & kinds.more[rows.at] if len(kinds.more) else bits
        time = np.asarray(bucket.time)[rows.at]
        days = calendar(self.zone, self.unit, int(time.min()), int(time.max()))
        period = np.searchsorted(days.edges, time, side="right") - 1
        cohort = [n for n in range(len(days)) if label_of(self.unit, days.first + n) == self.cohort]
        firsts = np.flatnonzero(bits & 1 > 0)
        owners, at = np.unique(rows.owner[firsts], return_index=True)
        born = firsts[at]
        mine = np.isin(period[born], cohort)
        owners, born = owners[mine], born[mine]
        if self.period is None:
            return keys_of(bucket, owners)
        since = np.full(bucket.n_customers, len(rows.at))  # nobody else has a first interaction
        since[owners] = born
        back = (bits & 2 > 0) & (np.arange(len(rows.at)) > since[rows.owner])
        there = np.isin(period, [n + self.period for n in cohort])
        return keys_of(bucket, rows.owner[back & there])
