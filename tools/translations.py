"""Keep the Italian catalogues complete: `translations.py` merges and compiles, `--check` only looks.

English is written in the code and needs no catalogue. Each face keeps its own Italian one in
`src/viaggio/web/<face>/locale/it/LC_MESSAGES/django.po`; what several faces share (templates and modules
directly in `web/`, and `web/shared/`) is in `src/viaggio/web/locale/`. So people do not collide in one file.

How to work: write `{% translate "Words" %}` or `_("Words")`, run this script, fill the empty `msgstr` lines
that it names, run it again. It needs no GNU gettext: Babel reads the Python code, and Django turns templates
into something that Babel can read. A message that the shared catalogue knows is filled in from there.
Messages no longer used stay as comments until `--prune`.

`--check` exits with 1 when a message has no Italian, its placeholders differ, two catalogues disagree, a
compiled catalogue is stale, or a template has bare text outside a translate tag.
"""

import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.template.base import Lexer, TokenType
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
WEB = ROOT / "src" / "viaggio" / "web"
PO = Path("locale/it/LC_MESSAGES/django.po")
NO_FACES = {"shared", "templates", "static", "locale", "__pycache__"}
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")
PASSING_HEADERS = re.compile(
    rb'^"(POT-Creation-Date|PO-Revision-Date|Last-Translator|Generated-By|Report-Msgid-Bugs-To|Language-Team)'
    rb": .*\n",
    re.MULTILINE,
)
HOLE = " \ue000 "  # stands where a tag of the template was
SAID_AS_IS = {"CSV", "Excel", "Viaggio", "API", "NPS", "CES", "CSAT"}
SPOKEN_ATTRIBUTES = {"title", "alt", "placeholder", "aria-label", "data-confirm", "data-done", "label"}


def homes() -> dict[str, Path]:
    """Each catalogue by name with the folder that holds its `locale/`."""
    faces = sorted(
        p for p in WEB.iterdir() if p.is_dir() and p.name not in NO_FACES and (p / "__init__.py").exists()
    )
    return {"shared": WEB, **{face.name: face for face in faces}}


def sources(name: str, home: Path) -> Iterator[Path]:
    """The Python files and templates whose messages belong to this catalogue."""
    if name == "shared":
        folders = [WEB / "shared", WEB / "templates"]
        yield from sorted(WEB.glob("*.py"))
    else:
        folders = [home]
    for folder in folders:
        yield from sorted(
            p
            for p in folder.rglob("*")
            if p.suffix in {".py", ".html", ".txt"} and "migrations" not in p.parts
        )


def extracted(name: str, home: Path) -> Catalog:
    """A catalogue of all messages in the sources, without translations."""
    found = Catalog(domain="django", charset="utf-8")
    for path in sources(name, home):
        text = path.read_text(encoding="utf-8")
        code = text if path.suffix == ".py" else templatize(text, origin=str(path))
        place = path.relative_to(WEB).as_posix()
        for _line, function, message, _comments in extract_python(
            io.BytesIO(code.encode()), KEYWORDS, [], {"encoding": "utf-8"}
        ):
            add(found, str(function), message, place)
    return found


def add(catalog: Catalog, function: str, message: object, place: str) -> None:
    """Put one extracted call into the catalogue."""
    parts = message if isinstance(message, tuple) else (message,)
    context = None
    if function and "pgettext" in function:
        context, parts = parts[0], parts[1:]
    words = tuple(part for part in parts if isinstance(part, str))
    if words and words[0]:
        catalog.add(words if len(words) > 1 else words[0], locations=[(place, 1)], context=context)


def read(home: Path) -> Catalog:
    """The catalogue as it is written, or a new one."""
    path = home / PO
    if path.exists():
        with path.open("rb") as file:
            return read_po(file, locale="it", domain="django")
    return Catalog(
        locale="it",
        domain="django",
        project="Viaggio",
        charset="utf-8",
        fuzzy=False,
        header_comment="# Viaggio, Italian",
    )


def key(message: Message) -> tuple[str, str]:
    """What makes a message the same in two catalogues: its context and its first form."""
    return (message.context or "", message.id if isinstance(message.id, str) else message.id[0])


def forms(message: Message) -> list[str]:
    """The Italian forms, one or two."""
    return (
        [form or "" for form in message.string]
        if isinstance(message.string, (tuple, list))
        else [message.string or ""]
    )


def translated(message: Message) -> bool:
    """Whether every form has words."""
    return not message.fuzzy and all(forms(message))


