"""One line of a statement as a page shows it: the measure in words, its curve, the sum by hand."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from viaggio.kernel import Period, Unit
from viaggio.measure.catalogue import CATALOGUE
from viaggio.web.incentive.plan_words import measure_name
from viaggio.web.incentive.services.line_moves import curve_of, line_scale, moved, stay_of
from viaggio.web.incentive.services.print_files import for_print
from viaggio.web.incentive.services.statement import CurveShape, Source, Statement, StatementLine
from viaggio.web.incentive.services.statement_words import (
    SECTIONS,
    hold_words,
    per_cent,
    plain_number,
    readable,
    source_words,
)
from viaggio.web.shared import formats
from viaggio.web.shared.charts import Chart, CurveWords, curve_chart
from viaggio.web.shared.names import metric_base, metric_short, touchpoint_name

type Address = Callable[[Source], str]
type Touchpoints = Mapping[str, Mapping[str, Any]]

SHOWN_DECIMALS = 2
POINTS = "pt"


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureLink:
    """A figure that counted: what it is, its value and base, and the page that shows the same."""

    name: str
    window: str
    value: str
    base: str
    href: str
    weight: str = ""
    left_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePage:
    """A line, ready to be read. `by_hand` is what a pocket calculator needs to find the amount."""

    number: int
    place: str
    name: str
    section: str
    where: str
    window: str
    amount: str
    weight: str
    planned_weight: str
    payout: str
    measured: str
    base: str
    credited: str
    why: tuple[str, ...]
    before: str
    more: str
    less: str
    held: str
    by_hand: str
    scaled: bool
    figures: tuple[FigureLink, ...]
    curve: Chart | None
    improvement: Chart | None
    indicator: int | None

    @property
    def drawing(self) -> SafeString | None:
        """The curve for paper, with its colours inside."""
        return for_print(self.curve.narrow or self.curve.wide) if self.curve else None


def line_page(
    statement: Statement, line: StatementLine, number: int, address: Address, touchpoints: Touchpoints
) -> LinePage:
    """The line in words; `address` gives the page of a figure, `number` makes ids unique."""
    name = measure_name(line.measure)
    return LinePage(
        number=number,
        place=line.place,
        name=name,
        section=str(SECTIONS.get(line.section, line.section)),
        where=stay.unit_name if (stay := stay_of(statement, line)) else line.unit_name,
        window=_window(line),
        amount=formats.money(line.cents, statement.currency),
        weight=per_cent(line.weight),
        planned_weight=per_cent(line.planned_weight) if line.planned_weight != line.weight else "",
        payout=per_cent(line.payout),
        measured=said(line.raw, line) if line.raw is not None else "",
        base=_base(line),
        credited=said(line.credited, line, decimals=6) if line.credited is not None else "",
        why=tuple(_why(line)),
        before=said(line.baseline, line) if line.baseline is not None else "",
        more=_move(statement, line, Fraction(1)),
        less=_move(statement, line, Fraction(-1)),
        held=hold_words(line.held) if line.held else "",
        by_hand=_by_hand(statement, line),
        scaled=_scale(statement, line) != 1,
        figures=tuple(_figures(line, address, touchpoints)),
        curve=_chart(line, line.curve, name, number),
        improvement=_improvement(line, name, number),
        indicator=line.form_indicator,
    )


def source_name(source: Source, touchpoints: Touchpoints) -> str:
    """What a figure is: the metric, the touchpoints it is cut to, the unit it is about.

    Pulses on which no pay is built are left out by naming all others and none: that is no cut to be told.
    """
    name = metric_short(source.metric) if source.metric else measure_name(source.measure)
    where = dict(source.where)
    places = [touchpoint_name(slug, touchpoints) for slug in where.pop("touchpoint", ())]
    about = [*places, *(readable(value) for values in where.values() if "" not in values for value in values)]
    return ": ".join([name, ", ".join(about)]) if about else name


def said(value: Fraction, line: StatementLine, decimals: int = SHOWN_DECIMALS) -> str:
    """A value in the unit of the line's curve, with the decimals that it has."""
    text = plain_number(value, decimals)
    return f"{text}%" if _unit(line) is Unit.SHARE else text


def _unit(line: StatementLine) -> Unit | None:
    sources = [*line.measured, *(part.source for part in line.parts if part.source)]
    known = [CATALOGUE[source.metric].unit for source in sources if source.metric in CATALOGUE]
    return known[0] if known else None


def _window(line: StatementLine) -> str:
    sources = [*line.measured, *(part.source for part in line.parts if part.source)]
    now = [source for source in sources if source.window == "period"] or sources
    return _span(now[0]) if now else ""


def _span(source: Source) -> str:
    return formats.period_text(Period.parse(f"{source.first}..{source.last}"))


def _base(line: StatementLine) -> str:
    if not line.n:
        return ""
    noun = _noun(next((s.metric for s in line.measured), ""))
    return f"{formats.number(line.n)} {noun}"


def _noun(metric: str) -> str:
    return metric_base(CATALOGUE[metric].base) if metric in CATALOGUE else _("answers")


