"""Who sees what: conditions, skips, pages, and texts that repeat what is known."""

from hypothesis import given
from tests.pulse.questionnaire.drawn import answered

from viaggio.pulse.questionnaire import (
    END,
    Item,
    ItemKind,
    Option,
    Page,
    Questionnaire,
    Skip,
    next_page,
    page_before,
    pages_shown,
    parsed,
    piped,
    visible,
    wording,
)


def words(text):
    return wording(it=text, en=text)


def item(key, kind=ItemKind.NPS, **more):
    return Item(key=key, kind=kind, text=words(key), **more)


def form(*pages: list[Item]):
    made = tuple(Page(key=f"p{n}", items=tuple(items)) for n, items in enumerate(pages, start=1))
    return Questionnaire(title=words("t"), languages=("it", "en"), pages=made)


WHY = item("why", ItemKind.COMMENT, show_if=parsed("{recommend} <= 6"))
MORE = item("more", ItemKind.COMMENT, show_if=parsed("{why} notempty"))


def test_an_item_waits_for_its_condition():
    asked = form([item("recommend")], [WHY])
    assert visible(asked, {}) == ["recommend"]
    assert visible(asked, {"recommend": 6}) == ["recommend", "why"]
    assert visible(asked, {"recommend": 7}) == ["recommend"]


def test_answers_of_hidden_items_count_for_nothing():
    asked = form([item("recommend")], [WHY], [MORE])
    answers = {"recommend": 9, "why": "left over from a first try"}
    assert visible(asked, answers) == ["recommend"]


def test_a_skip_passes_over_everything_up_to_its_target():
    first = item("recommend", skips=(Skip(when=parsed("{recommend} >= 9"), to="c"),))
    asked = form([first, item("a")], [item("b")], [item("c")])
    assert visible(asked, {"recommend": 9}) == ["recommend", "c"]
    assert visible(asked, {"recommend": 8}) == ["recommend", "a", "b", "c"]


def test_a_skip_to_the_end_ends():
    first = item("recommend", skips=(Skip(when=parsed("{recommend} = 10"), to=END),))
    asked = form([first], [item("a")])
    assert visible(asked, {"recommend": 10}) == ["recommend"]
    assert next_page(asked, {"recommend": 10}, "p1") is None


def test_the_context_can_decide():
    asked = form([item("a", show_if=parsed("{channel} = 'phone'")), item("b")])
    assert visible(asked, {}, {"channel": "phone"}) == ["a", "b"]
    assert visible(asked, {}, {"channel": "web"}) == ["b"]


def test_a_page_without_anything_to_ask_is_passed_over():
    asked = form([item("recommend")], [WHY], [item("c")])
    assert next_page(asked, {"recommend": 9}, "p1").key == "p3"
    assert page_before(asked, {"recommend": 9}, "p3").key == "p1"
    assert page_before(asked, {"recommend": 9}, "p1") is None
    assert next_page(asked, {}, None).key == "p1"


@given(answered())
def test_walking_the_pages_shows_every_visible_item_once(drawn):
    asked, answers = drawn
    walked, page = [], next_page(asked, answers, None)
    while page is not None:
        walked += [item.key for item in page.items]
        page = next_page(asked, answers, page.key)
    assert walked == visible(asked, answers)
    assert [p.key for p in pages_shown(asked, answers)] == sorted(
        {p.key for p in pages_shown(asked, answers)}
    )


def test_a_text_repeats_answers_and_context_or_says_something_else():
    option = Option(key="price", text=wording(it="il prezzo", en="the price"))
    asked = form([item("reason", ItemKind.SINGLE, options=(option,), other=wording(it="altro", en="other"))])
    text = "Parliamo di {reason|altro} per {order|il tuo ordine}. {nobody} {order}"
    said = piped(text, asked, {"reason": "price"}, {"order": "<b>17</b>"}, "it")
    assert said == "Parliamo di il prezzo per <b>17</b>. {nobody} <b>17</b>"
    assert piped(text, asked, {}, {}, "it") == "Parliamo di altro per il tuo ordine. {nobody} "
    assert piped("{reason|-}", asked, {"reason": "not_applicable"}, {}, "en") == "-"