def merged(home: Path, found: Catalog, known: dict[tuple[str, str], Message], *, prune: bool) -> Catalog:
    """The written catalogue brought up to date with the sources, gaps filled from `known`."""
    catalog = read(home)
    obsolete = {key(m): m for m in catalog.obsolete.values()}
    catalog.update(found, no_fuzzy_matching=True, update_header_comment=False)
    for message in catalog:
        if message.id and not translated(message):
            before = obsolete.get(key(message)) or known.get(key(message))
            if before is not None and type(before.string) is type(message.string) and translated(before):
                message.string = before.string
    if prune:
        catalog.obsolete.clear()
    return catalog


def as_po(catalog: Catalog) -> bytes:
    """The catalogue as text, stable: sorted, without dates and line numbers."""
    out = io.BytesIO()
    write_po(out, catalog, width=100, sort_output=True, include_lineno=False, omit_header=False)
    return PASSING_HEADERS.sub(b"", out.getvalue())


def as_mo(home: Path) -> bytes:
    """The compiled form of the catalogue as it is written; the same text gives the same bytes on any day."""
    catalog = read(home)
    catalog.creation_date = catalog.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


class BareText(HTMLParser):
    """Collects words that people would see in one language only."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at attributes that are read out; remember elements whose text is no prose."""
        given = dict(attrs)
        if tag not in {"input", "img", "meta", "link", "br", "use", "path", "circle", "hr", "col"}:
            silent = tag in {"script", "style", "code", "kbd"} or ("lang" in given and tag != "html")
            self._silent.append(silent)
        for name in SPOKEN_ATTRIBUTES & set(given):
            self._look(given[name] or "")

    def handle_endtag(self, _tag: str) -> None:
        """Leave the element."""
        if self._silent:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        """Look at running text."""
        if not any(self._silent):
            self._look(data)

    def _look(self, text: str) -> None:
        for piece in text.split(HOLE):
            words = [word for word in re.findall(r"[^\W\d_]{2,}", piece) if word not in SAID_AS_IS]
            if words:
                self.found.append(" ".join(piece.split())[:80])


def bare_text(template: str) -> list[str]:
    """Words of a template that stand outside translate tags."""
    pieces, translating = [], False
    for token in Lexer(template).tokenize():
        if token.token_type == TokenType.BLOCK:
            command = token.contents.split()[0]
            translating = command in {"blocktranslate", "blocktrans", "comment"} or (
                translating and command not in {"endblocktranslate", "endblocktrans", "endcomment"}
            )
        pieces.append(token.contents if token.token_type == TokenType.TEXT and not translating else HOLE)
    parser = BareText()
    parser.feed("".join(pieces))
    parser.close()
    return parser.found


def templates() -> Iterator[Path]:
    """All page templates."""
    yield from sorted(WEB.rglob("templates/**/*.html"))


def faults() -> list[str]:
    """What is wrong with catalogues and templates, one sentence each."""
    wrong: list[str] = []
    said: dict[tuple[str, str], tuple[str, list[str]]] = {}
    for name, home in homes().items():
        found = extracted(name, home)
        written = {key(m): m for m in read(home) if m.id}
        for message in found:
            if not message.id:
                continue
            ours = written.get(key(message))
            place = message.locations[0][0]
            if ours is None or not translated(ours):
                wrong.append(f"{place}: no Italian for {key(message)[1]!r}")
                continue
            singular = set(PLACEHOLDER.findall(key(message)[1]))
            if any(set(PLACEHOLDER.findall(form)) - singular for form in forms(ours)):
                wrong.append(f"{place}: other placeholders in the Italian of {key(message)[1]!r}")
            other, words = said.setdefault(key(message), (name, forms(ours)))
            if words != forms(ours):
                wrong.append(f"{place}: {key(message)[1]!r} is said differently in {other} and {name}")
        if (home / PO).exists():
            compiled = (home / PO).with_suffix(".mo")
            if not compiled.exists() or compiled.read_bytes() != as_mo(home):
                wrong.append(f"{compiled.relative_to(ROOT)} is stale; run tools/translations.py")
    for template in templates():
        place = template.relative_to(WEB).as_posix()
        wrong += [f"{place}: bare text {text!r}" for text in bare_text(template.read_text(encoding="utf-8"))]
    return wrong


def merge(*, prune: bool = False) -> None:
    """Bring every catalogue up to date and compile it."""
    known: dict[tuple[str, str], Message] = {}
    for name, home in homes().items():
        found = extracted(name, home)
        path = home / PO
        if not path.exists() and not any(m.id for m in found):
            continue
        catalog = merged(home, found, known, prune=prune)
        if name == "shared":
            known = {key(m): m for m in catalog if m.id}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(as_po(catalog))
        path.with_suffix(".mo").write_bytes(as_mo(home))


def main() -> int:
    """Merge unless `--check`; print what is wrong; returns the exit code."""
    if "--check" not in sys.argv:
        merge(prune="--prune" in sys.argv)
    wrong = faults()
    for fault in wrong:
        print(fault)
    print(f"catalogues: {len(homes())}, faults: {len(wrong)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
