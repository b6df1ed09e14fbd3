"""The coverage of a wave as drawings: a bar for lists, the funnel with every outcome."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from viaggio.pulse.fielding import ASKED
from viaggio.pulse.model import Outcome
from viaggio.web.pulse.plan_words import OUTCOMES
from viaggio.web.shared import formats
from viaggio.web.shared.charts.figure import Chart, Table
from viaggio.web.shared.charts.svg import el, join, picture, text

TONES: Mapping[str, str] = {
    Outcome.COMPLETE: "cov-complete",
    Outcome.PARTIAL: "cov-partial",
    Outcome.OPENED: "cov-asked",
    Outcome.REFUSED: "cov-lost",
    Outcome.EXPIRED: "cov-asked",
    Outcome.BOUNCED: "cov-lost",
    Outcome.INVITED: "cov-asked",
}
"""Colour of an outcome; those never asked have none of these."""
ROW = 26.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One outcome with its units, and where its number leads."""

    outcome: str
    name: str
    units: int
    asked: bool
    href: str = ""


def parts_of(counts: Mapping[str, int], hrefs: Mapping[str, str] | None = None) -> list[Part]:
    """Every outcome in the order of the funnel, those without units too."""
    known = hrefs or {}
    return [
        Part(
            outcome=str(outcome), name=str(name), units=counts.get(outcome, 0), asked=outcome in ASKED,
            href=known.get(str(outcome), ""),
        )
        for outcome, name in OUTCOMES.items()
    ]  # fmt: skip


def coverage_bar(counts: Mapping[str, int], *, key: str) -> SafeString:
    """A thin bar: answered, answered in part, asked, not asked; its words for screen readers."""
    total = sum(counts.values())
    groups: dict[str, int] = {"cov-complete": 0, "cov-partial": 0, "cov-asked": 0, "cov-rest": 0}
    for outcome, count in counts.items():
        tone = TONES.get(outcome, "cov-rest")
        groups["cov-asked" if tone == "cov-lost" else tone] += count
    names = {
        "cov-complete": _("answered"), "cov-partial": _("in part"), "cov-asked": _("asked"),
        "cov-rest": _("not asked"),
    }  # fmt: skip
    said = ", ".join(f"{names[tone]} {formats.number(count)}" for tone, count in groups.items())
    marks, left = [], 0.0
    for tone, count in groups.items():
        width = 200 * count / total if total else 0.0
        if width:
            marks.append(el("rect", x=left, y=0, width=width, height=10, class_=tone))
        left += width
    return picture(200, 10, join(marks), key=key, title=_("Coverage"), about=said)


def funnel(parts: Sequence[Part], units: int, *, key: str) -> Chart:
    """Bars for every outcome with its number and share of all units, those asked above those never asked.

    Each of the two blocks has a scale of its own: of few who were asked, one sees how it ended.
    """
    rows = tuple((part.name, formats.number(part.units), _share(part.units, units)) for part in parts)
    total = (_("could have been asked"), formats.number(units), _share(units, units))
    title = _("What became of everybody who could have been asked")
    about = _("One bar for each outcome; together they are all units. Asked and not asked are drawn apart.")
    return Chart(
        wide=_bars(parts, units, (720.0, 250.0), f"{key}-w", (title, about)),
        narrow=_bars(parts, units, (340.0, 160.0), f"{key}-n", (title, about)),
        table=Table(
            (_("Outcome"), _("Number"), _("Share")), (*rows, total), (*(p.href or None for p in parts), None)
        ),
        title=title,
    )


def _share(part: int, whole: int) -> str:
    return formats.share(part / whole) if whole else "·"


def _bars(
    parts: Sequence[Part], units: int, size: tuple[float, float], key: str, head: tuple[str, str]
) -> SafeString:
    marks: list[SafeString] = []
    top = 0.0
    for name, asked in ((_("Asked"), True), (_("Not asked"), False)):
        block = [part for part in parts if part.asked is asked]
        count = sum(part.units for part in block)
        words = f"{name}: {formats.number(count)} · {_share(count, units)}"
        marks.append(text(0, top + 18, words, kind="ch-head"))
        marks += _block(block, units, size, top + 26)
        top += 26 + ROW * len(block) + 10
    return picture(size[0], top - 6, join(marks), key=key, title=head[0], about=head[1])


def _block(block: Sequence[Part], units: int, size: tuple[float, float], top: float) -> Iterator[SafeString]:
    width, label = size
    most = max((part.units for part in block), default=0) or 1
    room = width - label - 104
    for i, part in enumerate(block):
        y = top + ROW * i
        tone = TONES.get(part.outcome, "cov-rest")
        yield text(0, y + ROW / 2 + 4, part.name, kind="ch-name")
        yield el("rect", x=label, y=y + 5, width=room, height=ROW - 11, rx=2, class_="ch-track")
        if part.units:
            long = max(room * part.units / most, 1.5)
            yield el("rect", x=label, y=y + 5, width=long, height=ROW - 11, rx=2, class_=tone)
        words = f"{formats.number(part.units)} · {_share(part.units, units)}"
        yield text(label + room + 8, y + ROW / 2 + 4, words, kind="ch-note")
