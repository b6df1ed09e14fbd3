from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viaggio.pulse.fielding import wave_of, waves_between

ROME = ZoneInfo("Europe/Rome")
moments = st.integers(0, 11 * 365 * 24).map(lambda h: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=h))
lengths = st.sampled_from(["week", "month", "quarter"])


@pytest.mark.parametrize(
    ("moment", "length", "code"),
    [
        (datetime(2026, 11, 30, 22, 59, tzinfo=UTC), "month", "2026-11"),
        (datetime(2026, 11, 30, 23, 0, tzinfo=UTC), "month", "2026-12"),  # midnight in Rome
        (datetime(2026, 1, 1, tzinfo=UTC), "week", "2026-W01"),
        (datetime(2027, 1, 2, tzinfo=UTC), "week", "2026-W53"),
        (datetime(2026, 11, 22, tzinfo=UTC), "quarter", "2026-Q4"),
    ],
)
def test_a_moment_belongs_to_the_wave_of_the_companys_calendar(moment: datetime, length, code: str):
    assert wave_of(moment, length, ROME).code == code


@given(moments, lengths)
def test_each_moment_lies_in_its_wave_and_waves_leave_no_gap(moment: datetime, length):
    wave = wave_of(moment, length, ROME)
    assert wave.starts_at <= moment < wave.ends_at
    after = wave_of(wave.ends_at, length, ROME)
    assert after.starts_at == wave.ends_at
    assert after.code > wave.code


@given(moments, st.integers(0, 400), lengths)
def test_waves_between_two_moments_are_all_of_them(first: datetime, days: int, length):
    last = first + timedelta(days=days)
    found = waves_between(first, last, length, ROME)
    assert found[0] == wave_of(first, length, ROME)
    assert found[-1] == wave_of(last, length, ROME)
    assert found == sorted(set(found))
