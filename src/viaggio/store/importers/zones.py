"""Local times to UTC, whole arrays at once, with the two hours of the year named that need a decision."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

Micros = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_SECOND = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_utc(local: Micros, zone: str, *, later: bool = False) -> tuple[Micros, Mask, Mask]:
    """UTC microseconds of local wall-clock microseconds; then which come twice, and which never.

    A time that comes twice (clocks go back) is the earlier of both, or the `later`. A time that never
    comes (clocks go forward) is moved forward by as much as the clocks are: 02:30 becomes 03:30. Both as
    `datetime` has it with `fold=0` (PEP 495).
    """
    utc = local.copy()
    twice = np.zeros(len(local), dtype=bool)
    never = np.zeros(len(local), dtype=bool)
    years = local.astype("datetime64[us]").astype("datetime64[Y]").astype(np.int64) + 1970
    for year in np.unique(years):
        here = years == year
        times = local[here]
        instants, offsets = _offsets(zone, int(year))
        before, after = offsets[:-1], offsets[1:]
        first = offsets[np.searchsorted(instants + np.maximum(before, after), times, side="right")]
        second = offsets[np.searchsorted(instants + np.minimum(before, after), times, side="right")]
        utc[here] = times - (np.minimum(first, second) if later else first)
        twice[here] = first > second
        never[here] = first < second
        if later:
            utc[here] = np.where(first < second, times - first, times - second)
    return utc, twice, never


@lru_cache(maxsize=4096)
def _offsets(zone: str, year: int) -> tuple[Micros, Micros]:
    """Instants (UTC microseconds) at which the offset changes around a year, and the offsets between."""
    where = ZoneInfo(zone)
    start = (datetime(min(max(year, 2), 9998), 1, 1, tzinfo=UTC) - _EPOCH) // timedelta(
        seconds=1
    ) - 3 * 86_400
    days = [start + 86_400 * day for day in range(373)]
    at = [_offset(where, day) for day in days]
    instants, offsets = [], [at[0]]
    for day, this, following in zip(days, at, at[1:], strict=False):
        if this == following:
            continue
        low, high = day, day + 86_400
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if _offset(where, middle) == this else (low, middle)
        instants.append(high * _SECOND)
        offsets.append(following)
    return np.array(instants, dtype=np.int64), np.array(offsets, dtype=np.int64)


def _offset(zone: ZoneInfo, second: int) -> int:
    """Microseconds that local time is ahead of UTC at an instant."""
    offset = (_EPOCH + timedelta(seconds=second)).astimezone(zone).utcoffset()
    return (offset or timedelta()) // timedelta(microseconds=1)