def _why(line: StatementLine) -> Iterator[str]:
    """Why the credited value is what it is, step by step."""
    whole = line.reason == "own" and line.measured and not any(source.unit for source in line.measured)
    yield _("From the answers about the whole company.") if whole else source_words(line.reason)
    if line.used is not None and line.raw is not None and line.used != line.raw:
        yield _("So %(value)s was used.") % {"value": said(line.used, line)}
    if line.z is not None and line.used is not None and line.credited is not None:
        share = {"share": per_cent(line.z, 1), "rest": per_cent(1 - line.z, 1)}
        yield (
            _("Few answers can mislead. So your group counts for %(share)s, the unit above it for %(rest)s.")
            % share
        )
    better = line.improvement_payout
    if better is not None and line.level_payout is not None:
        if better > line.level_payout:
            yield _("The improvement pays more than the level. So the improvement counts.")
        else:
            yield _("The level pays at least as much as the improvement. So the level counts.")
    if line.planned_weight != line.weight and line.weight:
        yield _("The weight went from %(planned)s to %(weight)s, since another line had too few answers.") % {
            "planned": per_cent(line.planned_weight),
            "weight": per_cent(line.weight),
        }


def _move(statement: Statement, line: StatementLine, by: Fraction) -> str:
    found = moved(statement, line, by)
    if found is None:
        return ""
    return formats.money(found, statement.currency, signed=True) if found else _("no change")


def _by_hand(statement: Statement, line: StatementLine) -> str:
    """`1.200,00 € x 40% x 118,9493%`: enough digits to come out to the cent, or a cent beside it."""
    stay = stay_of(statement, line)
    if stay is None:
        return ""
    parts = [formats.money(stay.opportunity_cents, statement.currency), per_cent(line.weight, 6)]
    parts.append(per_cent(line.payout, 6))
    if (scale := _scale(statement, line)) != 1:
        parts.append(plain_number(scale, 8))
    return " \u00d7 ".join(parts)


def _scale(statement: Statement, line: StatementLine) -> Fraction:
    stay = stay_of(statement, line)
    return line_scale(statement, stay) if stay is not None else Fraction(1)


def _figures(line: StatementLine, address: Address, touchpoints: Touchpoints) -> Iterator[FigureLink]:
    for source in sorted(line.measured, key=lambda one: (one.window != "period", one.window)):
        if source.value and _used(line, source):
            yield _figure(line, source, address, touchpoints)
    for part in line.parts:
        if part.source is not None and part.source.few:
            yield FigureLink(
                name=touchpoint_name(part.touchpoint, touchpoints),
                window=_span(part.source),
                value=formats.NO_VALUE,
                base=_("too few answers to be shown"),
                href="",
                weight=per_cent(part.weight),
                left_out=not part.counted,
            )
        elif part.source is not None and part.source.value:
            figure = _figure(line, part.source, address, touchpoints)
            yield FigureLink(
                name=touchpoint_name(part.touchpoint, touchpoints),
                window=figure.window,
                value=figure.value,
                base=figure.base,
                href=figure.href,
                weight=per_cent(part.weight),
                left_out=not part.counted,
            )


def _used(line: StatementLine, source: Source) -> bool:
    """Whether a figure played a part: earlier windows only where answers of them were added."""
    return source.window in {"period", "baseline"} or line.reason == "fallback:rolling_window"


def _figure(line: StatementLine, source: Source, address: Address, touchpoints: Touchpoints) -> FigureLink:
    return FigureLink(
        name=f"{source_name(source, touchpoints)}, {source.unit_name}"
        if source.unit_name
        else source_name(source, touchpoints),
        window=_("%(period)s, to compare") % {"period": _span(source)}
        if source.window == "baseline"
        else _span(source),
        value=said(Fraction(source.value), line),
        base=base_text(source),
        href=address(source),
    )


def base_text(source: Source) -> str:
    """What a figure was counted from, and how many answers of its page do not count."""
    base = f"{formats.number(source.base)} {_noun(source.metric)}" if source.base else ""
    if not source.excluded:
        return base
    more = ngettext(
        "%(n)s more on its page does not count: it came twice or from inside",
        "%(n)s more on its page do not count: they came twice or from inside",
        source.excluded,
    ) % {"n": formats.number(source.excluded)}
    return f"{base} · {more}" if base else more


def _chart(line: StatementLine, shape: CurveShape, name: str, number: int) -> Chart | None:
    if line.credited is None:
        return None
    words = CurveWords(
        title=_("What %(name)s pays") % {"name": name},
        name=name,
        say=lambda value: said(value, line),
        share=per_cent,
    )
    return curve_chart(curve_of(shape), words, key=f"curve-{number}", credited=line.credited, raw=line.raw)


def _improvement(line: StatementLine, name: str, number: int) -> Chart | None:
    shape = line.improvement
    if shape is None or shape.x is None:
        return None
    words = CurveWords(
        title=_("What an improvement of %(name)s pays") % {"name": name},
        name=_("Points more than before"),
        say=lambda value: f"{plain_number(value, SHOWN_DECIMALS)}{formats.NARROW}{POINTS}",
        share=per_cent,
    )
    return curve_chart(curve_of(shape), words, key=f"better-{number}", credited=shape.x)
