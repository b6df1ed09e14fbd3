"""Questions with blanks give what the same questions with their values written in give."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.store.tiny import NOON, Row, bring, folded, make, seen

from viaggio.kernel import Period, Population, Reading
from viaggio.measure.catalogue import CATALOGUE
from viaggio.store import engine as engines
from viaggio.store.engine import Engine, engine
from viaggio.store.memory import Memory
from viaggio.store.readings import read

DAY = 86_400_000_000
CHANNELS = ("web", "app", "it's; drop table interactions --", "")
FIRST = Period.parse("2025-06-15..2025-06-30")
"""The facts begin on 15 June and go on for sixty days."""


class WrittenIn:
    """An engine that can be asked only questions with their values written in."""

    def __init__(self, whole: Engine) -> None:
        self.workspace, self.version = whole.workspace, f"{whole.version} written in"
        self.tables, self.run = whole.tables, whole.run


def facts() -> list[Row]:
    rows: list[Row] = [
        {"table": "touchpoints", "id": "help", "name_it": "a", "name_en": "a", "phase": "care",
         "moment": "after", "owner_function": "care", "contact": True},
    ]  # fmt: skip
    for day in range(60):
        when, who = NOON + day * DAY, {"email": f"{day % 7}@x.it"}
        channel = CHANNELS[day % 3]
        rows += [
            seen(f"i{day}", day * 1440, channel=channel, touchpoint="help" if day % 4 == 0 else "site",
                 outcome="resolved" if day % 8 == 0 else None, cost_cents=250, currency="EUR", **who),
            {"table": "answers", "id": f"a{day}", "metric": ("nps", "csat", "ces", "review")[day % 4],
             "value": float(day % 5), "scale_min": 0.0, "scale_max": 10.0, "answered_at": when,
             "channel": channel, "phase": "discovery", **who},
            {"table": "orders", "id": f"o{day}", "ordered_at": when, "status": "delivered",
             "promised_at": when + 3 * DAY, "delivered_at": when + (day % 6) * DAY, "currency": "EUR",
             "total_cents": 1000 + day, "channel": channel, **who},
            {"table": "visits", "id": f"v{day}", "started_at": when, "converted": day % 3 == 0,
             "pages": day % 9, "seconds": day * 10, "channel": channel, **who},
        ]  # fmt: skip
    return rows


@pytest.fixture(scope="module")
def live(tmp_path_factory) -> Engine:
    ws = make(tmp_path_factory.mktemp("forms") / "ws")
    bring(ws, facts())
    folded(ws)
    return engine(ws)


def weeks(start: Period, count: int) -> list[Period]:
    return [start, *start.bins("week"), start.previous(), *start.previous().bins("week")][:count]


QUESTIONS = [
    ([FIRST], {}, ()),
    ([Period.parse("2025-07-10..2025-07-30")], {}, ()),
    ([FIRST], {"channel": ("web",)}, ()),
    ([FIRST], {"channel": ("it's; drop table interactions --",)}, ()),
    ([FIRST], {"channel": ("",)}, ("channel",)),
    ([FIRST, FIRST.previous()], {"channel": ("app",)}, ()),
    ([FIRST, Period.parse("2025-07-20..2025-07-30")], {"channel": ("app", "web")}, ("segment",)),
    (weeks(FIRST, 8), {}, ()),
    (weeks(Period.parse("2025-06-22..2025-08-10"), 20), {}, ("channel",)),
    ([FIRST, FIRST], {"source": ("shop",)}, ()),
    (FIRST.bins("day"), {}, ()),
]


@pytest.mark.parametrize("slug", CATALOGUE)
@pytest.mark.parametrize("minimum", [None, 2])
def test_blanks_filled_and_values_written_in_give_the_same_readings(live: Engine, slug: str, minimum):
    for periods, where, by in QUESTIONS:
        asked = (slug, periods, Population(where), by)
        filled: list[Reading] = read(live, *asked, minimum_cell=minimum)
        assert filled == read(WrittenIn(live), *asked, minimum_cell=minimum), asked


def test_questions_that_differ_in_their_values_only_are_translated_once(live: Engine, monkeypatch):
    monkeypatch.setattr(engines, "FORMS", Memory(8))
    translated = []
    monkeypatch.setattr(live, "_form", lambda *given: translated.append(1) or Engine._form(live, *given))
    for start in ("2025-06-17", "2025-06-27", "2025-07-07"):
        for channel in ("web", "app"):
            span = Period.parse(f"{start}..2025-07-30")
            read(live, "orders", [span, span.previous()], Population({"channel": (channel,)}))
    assert len(translated) == 1


def test_threads_that_ask_one_shape_at_once_get_each_their_own_answer(live: Engine):
    days = FIRST.bins("day") * 4

    def count(day: Period) -> list[Reading]:
        return read(live, "interactions", [day], Population({"source": ("shop", str(day))}))

    with ThreadPoolExecutor(8) as pool:
        assert [found[0].period for found in pool.map(count, days)] == days
