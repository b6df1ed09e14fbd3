"""What every series must be before anything is read from it: numbers, in order, without gaps."""

import numpy as np
import numpy.typing as npt

from viaggio.estimate.errors import BadNumber, TooFew

Floats = npt.NDArray[np.float64]


def whole_series(values: npt.ArrayLike, *, least: int, place: str) -> Floats:
    """The values as a vector of floats.

    Raises `BadNumber` for a gap or an endless number (with its place, counted from 0) and for anything that
    is not a vector, `TooFew` below `least` values.
    """
    series = np.asarray(values, dtype=np.float64)
    if series.ndim != 1:
        raise BadNumber(f"a series is one row of numbers, this has shape {series.shape}", place=place)
    gaps = np.flatnonzero(~np.isfinite(series))
    if len(gaps):
        raise BadNumber(
            f"value {series[gaps[0]]} at place {gaps[0]}",
            place=place,
            hint="Leave out waves without a value, or fill them first.",
        )
    if len(series) < least:
        raise TooFew(
            f"{len(series)} values where {least} are needed", place=place, hint="Wait for more waves."
        )
    return series
