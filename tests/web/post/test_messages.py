"""What is sent about an invitation: one tap away, small, in its language, and it can be stopped."""

import re
from email import message_from_bytes, policy
from html.parser import HTMLParser

import pytest
from pulses import EVERY_KIND, NOW, SHORT, invite, make_pulse

from viaggio.pulse.questionnaire import Item, ItemKind, Page, Questionnaire, wording
from viaggio.web.pulse.services.links import invitation_of, unsubscribed_of
from viaggio.web.pulse.services.messages import mail_of, page_of, queue_message, short_message
from viaggio.web.shared.models import Outgoing
from viaggio.web.shared.post import mail
from viaggio.web.shared.post.setup import connections

BASE = "https://ascolto.example.com"


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag == "a":
            self.links.append(dict(attrs)["href"])


def links_in(html: str) -> list[str]:
    parser = _Links()
    parser.feed(html)
    return parser.links


@pytest.fixture
def invitation(db, connected):
    return invite(make_pulse(), shown={"date": "12 novembre", "touchpoint": "Consegna", "order": "A-77"})


def test_the_mail_asks_the_first_question_with_its_eleven_answers(invitation):
    made = mail_of(invitation)
    taps = [link for link in links_in(made.html) if "q=recommend" in link]
    assert [re.search(r"v=(\d+)", tap)[1] for tap in taps] == [str(n) for n in range(11)]
    tokens = {tap.removeprefix(f"{BASE}/a/").partition("?")[0] for tap in taps}
    assert {invitation_of(token) for token in tokens} == {invitation.id}
    assert "Quanto consiglieresti Officina Blu a un amico o a un collega?" in made.html
    assert "La tua consegna del 12 novembre" in made.text
    assert made.subject == "Il tuo ordine A-77: com'è andata?"


def test_the_mail_speaks_the_language_of_the_invitation(db, connected):
    made = mail_of(invite(make_pulse(), language="en", shown={"date": "12 November"}))
    assert "How likely are you to recommend Officina Blu" in made.html
    assert '<html lang="en">' in made.html
    assert "No more surveys from us" in made.text
    assert made.subject == "How was it with Officina Blu?"


def test_every_mail_of_every_first_question_stays_small(db, connected):
    for number, item in enumerate(EVERY_KIND.items):
        asked = Questionnaire(
            title=wording(it="Prova"), languages=("it",), pages=(Page(key="one", items=(item,)),)
        )
        made = mail_of(invite(make_pulse(asked, slug=f"kind-{number}"), shown={}))
        assert len(made.html.encode()) <= 10_000
        assert "style=" in made.html


def test_stars_and_effort_are_one_tap_too(db, connected):
    for kind, values in (
        (ItemKind.STARS, range(1, 6)),
        (ItemKind.CES, range(1, 8)),
        (ItemKind.CSAT, range(1, 6)),
    ):
        item = Item(key="ask", kind=kind, text=wording(it="Com'è andata?"))
        asked = Questionnaire(
            title=wording(it="Prova"), languages=("it",), pages=(Page(key="one", items=(item,)),)
        )
        taps = [x for x in links_in(mail_of(invite(make_pulse(asked, slug=kind))).html) if "q=ask" in x]
        assert [int(re.search(r"v=(\d+)", tap)[1]) for tap in taps] == list(values)


def test_one_click_unsubscribe_stands_in_the_headers(invitation):
    headers = mail_of(invitation).headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = headers["List-Unsubscribe"].strip("<>")
    assert link.startswith(f"{BASE}/u/")
    assert unsubscribed_of(link.removeprefix(f"{BASE}/u/")) == invitation.id


def test_the_trap_is_seen_by_programs_only(invitation):
    html = mail_of(invitation).html
    trap = re.search(r'<div[^>]*display:none[^>]*aria-hidden="true"><a href="([^"]+)"', html)
    assert trap is not None
    assert trap[1].endswith("/more")
    assert "/more" not in page_of(invitation, now=NOW)


def test_what_customers_were_called_is_escaped(db, connected):
    asked = Questionnaire(
        title=wording(it="Prova"),
        intro=wording(it="Per {name}"),
        languages=("it",),
        pages=SHORT.pages,
    )
    made = mail_of(invite(make_pulse(asked), shown={"name": "<b>Ada</b>"}))
    assert "&lt;b&gt;Ada&lt;/b&gt;" in made.html
    assert "<b>Ada" not in made.html
    assert "<b>Ada</b>" in made.text


def test_a_line_break_in_what_is_known_makes_no_header(db, connected):
    asked = invite(make_pulse(), shown={"touchpoint": "Consegna\r\nBcc: altri@example.com"})
    assert queue_message(asked, "invite", NOW)
    setup = connections()
    message = mail.composed(Outgoing.objects.get(), setup.mail)
    again = message_from_bytes(message.as_bytes(), policy=policy.default)
    assert again["Bcc"] is None
    assert "Bcc: altri@example.com" in again["Subject"]


def test_a_message_is_queued_once_for_each_occasion(invitation):
    assert queue_message(invitation, "invite", NOW)
    assert not queue_message(invitation, "invite", NOW)
    invitation.reminders = 1
    assert queue_message(invitation, "reminder", NOW)
    assert not queue_message(invitation, "reminder", NOW)
    assert sorted(Outgoing.objects.values_list("key", flat=True)) == [
        f"invitation:{invitation.id}:invite",
        f"invitation:{invitation.id}:reminder1",
    ]


def test_who_has_no_address_ends_as_such(db, connected):
    asked = invite(make_pulse(), address="", sent_at=None)
    assert not queue_message(asked, "invite", NOW)
    asked.refresh_from_db()
    assert (asked.outcome, asked.change) == ("no_address", 2)
    assert Outgoing.objects.count() == 0


@pytest.mark.parametrize("language", ["it", "en"])
@pytest.mark.parametrize("kind", ["invite", "reminder", "thanks"])
def test_a_short_message_is_at_most_two_segments(db, connected, language, kind):
    from viaggio.web.shared.post.sms import segments

    long = "Consegna a domicilio con montaggio, ritiro dell'usato e collaudo " * 3
    for about in ("", "Consegna", long):
        asked = invite(
            make_pulse(slug=f"sms-{len(about)}"),
            asked_by="sms",
            address="+393331234567",
            language=language,
            shown={"touchpoint": about},
        )
        text = short_message(asked, kind)
        assert segments(text) <= 2
        assert text.startswith("Officina Blu: ")
        if kind != "thanks":
            assert invitation_of(text.rpartition("/a/")[2]) == asked.id
