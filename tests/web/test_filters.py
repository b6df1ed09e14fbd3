"""What stands in the address is read kindly: known values filter, unknown ones are named and left out."""

from datetime import date
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from viaggio.journey.filter import write_filter
from viaggio.kernel import EVERYBODY, Period
from viaggio.web.shared.extent import Extent
from viaggio.web.shared.filters import Filters

TODAY = date(2026, 11, 22)
HELD = Extent(
    first=date(2024, 11, 1),
    last=date(2026, 10, 31),
    touchpoints={"checkout": {"name_it": "Cassa", "name_en": "Checkout", "phase": "purchase"}},
    channels=("web", "app"),
    segments=("b2c", "b2b"),
)
YEAR = Period(date(2025, 11, 1), date(2026, 11, 1))


def read(query: str, scope=EVERYBODY) -> Filters:
    return Filters.read(QueryDict(query), HELD, scope, TODAY, "Europe/Rome")


def test_without_a_query_it_is_the_last_twelve_months_against_those_before():
    filters = read("")
    assert filters.period == YEAR
    assert filters.compare == Period(date(2024, 11, 1), date(2025, 11, 1))
    assert filters.population == EVERYBODY
    assert filters.query() == ""


def test_conditions_become_the_population_and_travel_in_every_link():
    filters = read("channel=web,app&phase=purchase&touchpoint=checkout&segment=b2b&region=SP&compare=year")
    assert filters.population.where == {
        "phase": ("purchase",), "touchpoint": ("checkout",), "channel": ("web", "app"),
        "segment": ("b2b",), "region": ("SP",),
    }  # fmt: skip
    assert QueryDict(filters.query()[1:]).dict() == {
        "compare": "year", "phase": "purchase", "touchpoint": "checkout", "channel": "web,app",
        "segment": "b2b", "region": "SP",
    }  # fmt: skip
    assert "phase" not in filters.query(phase=None)
    assert read(filters.query()[1:]) == filters


@pytest.mark.parametrize(
    ("query", "period"),
    [
        ("period=2026-Q2", Period(date(2026, 4, 1), date(2026, 7, 1))),
        ("period=3m", Period(date(2026, 8, 1), date(2026, 11, 1))),
        (
            "period=12m&period=custom&from=2026-01-05&to=2026-01-09",
            Period(date(2026, 1, 5), date(2026, 1, 10)),
        ),
    ],
)
def test_periods_are_read(query, period):
    filters = read(query)
    assert (filters.period, filters.notes) == (period, ())
    assert read(filters.query()[1:]).period == period


@pytest.mark.parametrize(
    "query",
    [
        "period=yesterday", "period=0001", "period=9998..9999", "period=2026-13",
        "period=custom&from=2026-05-01",
        "period=custom&from=2026-05-01&to=2026-04-01", "channel=pigeon", "touchpoint=nowhere", "phase=x",
        "segment=b2x", "function=kings", "compare=sideways",
    ],
)  # fmt: skip
def test_what_is_not_known_is_said_and_left_out(query):
    filters = read(query)
    assert len(filters.notes) == 1
    assert filters.period == YEAR
    assert filters.population == EVERYBODY
    assert filters.query() == ""


def test_a_scope_narrows_what_was_asked_and_is_said_in_words():
    filters = read("function=logistics,billing&channel=web", EVERYBODY.narrowed(function=["billing"]))
    assert filters.population.where == {"function": ("billing",), "channel": ("web",)}
    assert filters.scope_words != ""
    assert read("").scope_words == ""


def test_a_scope_cannot_be_left_by_asking_for_another_function():
    filters = read("function=logistics", EVERYBODY.narrowed(function=["billing"]))
    assert filters.population.where["function"] == ()


def test_conditions_without_a_select_are_listed_with_a_way_to_remove_them():
    ((label, values, without),) = read("region=SP&channel=web").more()
    assert (values, without) == ("SP", "?channel=web")
    assert label


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "period",
                "from",
                "to",
                "compare",
                "segment",
                "channel",
                "phase",
                "touchpoint",
                "region",
                "where",
            ]
        ),
        st.text(max_size=120),
    )
)
def test_no_address_breaks_the_page(values):
    query = QueryDict(mutable=True)
    query.update(values)
    filters = Filters.read(query, HELD, EVERYBODY, TODAY, "Europe/Rome")
    assert filters.period.days > 0
    assert filters.periods()
    assert filters.selects()


