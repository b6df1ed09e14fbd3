"""A statement on paper: the page's amounts, own fonts, no network; and its Italian is easy to read."""

import re
import zlib
from html.parser import HTMLParser

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from tests.web.incentive.people import paid

from viaggio.web.incentive.services.statement_page import statement_page
from viaggio.web.incentive.services.statement_pdf import pdf_of, statement_html, statement_pdf

EASY = 60  # Gulpease: from here on readable with a middle-school education


class Prose(HTMLParser):
    """Collects the sentences of paragraphs and list items; figures, buttons and tables are no prose."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag, _attrs):
        if tag not in {"br", "input", "meta", "link", "img", "use", "path", "circle", "line"}:
            self._open.append(tag)
        if tag in {"p", "li"}:
            self.texts.append("")

    def handle_endtag(self, tag):
        if self._open and tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data):
        inside = {"p", "li"} & set(self._open)
        if inside and not {"table", "svg", "dl", "form", "header", "nav", "script", "style"} & set(
            self._open
        ):
            self.texts[-1] += data


def sentences(html: str) -> list[str]:
    prose = Prose()
    prose.feed(html)
    found = [" ".join(text.split()) for text in prose.texts]
    return [s for text in found for s in re.split(r"(?<=[.!?])\s+", text) if re.search(r"[.!?]$", s)]


def gulpease(text: list[str]) -> float:
    """89 + (300 sentences - 10 letters) / words; Lucisano and Piemontese 1988."""
    words = [w for s in text for w in re.findall(r"[^\W\d_]+", s)]
    letters = sum(map(len, words))
    return 89 + (300 * len(text) - 10 * letters) / len(words)


def unpacked(pdf: bytes) -> bytes:
    """The file with its packed streams readable."""
    found = [pdf]
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(found)


def page_in(language: str, person: str = "P-RITA") -> str:
    with translation.override(language):
        statement = paid.statement(person)
        page = statement_page(statement, lambda source: source.page, {})
        context = {
            "own": True,
            "statement": statement,
            "page": page,
            "disputes": [],
            "pdf": "/",
            "theme": "auto",
        }
        return render_to_string("incentive/mine/statement.html", context)


def test_the_formula_of_readability_on_a_text_counted_by_hand():
    """Two sentences, seven words, 29 letters."""
    assert gulpease(["Il treno parte adesso.", "Tu sali subito."]) == pytest.approx(
        89 + (600 - 300) / 7, abs=2
    )


@pytest.mark.parametrize("person", ["P-RITA", "P-SARA", "P-UGO", "P-VERA"])
def test_an_italian_statement_is_easy_to_read(person):
    found = sentences(page_in("it", person))
    assert len(found) >= 15
    assert gulpease(found) >= EASY
    long = [s for s in found if len(re.findall(r"[^\W\d_]+", s)) > 25]
    assert long == []


@pytest.mark.parametrize("language", ["it", "en"])
def test_paper_shows_every_amount_of_the_page(language, settings):
    with translation.override(language):
        statement = paid.statement()
        page = statement_page(statement, lambda _source: "", {})
        html = statement_html(statement, {})
    assert f'lang="{language}"' in html
    for amount in [page.award, page.payable, page.held, *(s.earned for s in page.stays)]:
        assert amount in html
    for stay in page.stays:
        for line in stay.lines:
            assert line.by_hand in html
            assert line.amount in html
    assert statement.snapshot_sha256 in html
    assert "href" not in html


def test_the_file_is_a_tagged_pdf_with_its_own_fonts():
    with translation.override("it"):
        made = statement_pdf(paid.statement(), {})
    assert made.startswith(b"%PDF-")
    inside = unpacked(made)
    assert b"/MarkInfo" in inside
    assert b"/Lang (it)" in inside
    fonts = set(re.findall(rb"/FontName /(?:[A-Z]{6}[+-])?([A-Za-z0-9#-]+)", inside))
    assert any(name.startswith(b"Source") for name in fonts), fonts
    assert any(name.startswith(b"Bricolage") for name in fonts), fonts
    assert len(made) < 200_000


def test_nothing_is_fetched_while_a_statement_is_printed():
    from weasyprint.urls import FatalURLFetchingError

    with pytest.raises(FatalURLFetchingError):
        pdf_of('<img src="http://127.0.0.1:9/x.png">')


def test_every_drawing_on_paper_brings_its_colours():
    with translation.override("it"):
        html = statement_html(paid.statement(), {})
    drawings = re.findall(r"<svg.*?</svg>", html, re.DOTALL)
    assert len(drawings) == 6
    assert all("<style>" in one for one in drawings)


def words_at(pdf: bytes) -> list[tuple[float, ...]]:
    """Where each piece of text stands on its page, in points."""
    found = re.findall(rb"((?:-?[\d.]+ ){6})Tm", unpacked(pdf))
    return [tuple(float(number) for number in place.split()) for place in found]


def test_fonts_cut_once_for_many_files_put_every_word_where_it_was():
    html = '<h1>Il tuo prospetto</h1><p>Paga <b>1.234,56 €</b> su 2.400,00 €</p><p class="big">12 %</p>'
    one, other = (words_at(pdf_of(html, many=many)) for many in (False, True))
    assert len(one) == len(other) >= 4
    assert max(abs(a - b) for p, q in zip(one, other, strict=True) for a, b in zip(p, q, strict=True)) <= 0.11
