"""What it costs to call a stretch of a series one level: sums of squares of every stretch at once."""

import numpy as np

from viaggio.estimate.series import Floats


class StretchSquares:
    """Sums of squared residuals around the mean of any stretch, from running sums of the centred series."""

    def __init__(self, series: Floats) -> None:
        centred = series - series.mean()
        self._sums = np.concatenate([[0.0], np.cumsum(centred)])
        self._squares = np.concatenate([[0.0], np.cumsum(centred * centred)])
        self.n = len(series)

    def between(self, starts: np.ndarray, end: int) -> Floats:
        """Of the points `start` to `end` - 1, for each of `starts`; never negative."""
        total = self._sums[end] - self._sums[starts]
        squares = self._squares[end] - self._squares[starts]
        result: Floats = np.maximum(squares - total * total / (end - starts), 0.0)
        return result

    def one(self, start: int, end: int) -> float:
        """Of one stretch."""
        return float(self.between(np.array([start]), end)[0])
