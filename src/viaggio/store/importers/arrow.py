"""Arrow as the importers see it: untyped, for its stubs refuse the plain Python values that it takes."""

from typing import Any

import pyarrow
import pyarrow.compute
import pyarrow.csv
import pyarrow.parquet

pa: Any = pyarrow
pc: Any = pyarrow.compute
arrow_csv: Any = pyarrow.csv
parquet: Any = pyarrow.parquet
