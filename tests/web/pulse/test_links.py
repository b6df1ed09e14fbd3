"""Secret links: unguessable, short, each good for one thing."""

import re
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viaggio.web.pulse.services import links

IDS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=32)
HEX = st.uuids().map(lambda found: found.hex)
READERS = [links.invitation_of, links.unsubscribed_of, links.mailed_of, links.response_of]
MAKERS = [links.token_of, links.unsubscribe_token, links.mail_token, links.response_token]


@given(IDS | HEX | st.integers(0, 2**128 - 1).map(lambda n: f"{n:032x}"))
def test_a_token_gives_back_its_id(key):
    assert links.invitation_of(links.token_of(key)) == key


@pytest.mark.parametrize("maker", MAKERS)
def test_a_token_serves_one_purpose(maker):
    key = uuid4().hex
    found = [read(maker(key)) for read in READERS]
    assert sorted(found, key=str) == sorted([key, None, None, None], key=str)
    assert found[MAKERS.index(maker)] == key


@given(HEX, st.integers(0, 40), st.sampled_from(links.SIGNS))
def test_a_changed_sign_is_no_token(key, at, sign):
    token = links.token_of(key)
    at %= len(token)
    changed = token[:at] + sign + token[at + 1 :]
    assert (links.invitation_of(changed) == key) == (changed == token)


@given(st.text(max_size=90))
def test_any_text_is_refused_quietly(text):
    assert links.invitation_of(text) is None
    assert links.open_link_of("o" + text) is None
    assert links.anonymous_link_of("n" + text) is None


def test_tokens_are_short_letters_and_digits():
    tokens = [links.token_of(uuid4().hex) for _ in range(200)]
    assert max(map(len, tokens)) <= 42
    assert all(re.fullmatch(r"[0-9A-Za-z]+", token) for token in tokens)


def test_another_servers_tokens_are_refused(settings):
    token = links.token_of("0" * 32)
    settings.SECRET_KEY = "another"
    assert links.invitation_of(token) is None


def test_a_replaced_key_goes_on_reading_old_links(settings):
    key, token = "ab" * 16, links.token_of("ab" * 16)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "new"
    assert links.invitation_of(token) == key
    assert links.token_of(key) != token


def test_an_open_link_says_where_it_hangs():
    link = links.OpenLink(pulse=7, asked_by="kiosk", touchpoint="store", place="Torino, cassa 2 è")
    assert links.open_link_of(links.open_token(link)) == link


def test_an_anonymous_token_hides_its_invitation():
    first, second = uuid4().hex, uuid4().hex
    token = links.anonymous_token(first, wave=3, version=9)
    found = links.anonymous_link_of(token)
    assert found is not None
    assert (found.wave, found.version) == (3, 9)
    assert first not in found.mark
    assert bytes.fromhex(found.mark) not in bytes.fromhex(first)
    assert token == links.anonymous_token(first, wave=3, version=9)
    assert token != links.anonymous_token(second, wave=3, version=9)
