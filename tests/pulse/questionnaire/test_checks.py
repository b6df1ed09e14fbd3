"""What stops a questionnaire, and what it is warned about; and that the ready ones need no warning."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from tests.pulse.questionnaire.drawn import questionnaires

from viaggio.journey.model import Phase
from viaggio.pulse.bank import BANK, EDITION, READY, stacked
from viaggio.pulse.model import Pillar
from viaggio.pulse.questionnaire import (
    FINDINGS,
    BadQuestionnaire,
    Feeds,
    Item,
    ItemKind,
    Limits,
    Option,
    Page,
    Questionnaire,
    Row,
    Scale,
    Skip,
    check,
    digest,
    estimated_seconds,
    from_json,
    parsed,
    screens,
    stops,
    to_json,
    wording,
)


def words(text):
    return wording(it=text, en=text)


TWO = (Option(key="a", text=words("a")), Option(key="b", text=words("b")))
NPS = Item(key="recommend", kind=ItemKind.NPS, text=words("x"))


def form(*items: Item, **more):
    pages = (Page(key="p", items=items),)
    return Questionnaire(**({"title": words("t"), "languages": ("it", "en"), "pages": pages} | more))


def item(key="i", kind=ItemKind.CSAT, text="x", **more):
    return Item(key=key, kind=kind, text=words(text), **more)


@pytest.mark.parametrize(
    ("questionnaire", "code", "place"),
    [
        (form(), "questionnaire.no_item", "pages"),
        (form(Item(key="i", kind=ItemKind.CSAT, text=wording(it="x"))), "text.missing", "i.text.en"),
        (form(item(key="I")), "key.bad", "I"),
        (form(item(key="order")), "key.reserved", "order"),
        (form(item(), item()), "key.double", "i"),
        (form(item(), languages=("it", "it")), "language.double", "languages"),
        (form(item(kind=ItemKind.SINGLE)), "option.too_few", "i.options"),
        (form(item(kind=ItemKind.SINGLE, options=(*TWO, TWO[0]))), "option.double", "i.options"),
        (
            form(item(kind=ItemKind.SINGLE, options=(TWO[0], Option(key="b", text=wording(it="b"))))),
            "text.missing",
            "i.options.b.en",
        ),
        (form(item(kind=ItemKind.COMMENT, options=TWO)), "option.not_for_this_kind", "i.options"),
        (form(item(kind=ItemKind.MATRIX)), "row.none", "i.rows"),
        (
            form(item(kind=ItemKind.MATRIX, rows=(Row(key="x", text=words("x"), metric=Feeds.PILLAR),))),
            "pillar.missing",
            "i.rows.x",
        ),
        (form(item(kind=ItemKind.NPS, scale=Scale(lowest=1, highest=10))), "scale.nps_is_0_to_10", "i.scale"),
        (form(item(scale=Scale(lowest=1, highest=3, points=(words("a"),)))), "scale.points", "i.scale"),
        (form(item(metric=Feeds.NPS)), "metric.wrong_kind", "i.metric"),
        (form(item(metric=Feeds.PILLAR)), "pillar.missing", "i.pillar"),
        (form(item(kind=ItemKind.NUMBER, limits=Limits(lowest=5, highest=5))), "limits.crossed", "i.limits"),
        (form(item(kind=ItemKind.DATE, limits=Limits(first="2026-13-01"))), "limits.not_a_date", "i.limits"),
        (form(item(show_if=parsed("{nobody} = 1"))), "logic.unknown_name", "i.show_if"),
        (form(item(show_if=parsed("{i} = 1"))), "logic.looks_ahead", "i.show_if"),
        (form(item(show_if=parsed("{recommend} = 1")), NPS), "logic.looks_ahead", "i.show_if"),
        (
            form(item(kind=ItemKind.SINGLE, options=TWO), item(key="j", show_if=parsed("{i} = 'c'"))),
            "logic.unknown_option",
            "j.show_if",
        ),
        (
            form(NPS, item(skips=(Skip(when=parsed("{i} = 1"), to="recommend"),))),
            "skip.backward",
            "i.skips.1",
        ),
        (form(item(skips=(Skip(when=parsed("{i} = 1"), to="i"),))), "skip.backward", "i.skips.1"),
        (form(item(skips=(Skip(when=parsed("{i} = 1"), to="gone"),))), "skip.unknown", "i.skips.1"),
        (form(item(text="{nobody|x}")), "pipe.unknown_name", "i.text.it"),
        (form(item(text="{recommend|x}"), NPS), "pipe.looks_ahead", "i.text.it"),
    ],
)
def test_what_stops_publication_is_told_with_its_place(questionnaire, code, place):
    found = check(questionnaire)
    assert (code, place) in [(finding.code, finding.place) for finding in found if finding.stops]
    assert stops(found)
    assert code in FINDINGS


@pytest.mark.parametrize(
    ("text", "language", "code"),
    [
        ("Don't you think we are quick?", "en", "wording.leading"),
        ("How do you rate our excellent service?", "en", "wording.leading"),
        ("Non trovi che siamo veloci?", "it", "wording.leading"),
        ("Come valuti il nostro ottimo servizio?", "it", "wording.leading"),
        ("How do you rate price and quality?", "en", "wording.double"),
        ("Come valuti prezzo e qualità?", "it", "wording.double"),
    ],
)
def test_weak_words_are_warned_about(text, language, code):
    other = {"it": "Come va?", "en": "How was it?"} | {language: text}
    found = check(form(Item(key="i", kind=ItemKind.CSAT, text=wording(other))))
    assert [(f.code, f.place) for f in found] == [(code, f"i.text.{language}")]
    assert not stops(found)


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("What is your order number?", "order"),
        ("Which product did you buy?", "product"),
        ("Your name", "name"),
        ("Qual è il numero dell'ordine?", "order"),
        ("Come ti chiami?", "name"),
        ("Dove hai acquistato?", "channel"),
    ],
)
def test_asking_what_is_known_already_is_warned_about(text, known):
    found = check(form(Item(key="i", kind=ItemKind.COMMENT, text=words(text))))
    assert ("wording.known_already", known) in [(f.code, f.detail) for f in found]


def test_long_mixed_and_forced_questionnaires_are_warned_about():
    many = [item(key=f"i{n}", required=True, metric=Feeds.CSAT) for n in range(12)]
    many[3] = replace(many[3], scale=Scale(lowest=1, highest=7))
    codes = {finding.code for finding in check(form(*many))}
    assert {"length.screens", "length.required", "scale.mixed"} <= codes


@given(questionnaires())
def test_what_may_be_published_has_no_stop(questionnaire):
    assert [f for f in check(questionnaire) if f.stops and f.code != "logic.unknown_option"] == []


@given(questionnaires())
def test_json_reads_back_and_is_written_in_one_way(questionnaire):
    text = to_json(questionnaire)
    assert from_json(text) == questionnaire
    assert to_json(from_json(text)) == text
    assert digest(from_json(text)) == digest(questionnaire)


def test_another_word_gives_another_digest():
    assert digest(form(NPS)) != digest(form(replace(NPS, text=words("y"))))


def test_the_digest_of_a_known_questionnaire_stays_what_it_is():
    assert to_json(form(NPS)).startswith(
        '{\n  "schema": "viaggio.questionnaire/1",\n  "title": {\n    "en": "t"'
    )
    assert digest(form(NPS)) == "1a792055cd80908bed3b823b7c5cc7ef6410820adab299985f0522a860fc9205"


START = '{"schema": "viaggio.questionnaire/1", "languages": ["it"]'


def one_item(inside):
    return f'{START}, "pages": [{{"items": [{{{inside}}}]}}]}}'


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", ""),
        ("[]", "the whole"),
        ("{}", "schema"),
        ("[" * 100_000, ""),
        ('{"schema": "viaggio.questionnaire/2"}', "schema"),
        ('{"schema": "viaggio.questionnaire/1", "languages": []}', "languages"),
        (START + ', "surprise": 1}', "surprise"),
        (one_item('"kind": "poem"'), "pages[0].items[0].kind"),
        (one_item('"kind": "nps", "show_if": "{a} ="'), "pages[0].items[0].show_if"),
        (
            one_item('"kind": "csat", "scale": {"lowest": 0, "highest": 100000000}'),
            "pages[0].items[0].scale.highest",
        ),
    ],
)
def test_what_is_no_questionnaire_is_refused_with_its_place(text, place):
    with pytest.raises(BadQuestionnaire) as error:
        from_json(text)
    assert error.value.place == place


# --- the bank --------------------------------------------------------------------------------------------


def test_the_bank_covers_pillars_and_phases():
    items = [entry.item for entry in BANK.values()]
    for pillar in Pillar:
        assert sum(item.pillar is pillar for item in items) >= 4
    for phase in Phase:
        assert sum(item.phase is phase for item in items) >= 4
    assert {Feeds.NPS, Feeds.CSAT, Feeds.CES} <= {item.metric for item in items}


def test_every_entry_of_the_bank_is_whole_in_both_languages_and_says_where_it_comes_from():
    for key, entry in BANK.items():
        assert entry.item.key == key
        assert entry.item.origin == f"{EDITION}/{key}"
        assert (entry.author, entry.year) == ("Viaggio", 2026)
        assert entry.construct
        found = check(form(entry.item))
        assert [f for f in found if f.code.startswith("wording") or f.stops] == []


def test_italian_of_the_bank_says_tu():
    texts = " ".join(entry.item.text.text("it") for entry in BANK.values())
    assert not re.search(r"\b(Lei|Suo|Sua|Vostro|soddisfatto)\b", texts)


@pytest.mark.parametrize("name", READY)
def test_ready_questionnaires_can_be_sent_as_they_are(name):
    found = check(READY[name])
    assert not stops(found)
    expected = [("length.screens", "4")] if name == "relationship" else []  # twice a year, two items a pillar
    assert [(f.code, f.detail) for f in found] == expected
    assert from_json(to_json(READY[name])) == READY[name]


def test_ready_questionnaires_after_an_occasion_take_less_than_a_minute_on_three_screens():
    for name, ready in READY.items():
        if name != "relationship":
            assert estimated_seconds(ready, "it") <= 60
            assert screens(ready) == 3


def test_stacked_items_feed_their_own_pillars():
    rows = stacked("all", tuple(e for e in BANK.values() if e.item.pillar)).rows
    assert {row.pillar for row in rows} == set(Pillar)
    assert all(row.metric is Feeds.PILLAR for row in rows)
