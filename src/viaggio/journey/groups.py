"""Groups of customers by something that the index does not hold, such as their segment."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viaggio.journey.index import Bucket, Whole


@dataclass(frozen=True, slots=True, eq=False)
class CustomerGroups:
    """Customers (int64 keys, ascending, once each) and the number of each one's group in `names`.

    `name`: what they are grouped by. Customers that are not in `keys` have no group.
    """

    name: str
    names: tuple[str, ...]
    keys: Whole
    codes: npt.NDArray[np.int32]

    def __post_init__(self) -> None:
        """Refuse keys that can not be searched; raises `ValueError`."""
        if len(self.keys) != len(self.codes) or not (np.diff(self.keys) > 0).all():
            raise ValueError("customers of groups come ascending, once each, with one code each")

    def of_rows(self, bucket: Bucket) -> npt.NDArray[np.int32]:
        """The group of each row's customer, -1 for none."""
        return np.repeat(self.of(bucket.customers), np.diff(bucket.offsets))

    def of(self, customers: Whole) -> npt.NDArray[np.int32]:
        """The group of each customer, -1 for none."""
        found = np.full(len(customers), -1, np.int32)
        if len(self.keys) and len(customers):
            at = np.minimum(np.searchsorted(self.keys, customers), len(self.keys) - 1)
            known = self.keys[at] == customers
            found[known] = self.codes[at[known]]
        return found
