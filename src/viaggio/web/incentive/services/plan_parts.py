"""What a plan says, as pages show it: groups with their weights, lines with their curves, each drawn once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from viaggio.incentive.combining import Section
from viaggio.incentive.curves import Curve
from viaggio.incentive.plan import Group, Plan
from viaggio.web.incentive.plan_words import exact_text, group_name, measure_name, share_text
from viaggio.web.incentive.services.plan_places import touchpoint_called
from viaggio.web.shared.charts import Chart, CurveWords, curve_chart
from viaggio.web.shared.charts.stack import Piece, stack


@dataclass(frozen=True, slots=True, kw_only=True)
class LineShown:
    """A line that some groups have alike: its measure in words, its weight, the touchpoints behind it."""

    name: str
    weight: str
    indicator: int | None
    groups: tuple[str, ...]
    everybody: bool
    touchpoints: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A curve, drawn once, with all lines that are paid by it."""

    name: str
    chart: Chart
    improvement: Chart | None
    falling: bool
    lines: tuple[LineShown, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupShown:
    """A group with its weights. `total` is their sum; `adds_up` whether it is what it must be."""

    code: str
    name: str
    shared: str
    own: str
    total: str
    adds_up: bool
    bar: SafeString


def groups_of(plan: Plan) -> list[GroupShown]:
    """Every group with the bar of its weights, in the plan's order."""
    return [_group(plan, group) for group in plan.groups.values()]


def weight_of(group: Group, section: Section) -> Fraction:
    """The sum of the weights of a group's section."""
    return sum((c.weight for c in group.of(section)), Fraction(0))


def _group(plan: Plan, group: Group) -> GroupShown:
    shared, own = (weight_of(group, section) for section in (Section.SHARED, Section.FUNCTION))
    additive = plan.combination == "additive"
    total = shared + own
    adds_up = total == 1 if additive else shared == 1 and own in {0, 1}
    pieces = [
        Piece(
            name=f"{measure_name(c.measure)} {share_text(c.weight)}",
            share=float(c.weight),
            kind=str(c.section),
        )
        for c in group.components
    ]
    told = "; ".join(piece.name for piece in pieces)
    about = _("Weights of %(group)s: %(weights)s") % {"group": group_name(group.name), "weights": told}
    return GroupShown(
        code=group.name,
        name=group_name(group.name),
        shared=share_text(shared),
        own=share_text(own),
        total=share_text(total),
        adds_up=adds_up,
        bar=stack(pieces, about=about, whole=1.0 if additive else 2.0),
    )


type _Curves = tuple[Curve, Curve | None]
type _Line = tuple[str, Fraction, int | None]


def blocks_of(plan: Plan, *sections: Section) -> list[Block]:
    """The lines of these sections by their curves, in the plan's order; lines that are alike once."""
    found: dict[_Curves, dict[_Line, list[str]]] = {}
    for group in plan.groups.values():
        for c in group.components:
            if c.section in sections:
                alike = found.setdefault((c.curve, c.improvement), {})
                alike.setdefault((c.measure, c.weight, c.form_indicator), []).append(group.name)
    return [
        _block(plan, curves, alike, key=f"{sections[0]}-{number}")
        for number, (curves, alike) in enumerate(found.items())
    ]


def _block(plan: Plan, curves: _Curves, alike: dict[_Line, list[str]], *, key: str) -> Block:
    level, better = curves
    measures = list(dict.fromkeys(measure for measure, _weight, _indicator in alike))
    name = measure_name(measures[0]) if len(measures) == 1 else _("each of these measures")
    return Block(
        name=name,
        chart=drawn(level, name, key=key),
        improvement=drawn(better, _("Improvement of %(name)s") % {"name": name}, key=f"{key}-i")
        if better
        else None,
        falling=level.falling,
        lines=tuple(_line(plan, line, names) for line, names in alike.items()),
    )


def _line(plan: Plan, line: _Line, names: list[str]) -> LineShown:
    measure, weight, indicator = line
    touchpoints = plan.contribution_map.get(measure.removeprefix("map:"), {}) if "map:" in measure else {}
    return LineShown(
        name=measure_name(measure),
        weight=share_text(weight),
        indicator=indicator,
        groups=tuple(group_name(name) for name in dict.fromkeys(names)),
        everybody=set(names) == set(plan.groups),
        touchpoints=tuple((touchpoint_called(t), share_text(w)) for t, w in touchpoints.items()),
    )


def drawn(curve: Curve, name: str, *, key: str, credited: Fraction | None = None) -> Chart:
    """The chart of a curve."""
    words = CurveWords(
        title=_("Payout by %(name)s") % {"name": name}, name=name, say=exact_text, share=share_text
    )
    return curve_chart(curve, words, key=key, credited=credited)


def said_list(names: Sequence[str] | Iterable[str]) -> str:
    """Names in a row: a, b and c."""
    words = list(names)
    if len(words) < 2:
        return "".join(words)
    return _("%(some)s and %(last)s") % {"some": ", ".join(words[:-1]), "last": words[-1]}
