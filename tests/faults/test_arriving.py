"""Old answers in random order of their dates and new ones at the same time: nothing lost, nothing doubled."""

from collections import Counter

import pytest
from tests.faults.arriving import on_page, run


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_old_and_new_answers_are_counted_alike_everywhere_while_they_arrive_and_after(
    records, whole, tmp_path
):
    old, files, live, rate = (50_000, 25, 6_000, 50.0) if whole else (2_000, 4, 120, 8.0)
    arrived, counted, stored = run(tmp_path, records, old=old, files=files, live=live, rate=rate)
    assert arrived.wrong == []
    assert arrived.walks >= 2
    assert stored == Counter(complete=live)
    score = counted.pop("score")
    assert counted == dict.fromkeys(counted, old + live)
    numbers = [n % 11 for n in range(old)] + [n % 11 for n in range(live)]
    nps = 100 * sum((n >= 9) - (n <= 6) for n in numbers) / len(numbers)
    assert sorted(score) == [pytest.approx(nps, abs=1e-9)]


def test_the_base_of_a_page_is_read_from_its_words():
    assert on_page("<p>of <b>12</b> answers</p><a>52,500 answers</a>") == 52_500
    assert on_page("<p>nothing</p>") == 0
