"""Write the metric reference, English and Italian, from the catalogue: `python tools/metric_reference.py`.

With `--check`, writes nothing and ends with 1 when a page is out of date.
"""

import sys
import textwrap
import tomllib
from collections.abc import Mapping
from pathlib import Path

from viaggio.kernel import DIMENSIONS, Direction, Unit
from viaggio.measure.catalogue import CATALOGUE, Metric

ROOT = Path(__file__).parents[1]
ENGLISH = ROOT / "docs" / "reference" / "metrics.md"
ITALIAN = ROOT / "docs" / "it" / "riferimento" / "indicatori.md"
ITALIAN_WORDS = ROOT / "tools" / "metric_reference_it.toml"

_FAMILIES = {
    "satisfaction": "What customers answer",
    "pillars": "The six pillars",
    "revenue": "Revenue and orders",
    "loyalty": "Loyalty",
    "selling": "Selling more to customers",
    "digital": "Digital",
    "service": "Service",
    "base": "How many",
}
_UNITS = {
    Unit.POINTS: "points, -100 to 100", Unit.SHARE: "share, 0 to 1", Unit.SCORE: "score on the stated scale",
    Unit.CENTS: "whole cents", Unit.COUNT: "count", Unit.RATIO: "so many per one", Unit.SECONDS: "seconds",
}  # fmt: skip
_BETTER = {Direction.UP: "higher", Direction.DOWN: "lower", Direction.NONE: "neither"}

_ENGLISH_HEAD = """# Metrics

*Written by `tools/metric_reference.py` from the catalogue: change the declaration, not the page.*

Every figure of Viaggio is declared once, in `viaggio.measure.catalogue`. The page, the command line, the
HTTP API and `viaggio.measure.read` give the same reading: a value with its base `n`, its interval at 95 %,
its period, its population, the version of the metric, and flags. How intervals are computed, and what the
flags mean, is told in [Metrics: how they are computed](../algorithms/metrics.md).
"""
_ITALIAN_HEAD = """# Indicatori

*Scritta da `tools/metric_reference.py` a partire dal catalogo: si cambia la dichiarazione, non la pagina.*

Ogni indicatore di Viaggio è dichiarato una sola volta. La pagina, la riga di comando, l'API e
`viaggio.measure.read` danno la stessa misura: un valore con la sua base `n`, l'intervallo al 95 %, il
periodo, la popolazione, la versione dell'indicatore e gli avvisi.
"""


def english() -> str:
    """The English page."""
    parts = [_ENGLISH_HEAD]
    for family, title in _FAMILIES.items():
        parts.append(f"## {title}\n")
        parts += [_english_entry(m) for m in CATALOGUE.values() if m.family == family]
    return "\n".join(parts)


def _english_entry(metric: Metric) -> str:
    facts = [
        f"unit: {_UNITS[metric.unit]}",
        f"better: {_BETTER[metric.better]}",
        f"`n` counts: {metric.base.replace('_', ' ')}",
        f"minimum base: {metric.min_n or 'none'}",
        f"owner: {(metric.owner or 'all functions').replace('_', ' ')}",
        f"version: {metric.version}",
    ]
    cut = ", ".join(name for name in DIMENSIONS if name in metric.dimensions)
    tables = ", ".join(f"`{name}`" for name in metric.tables)
    about = textwrap.fill(" ".join(metric.about.split()), 110)
    return (
        f"### `{metric.slug}`\n\n{about}\n\n- {'; '.join(facts)}\n- can be cut by: {cut}\n"
        f"- read from: {tables}\n- definition code: `{metric.definition}`\n"
    )


def italian() -> str:
    """The Italian page."""
    words = tomllib.loads(ITALIAN_WORDS.read_text(encoding="utf-8"))
    parts = [_ITALIAN_HEAD]
    for family in _FAMILIES:
        parts.append(f"## {words['families'][family]}\n")
        parts += [_italian_entry(m, words) for m in CATALOGUE.values() if m.family == family]
    return "\n".join(parts)


def _italian_entry(metric: Metric, words: Mapping[str, Mapping[str, str]]) -> str:
    name, about = words["names"][metric.slug], words["about"][metric.slug]
    facts = [
        f"unità: {words['units'][metric.unit]}",
        f"meglio: {words['better'][metric.better]}",
        f"`n` conta: {words['bases'][metric.base]}",
        f"base minima: {metric.min_n or 'nessuna'}",
        f"versione: {metric.version}",
    ]
    cut = ", ".join(words["dimensions"][d] for d in DIMENSIONS if d in metric.dimensions)
    body = textwrap.fill(" ".join(about.split()), 110)
    return f"### {name} (`{metric.slug}`)\n\n{body}\n\n- {'; '.join(facts)}\n- si scompone per: {cut}\n"


def main(arguments: list[str]) -> int:
    """Write both pages, or with `--check` compare them; the number of pages out of date."""
    stale = 0
    for path, text in ((ENGLISH, english()), (ITALIAN, italian())):
        if "--check" in arguments:
            fresh = path.is_file() and path.read_text(encoding="utf-8") == text
            stale += not fresh
            if not fresh:
                print(f"{path.relative_to(ROOT)} is out of date: run tools/metric_reference.py")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return min(stale, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
