"""What the kernels share that give customers: keys that merge, and the rows that a filter lets through."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viaggio.journey.index import Bucket, Codes, Whole
from viaggio.journey.where import Keep

NOBODY: Whole = np.empty(0, np.int64)


class KeysOfCustomers:
    """Merge and finish of a kernel whose part are the keys of customers."""

    __slots__ = ()

    def merge(self, one: Whole, other: Whole) -> Whole:
        """No customer is in both."""
        return np.concatenate((one, other))

    def finish(self, part: Whole, codes: Codes) -> Whole:  # noqa: ARG002 -- a kernel's form
        """In ascending order."""
        return np.sort(part)


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Rows of a bucket that a filter lets through, and the customer of each by place in the bucket."""

    at: npt.NDArray[np.intp]
    owner: npt.NDArray[np.intp]

    @classmethod
    def of(cls, bucket: Bucket, keep: Keep) -> "Rows":
        """Those of one bucket, customer by customer in the order of time."""
        at = np.flatnonzero(keep) if len(keep) else np.arange(bucket.n_events)
        owner = np.repeat(np.arange(bucket.n_customers), np.diff(bucket.offsets))
        return cls(at, owner[at])


def place_of(name: str | None, known: tuple[str, ...]) -> int:
    """The code + 1 of a value, 0 for none; -1 for one that does not occur."""
    if name is None:
        return 0
    return known.index(name) + 1 if name in known else -1


def keys_of(bucket: Bucket, owners: npt.NDArray[np.intp]) -> Whole:
    """The keys of customers given by their places in a bucket, each once."""
    return np.asarray(bucket.customers, np.int64)[np.unique(owners)]
