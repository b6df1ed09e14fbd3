"""What a point remembers of those before it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viaggio.estimate.errors import BadNumber, Constant
from viaggio.estimate.series import Floats, whole_series


@dataclass(frozen=True, slots=True, kw_only=True)
class LjungBox:
    """A test that nothing is remembered up to a lag; small `p` speaks against it."""

    statistic: float
    p: float


def autocorrelation(values: npt.ArrayLike, lags: int) -> Floats:
    """Autocorrelations at lag 0 to `lags` (divisor n at every lag, so that they form one matrix)."""
    series = whole_series(values, least=2, place="autocorrelation")
    if not 1 <= lags < len(series):
        raise BadNumber(f"{lags} lags in {len(series)} points", place="autocorrelation")
    centred = series - series.mean()
    total = float(centred @ centred)
    if total == 0:
        raise Constant("all values are alike", place="autocorrelation")
    return np.array([centred[lag:] @ centred[: len(series) - lag] / total for lag in range(lags + 1)])


def ljung_box(values: npt.ArrayLike, lags: int) -> LjungBox:
    """Ljung and Box (1978): n (n + 2) sum r^2 / (n - lag), chi-square on `lags` degrees of freedom."""
    from scipy.special import chdtrc

    n = np.size(values)
    squares = autocorrelation(values, lags)[1:] ** 2
    statistic = float(n * (n + 2) * (squares / (n - np.arange(1, lags + 1))).sum())
    return LjungBox(statistic=statistic, p=float(chdtrc(lags, statistic)))
