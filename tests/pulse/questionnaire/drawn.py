"""Questionnaires drawn at random: all kinds, conditions and skips that only look back, two languages."""

from hypothesis import strategies as st

from viaggio.journey.model import Phase
from viaggio.pulse.model import Pillar
from viaggio.pulse.questionnaire import (
    END,
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
    wording,
)
from viaggio.pulse.questionnaire.logic import All, AnyOf, Not, Operator, Test

WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="<>&{}\xa0 "),
    min_size=1,
    max_size=12,
)
KEYS = st.from_regex(r"[a-z][a-z0-9]{0,5}", fullmatch=True)
ORDERED = [
    Operator.EQUAL,
    Operator.UNEQUAL,
    Operator.LESS,
    Operator.AT_MOST,
    Operator.MORE,
    Operator.AT_LEAST,
]
NUMBERS = st.integers(-20, 20) | st.floats(-20, 20, allow_nan=False).map(lambda x: round(x, 3))


@st.composite
def wordings(draw):
    return wording(it=draw(WORDS), en=draw(WORDS))


def tests_on(names, literals):
    """A single test of one of the names."""
    return st.one_of(
        st.builds(Test, st.sampled_from(names), st.sampled_from(ORDERED), st.tuples(literals)),
        st.builds(Test, st.sampled_from(names), st.sampled_from([Operator.EMPTY, Operator.FILLED])),
        st.builds(
            Test,
            st.sampled_from(names),
            st.sampled_from([Operator.CONTAINS, Operator.LACKS]),
            st.tuples(literals),
        ),
        st.builds(
            Test,
            st.sampled_from(names),
            st.just(Operator.ANY_OF),
            st.lists(literals, min_size=1, max_size=3).map(tuple),
        ),
    )


def expressions(names, literals=NUMBERS):
    """Any condition about the names."""
    return st.recursive(
        tests_on(names, literals),
        lambda part: st.one_of(
            st.builds(Not, part),
            st.builds(All, st.lists(part, min_size=2, max_size=3).map(tuple)),
            st.builds(AnyOf, st.lists(part, min_size=2, max_size=3).map(tuple)),
        ),
        max_leaves=5,
    )


@st.composite
def scales(draw, kind):
    if kind is ItemKind.NPS:
        return draw(st.none() | st.just(Scale(lowest=0, highest=10)))
    if draw(st.booleans()):
        return None
    lowest = draw(st.integers(-2, 2))
    highest = lowest + draw(st.integers(1, 6))
    if draw(st.booleans()):
        return Scale(lowest=lowest, highest=highest, low=draw(wordings()), high=draw(wordings()))
    points = tuple(draw(wordings()) for _ in range(lowest, highest + 1))
    return Scale(lowest=lowest, highest=highest, points=points)


@st.composite
def items(draw, key, before):
    kind = draw(st.sampled_from(ItemKind))
    own = {}
    if kind in {ItemKind.SINGLE, ItemKind.MULTIPLE, ItemKind.RANKING}:
        keys = draw(
            st.lists(KEYS.filter(lambda k: k not in {"other", "none"}), min_size=2, max_size=4, unique=True)
        )
        own["options"] = tuple(
            Option(key=k, text=draw(wordings()), exclusive=draw(st.booleans())) for k in keys
        )
        if draw(st.booleans()):
            own["other"] = draw(wordings())
    if kind is ItemKind.MULTIPLE:
        own["limits"] = draw(st.sampled_from([Limits(), Limits(fewest=1, most=2), Limits(most=3)]))
    if kind is ItemKind.NUMBER:
        own["limits"] = draw(
            st.sampled_from([Limits(), Limits(lowest=-3, highest=9.5), Limits(lowest=0, whole=True)])
        )
    if kind is ItemKind.DATE:
        own["limits"] = draw(st.sampled_from([Limits(), Limits(first="2020-01-01", last="2026-12-31")]))
    if kind is ItemKind.COMMENT:
        own["limits"] = draw(st.sampled_from([Limits(), Limits(longest=20)]))
    else:
        own["not_applicable"] = draw(st.booleans())
    if kind in {ItemKind.NPS, ItemKind.CSAT, ItemKind.CES, ItemKind.STARS, ItemKind.MATRIX}:
        own["scale"] = draw(scales(kind))
    if kind is ItemKind.MATRIX:
        rows = draw(st.lists(KEYS, min_size=1, max_size=3, unique=True))
        pillars = st.sampled_from(Pillar)
        own["rows"] = tuple(
            Row(key=row, text=draw(wordings()), metric=Feeds.PILLAR, pillar=draw(pillars)) for row in rows
        )
    if before and draw(st.booleans()):
        own["show_if"] = draw(expressions(before))
    return Item(
        key=key,
        kind=kind,
        text=draw(wordings()),
        help=draw(st.just(wording()) | wordings()),
        required=draw(st.booleans()),
        touchpoint=draw(st.sampled_from(["", "delivery"])),
        phase=draw(st.none() | st.sampled_from(Phase)),
        version=draw(st.integers(1, 3)),
        **own,
    )


@st.composite
def questionnaires(draw):
    """A questionnaire that may be published: keys `i1`, `i2` ... in pages `p1` ..."""
    count = draw(st.integers(1, 6))
    keys = [f"i{number}" for number in range(1, count + 1)]
    made = [draw(items(key, keys[:at])) for at, key in enumerate(keys)]
    for at in range(count):
        if draw(st.integers(0, 3)) == 0:
            skip = Skip(
                when=draw(expressions(keys[: at + 1])), to=draw(st.sampled_from([*keys[at + 1 :], END]))
            )
            made[at] = Item(**{n: getattr(made[at], n) for n in Item.__slots__} | {"skips": (skip,)})
    cut = draw(st.integers(1, count))
    parts = [part for part in (made[:cut], made[cut:]) if part]
    pages = tuple(Page(key=f"p{n}", items=tuple(part)) for n, part in enumerate(parts, start=1))
    return Questionnaire(title=draw(wordings()), languages=("it", "en"), pages=pages, thanks=draw(wordings()))


@st.composite
def values(draw, item):
    """What somebody, or some program, might send for an item: right, nearly right, nonsense."""
    keys = [option.key for option in item.options] + ["other", "nothing"]
    rating = st.integers(-4, 13)
    return draw(
        st.one_of(
            st.none(),
            st.just("not_applicable"),
            rating,
            st.floats(-5, 12),
            st.booleans(),
            st.sampled_from(keys),
            st.lists(st.sampled_from(keys), max_size=4),
            st.dictionaries(st.sampled_from([row.key for row in item.rows] + ["no_row"]), rating, max_size=3),
            st.sampled_from(["2026-02-30", "2026-02-28", "9", "", "a" * 30]),
        )
    )


@st.composite
def answered(draw):
    """A questionnaire and answers to it."""
    questionnaire = draw(questionnaires())
    answers = {}
    for item in questionnaire.items:
        value = draw(values(item))
        if value is not None:
            answers[item.key] = value
        if draw(st.integers(0, 4)) == 0:
            answers[f"{item.key}.other"] = draw(st.sampled_from(["boh", ""]))
    return questionnaire, answers
