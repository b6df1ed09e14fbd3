"""The draw: a number for each customer that every engine computes alike, and nobody can steer.

    u = first 52 bits of SHA-256(seed ":" customer) / 2^52        0 <= u < 1

`seed` is the pulse's secret seed, a colon and the code of the draw; `customer` the key in decimal, with its
sign. 52 bits are 13 hexadecimal digits and exact in a double.
"""

from hashlib import sha256

import numpy as np

from viaggio.pulse.fielding.model import Floats, Ints

SQL = "('0x' || substr(sha256($seed || ':' || customer::varchar), 1, 13))::bigint / 4503599627370496.0"
"""The same in DuckDB."""
SPARK_SQL = (
    "cast(conv(substr(sha2(concat(:seed, ':', cast(customer as string)), 256), 1, 13), 16, 10) as bigint)"
    " / 4503599627370496D"
)
"""The same in Spark."""
_SPAN = float(1 << 52)


def draw_seed(seed: str, code: str) -> str:
    """The seed of one draw of a pulse: `code` is that of its wave or week."""
    return f"{seed}:{code}"


def chances(seed: str, customers: Ints) -> Floats:
    """The number of each customer, in [0, 1)."""
    start = sha256(f"{seed}:".encode())
    found = np.empty(len(customers), np.int64)
    for place, customer in enumerate(customers.tolist()):
        digest = start.copy()
        digest.update(b"%d" % customer)
        found[place] = int.from_bytes(digest.digest()[:7]) >> 4
    numbers: Floats = found / _SPAN
    return numbers