def test_the_filter_language_in_the_address_becomes_conditions_and_what_only_journeys_know():
    filters = read("where=channel+in+(web,+app)+and+customers+who+did+checkout+at+least+2+times")
    assert filters.population.where == {"channel": ("app", "web")}
    assert filters.where == "customers who did checkout at least 2 times"
    assert QueryDict(filters.query()[1:]).dict() == {"channel": "app,web", "where": filters.where}
    assert read(filters.query()[1:]) == filters
    with translation.override("en"):
        ((label, words, without),) = filters.more()
    assert (label, words) == ("Only journeys", "customers who passed Checkout at least 2 times")
    assert without == "?channel=app,web"
    with translation.override("it"):
        assert filters.more()[0][:2] == ("Solo percorsi", "clienti passati da Cassa almeno 2 volte")


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("device != phone", "Device: not Smartphone"),
        ("device is empty", "Device: not stated"),
        ("value >= 10.50 or duration < 90 minutes", "Value ≥ 10.50 or Duration < 90 minutes"),
        ("not (moment = before or outcome = late)", "not (Moment: Before the purchase or Outcome: late)"),
        (
            "customers who did not checkout within 1 day of first in 2026-Q3",
            "customers who did not pass Checkout within 1 day of their first contact in Q3 2026",
        ),
        (
            "customers who did (channel = web) at least 2 times within 3 hours after checkout",
            "customers who passed (Channel: Website) at least 2 times within 3 hours after Checkout",
        ),
        (
            "customers who did all at least 9 times within 30 seconds",
            "customers who passed any touchpoint at least 9 times within 30 seconds of one another",
        ),
    ],
)
def test_what_only_journeys_know_is_said_in_words(where, words):
    with translation.override("en"):
        assert [said for _, said, _ in read(urlencode({"where": where})).more()] == [words]


def test_a_filter_and_a_select_on_one_dimension_keep_what_both_let_through():
    assert read("channel=web&where=channel+=+web,app").population.where == {"channel": ("web",)}
    apart = read("channel=web&where=channel+=+app")
    assert apart.population.where == {"channel": ("web",)}
    assert apart.where == "channel = app"


def test_a_filter_that_can_not_be_read_is_said_with_its_place_and_left_out():
    filters = read("where=chanel+=+web")
    assert "1" in filters.notes[0]
    assert "chanel" in filters.notes[0]
    assert (filters.where, filters.query()) == ("", "")
    assert len(read("where=channel+=").notes) == 1


def test_single_customers_are_picked_only_by_who_may_see_customers():
    query, scope = QueryDict("where=customer+=+42"), EVERYBODY
    blind = Filters.read(query, HELD, scope, TODAY, "Europe/Rome")
    assert (blind.where, len(blind.notes)) == ("", 1)
    seeing = Filters.read(query, HELD, scope, TODAY, "Europe/Rome", sees_customers=True)
    assert (seeing.where, seeing.notes) == ("customer = 42", ())


def test_what_customers_did_counts_only_inside_the_scope():
    scope = EVERYBODY.narrowed(function=["billing"])
    filters = read("where=not+customers+who+did+checkout+within+1+day+of+site", scope)
    assert len(filters.notes) == 1  # there is no touchpoint called site
    assert "site" in filters.notes[0]
    assert write_filter(filters.condition) == (
        "customers who did not (function = billing and touchpoint = checkout)"
        " within 1 day of (function = billing and touchpoint = site)"
    )
    assert filters.where == "customers who did not checkout within 1 day of site"


def test_an_empty_workspace_has_a_period_too():
    filters = Filters.read(QueryDict(""), Extent(), EVERYBODY, TODAY, "Europe/Rome")
    assert filters.period.last < TODAY
    assert filters.extent.empty
