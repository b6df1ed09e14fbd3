"""Answers become figures: what feeds what, what leaves the base, what is kept beside."""

from viaggio.journey.model import Phase
from viaggio.pulse.model import Pillar
from viaggio.pulse.questionnaire import (
    NOT_APPLICABLE,
    Feeds,
    Item,
    ItemKind,
    Limits,
    Option,
    Page,
    Questionnaire,
    Row,
    next_version,
    scored,
    wording,
)
from viaggio.pulse.tables import ANSWERS
from viaggio.voice.tables import TEXTS


def words(text):
    return wording(it=text, en=text)


def form(*items: Item):
    pages = (Page(key="p", items=items),)
    return Questionnaire(title=words("t"), languages=("it", "en"), pages=pages)


def values(asked, answers):
    return {
        row.item: (row.value, row.scale_min, row.scale_max) for row in scored(asked, answers, "it").answers
    }


RECOMMEND = Item(key="recommend", kind=ItemKind.NPS, text=words("r"), metric=Feeds.NPS, not_applicable=True)
GRID = Item(
    key="grid",
    kind=ItemKind.MATRIX,
    text=words("g"),
    not_applicable=True,
    rows=(
        Row(key="listens", text=words("l"), metric=Feeds.PILLAR, pillar=Pillar.EMPATHY),
        Row(key="easy", text=words("e"), metric=Feeds.PILLAR, pillar=Pillar.TIME_EFFORT),
    ),
)
SOLVED = Item(
    key="solved",
    kind=ItemKind.SINGLE,
    text=words("s"),
    other=words("other"),
    options=(
        Option(key="yes", text=words("y")),
        Option(key="no", text=words("n")),
        Option(key="na", text=words("na"), out_of_base=True),
    ),
)
REASONS = Item(key="reasons", kind=ItemKind.MULTIPLE, text=words("m"), options=SOLVED.options)


def test_a_recommendation_feeds_the_nps_on_its_scale():
    (row,) = scored(form(RECOMMEND), {"recommend": 9}, "it").answers
    assert (row.metric, row.value, row.scale_min, row.scale_max) == (Feeds.NPS, 9.0, 0.0, 10.0)
    assert row.language == "it"


def test_not_applicable_gives_no_row_and_is_kept():
    result = scored(
        form(RECOMMEND, GRID),
        {"recommend": NOT_APPLICABLE, "grid": {"listens": NOT_APPLICABLE, "easy": 7}},
        "en",
    )
    assert [row.item for row in result.answers] == ["grid.easy"]
    assert result.not_applicable == ("recommend", "grid.listens")


def test_every_row_of_a_matrix_feeds_its_own_pillar():
    rows = scored(form(GRID), {"grid": {"listens": 2, "easy": 7}}, "en").answers
    assert [(row.item, row.pillar, row.value) for row in rows] == [
        ("grid.listens", Pillar.EMPATHY, 2.0),
        ("grid.easy", Pillar.TIME_EFFORT, 7.0),
    ]


def test_a_choice_counts_its_place_and_keeps_its_key():
    (row,) = scored(form(SOLVED), {"solved": "no"}, "en").answers
    assert (row.value, row.scale_max, dict(row.properties)) == (2.0, 3.0, {"option": "no"})


def test_an_option_out_of_the_base_leaves_it():
    result = scored(form(SOLVED, REASONS), {"solved": "na", "reasons": ["na"]}, "en")
    assert result.answers == ()
    assert result.not_applicable == ("solved", "reasons")


def test_several_choices_give_a_row_for_each_option_so_that_the_base_is_known():
    assert values(form(REASONS), {"reasons": ["no"]}) == {"reasons.yes": (0, 0, 1), "reasons.no": (1, 0, 1)}
    assert values(form(REASONS), {}) == {}


def test_a_ranking_gives_the_place_of_what_was_ranked():
    ranking = Item(key="rank", kind=ItemKind.RANKING, text=words("k"), options=SOLVED.options[:2])
    assert values(form(ranking), {"rank": ["no", "yes"]}) == {"rank.no": (1, 1, 2), "rank.yes": (2, 1, 2)}


def test_numbers_and_days_lie_between_their_limits():
    number = Item(key="n", kind=ItemKind.NUMBER, text=words("n"), limits=Limits(lowest=0, highest=20))
    day = Item(
        key="d", kind=ItemKind.DATE, text=words("d"), limits=Limits(first="1970-01-01", last="1970-12-31")
    )
    assert values(form(number, day), {"n": 7, "d": "1970-01-11"}) == {"n": (7, 0, 20), "d": (10, 0, 364)}


def test_words_become_texts_with_the_first_rating_of_the_response():
    why = Item(key="why", kind=ItemKind.COMMENT, text=words("w"))
    result = scored(
        form(RECOMMEND, SOLVED, why),
        {
            "recommend": 3,
            "solved": "other",
            "solved.other": "boh",
            "why": "Lento.",
        },
        "it",
    )
    assert [(t.item, t.body, t.rating, t.rating_max) for t in result.texts] == [
        ("solved.other", "boh", 3.0, 10.0),
        ("why", "Lento.", 3.0, 10.0),
    ]


def test_touchpoint_and_phase_of_the_response_hold_where_the_item_names_none():
    own = Item(key="own", kind=ItemKind.CES, text=words("o"), touchpoint="invoice", phase=Phase.PURCHASE)
    rows = scored(
        form(RECOMMEND, own), {"recommend": 9, "own": 5}, "it", touchpoint="delivery", phase=Phase.CARE
    ).answers
    assert [(row.touchpoint, row.phase) for row in rows] == [
        ("delivery", Phase.CARE),
        ("invoice", Phase.PURCHASE),
    ]


def test_columns_are_those_of_the_contracts():
    result = scored(form(RECOMMEND, SOLVED), {"recommend": 3, "solved": "other", "solved.other": "x"}, "it")
    assert set(result.answers[0].columns()) <= set(ANSWERS.names)
    assert set(result.texts[0].columns()) <= set(TEXTS.names)


def test_a_changed_question_gets_a_new_version_and_an_unchanged_one_keeps_its_own():
    before = form(RECOMMEND, SOLVED)
    reworded = Item(
        key="recommend", kind=ItemKind.NPS, text=words("new"), metric=Feeds.NPS, not_applicable=True
    )
    after = next_version(before, form(reworded, SOLVED, GRID))
    assert [(item.key, item.version) for item in after.items] == [
        ("recommend", 2),
        ("solved", 1),
        ("grid", 1),
    ]
    assert next_version(after, after) == after
