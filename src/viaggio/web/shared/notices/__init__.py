"""The sentences of the notice and the annex of an incentive plan, in Italian and English, for any face.

No web framework here: the command line writes them too. One file a language; each sentence stands under the
code that the core gives (`incentive.italy.notice`).
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from viaggio.incentive.country import Pack
from viaggio.incentive.italy.annex import AnnexRow
from viaggio.incentive.italy.notice import SECTIONS, Fact

LANGUAGES = ("it", "en")


@dataclass(frozen=True, slots=True)
class Told:
    """A section in words."""

    title: str
    sentences: tuple[str, ...]


@cache
def words(language: str) -> Mapping[str, Any]:
    """All words of a language; raises `FileNotFoundError` for one that is not there."""
    text = (files("viaggio.web.shared.notices") / f"{language}.toml").read_text("utf-8")
    return tomllib.loads(text)


def told(
    facts: Iterable[Fact], pack: Pack, language: str, *, names: Mapping[str, str] | None = None
) -> list[Told]:
    """The notice in words. `names`: how measures, groups and KPIs are called, by code."""
    said = words(language)
    by_section: dict[str, list[str]] = {section: [] for section in SECTIONS}
    for fact in facts:
        values = {
            name: _value(name, value, pack, language, names or {}) for name, value in fact.values.items()
        }
        by_section[fact.section].append(said["notice"][fact.section][fact.code].format(**values))
    return [
        Told(title=said["notice"][section]["title"], sentences=tuple(sentences))
        for section, sentences in by_section.items()
        if sentences
    ]


def markdown(title: str, sections: Iterable[Told]) -> str:
    """The notice as Markdown."""
    lines = [f"# {title}", ""]
    for section in sections:
        lines += [f"## {section.title}", *(f"- {sentence}" for sentence in section.sentences), ""]
    return "\n".join(lines)


def notice_title(language: str) -> str:
    """The heading of the notice."""
    return str(words(language)["notice"]["title"])


def annex_words(rows: Iterable[AnnexRow], pack: Pack, language: str) -> list[tuple[int, str, str, str]]:
    """Section, field, value and detail of each row in words; what is to be filled in says so."""
    said = words(language)["annex"]
    found = []
    for row in rows:
        value = said["empty"] if row.value is None else _annex_value(row, pack, language)
        found.append((row.section, said[row.fact], value, row.detail))
    return found


def annex_markdown(rows: Iterable[tuple[int, str, str, str]], language: str) -> str:
    """The annex as Markdown, a table a section."""
    said = words(language)["annex"]
    lines, last = [f"# {said['title']}", "", said["hint"], ""], 0
    for section, name, value, detail in rows:
        if section != last:
            lines += ["", f"## {said['section']} {section}", "", "| | | |", "|---|---|---|"]
            last = section
        lines.append(f"| {_cell(name)} | {_cell(value)} | {_cell(detail)} |")
    return "\n".join([*lines, ""])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _annex_value(row: AnnexRow, pack: Pack, language: str) -> str:
    value = row.value or ""
    said = words(language)["annex"]
    if row.fact == "indicators":
        known = pack.indicators.get(int(value))
        name = known.names.get(language, "") if known else ""
        return value if known is None or known.other else f"{value}. {name}"
    return str(said.get(f"{row.fact}_{value}", said.get(f"goal_{value}", _day(value, language))))


def _value(name: str, value: str, pack: Pack, language: str, names: Mapping[str, str]) -> str:
    if name == "absence":
        known = pack.absences.get(value)
        return known.names.get(language, value).lower() if known else names.get(value, _plain(value))
    if name in {"measure", "group", "kpi"}:
        return names.get(value, _plain(value))
    if name == "sign":
        return str(words(language)["signs"][value])
    return _day(value, language)


def _plain(code: str) -> str:
    return code.removeprefix("map:").replace("_", " ")


def _number(text: str, language: str) -> str:
    """Digits in groups of three from ten thousand on, with the signs of the language."""
    whole, _, decimals = text.partition(".")
    grouped = f"{int(whole):,}" if len(whole) > 4 else whole
    written = f"{grouped}.{decimals}" if decimals else grouped
    return written.translate(str.maketrans(",.", ".,")) if language == "it" else written


def _day(text: str, language: str) -> str:
    """A day as people write it; any other text as it is, with the comma of the language."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return _number(text, language) if text.replace(".", "", 1).isdigit() else text
    return f"{day:%d/%m/%Y}" if language == "it" else f"{day.day} {day:%B %Y}"
