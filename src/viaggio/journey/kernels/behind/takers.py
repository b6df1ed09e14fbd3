"""Who takes a path: the customers behind a line of `paths` and of `sub_paths`."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from viaggio.journey.index import Bucket, Coded, Codes, Whole
from viaggio.journey.kernels.behind.keys import KeysOfCustomers, Rows, keys_of, place_of
from viaggio.journey.where import Keep

Marks = npt.NDArray[np.bool_]
Stretch = Literal["first", "last", "anywhere"]


@dataclass(frozen=True, slots=True)
class TakersKernel(KeysOfCustomers):
    """Customers whose first or last `steps` steps are exactly these places, or who do them one after another.

    A path shorter than `steps` is a whole journey. `collapse`: consecutive interactions in one place are one
    step.
    """

    places: tuple[str | None, ...]
    stretch: Stretch = "first"
    steps: int = 10
    by: Coded = "touchpoint"
    collapse: bool = True

    def part(self, bucket: Bucket, keep: Keep, codes: Codes) -> Whole:
        """Those of one bucket."""
        rows = Rows.of(bucket, keep)
        place, owner = np.asarray(bucket.coded(self.by))[rows.at].astype(np.int64) + 1, rows.owner
        if self.collapse and len(place):
            new = np.append(True, (owner[1:] != owner[:-1]) | (place[1:] != place[:-1]))
            place, owner = place[new], owner[new]
        wanted = [place_of(name, codes.of(self.by)) for name in self.places]
        n = len(wanted)
        at = np.arange(len(place) - n + 1) if n else np.arange(0)
        for step, one in enumerate(wanted):
            at = at[(place[at + step] == one) & (owner[at + step] == owner[at])]
        if self.stretch != "anywhere":
            at = at[self._is_at_the_end(at, owner, n)]
        return keys_of(bucket, owner[at])

    def _is_at_the_end(self, at: Whole, owner: Whole, n: int) -> Marks:
        """Whether nothing comes before the run at each place (after it, for the last steps).

        Of a run shorter than `steps` nothing may lie on its other side either.
        """
        before = (at == 0) | (owner[at - 1] != owner[at])
        end = np.minimum(at + n, max(len(owner) - 1, 0))
        after = (at + n == len(owner)) | (owner[end] != owner[at])
        outer, inner = (after, before) if self.stretch == "last" else (before, after)
        found: Marks = outer & inner if n < self.steps else outer
        return found
