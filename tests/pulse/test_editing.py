"""Editing a questionnaire: nothing is lost, nothing doubled, order is what was asked for."""

from hypothesis import given
from hypothesis import strategies as st

from viaggio.pulse.bank import BANK
from viaggio.pulse.questionnaire import Page, Questionnaire, wording
from viaggio.pulse.questionnaire.rules import editing

ENTRIES = [entry.item for entry in BANK.values()]


@st.composite
def questionnaires(draw):
    items = draw(st.lists(st.sampled_from(ENTRIES), min_size=1, max_size=8, unique_by=lambda item: item.key))
    cuts = sorted(draw(st.sets(st.integers(1, len(items)), max_size=3)) | {len(items)})
    pages, start = [], 0
    for number, end in enumerate(cuts):
        pages.append(Page(key=f"p{number}", items=tuple(items[start:end])))
        start = end
    return Questionnaire(title=wording(en="T"), languages=("it", "en"), pages=tuple(pages))


def keys(questionnaire):
    return [item.key for item in questionnaire.items]


@given(questionnaires(), st.data())
def test_a_moved_item_stands_where_it_was_put_and_the_others_keep_their_order(questionnaire, data):
    key = data.draw(st.sampled_from(keys(questionnaire)))
    page, place = data.draw(st.integers(0, 5)), data.draw(st.integers(0, 8))
    moved = editing.moved(questionnaire, key, page, place)
    assert sorted(keys(moved)) == sorted(keys(questionnaire))
    assert [k for k in keys(moved) if k != key] == [k for k in keys(questionnaire) if k != key]
    assert all(page.items for page in moved.pages)


@given(questionnaires(), st.data())
def test_stepping_down_and_up_again_leads_back(questionnaire, data):
    key = data.draw(st.sampled_from(keys(questionnaire)))
    down = editing.stepped(questionnaire, key, 1)
    assert keys(editing.stepped(down, key, -1)) == keys(questionnaire)


@given(questionnaires(), st.sampled_from(ENTRIES))
def test_an_added_item_has_a_key_of_its_own(questionnaire, item):
    added = editing.added(questionnaire, item, 0)
    assert len(keys(added)) == len(set(keys(added))) == len(keys(questionnaire)) + 1


@given(st.text(max_size=60), st.sets(st.sampled_from(["why", "order", "a", "q"])))
def test_a_key_made_of_any_words_can_be_used(words, taken):
    key = editing.key_from(words, taken)
    assert key not in taken
    assert key.isascii()
    assert key[0].isalpha()
    assert key.replace("_", "a").isalnum()
    assert key == key.lower()


@given(questionnaires(), st.data())
def test_removing_takes_one_item_and_leaves_no_empty_page(questionnaire, data):
    key = data.draw(st.sampled_from(keys(questionnaire)))
    left = editing.removed(questionnaire, key)
    assert keys(left) == [k for k in keys(questionnaire) if k != key]
    assert all(page.items for page in left.pages)
