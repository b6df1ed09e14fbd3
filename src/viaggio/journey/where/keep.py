"""What a filter leaves of a bucket."""

import numpy as np
import numpy.typing as npt

Keep = npt.NDArray[np.bool_]
"""One entry per row of a bucket; no entries at all means that every row is kept."""

ALL: Keep = np.empty(0, np.bool_)
ALL.flags.writeable = False
