"""What a plan says, as pages show it: groups with their weights, lines with their curves, each drawn once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from viaggio.incentive.combining import Section
from viaggio.incentive.curves import Curve
from viaggio.incentive.plan import Component, Group, Plan
from viaggio.web.incentive.plan_words import exact_text, group_name, measure_name, share_text
from viaggio.web.incentive.services.plan_places import touchpoint_called
from viaggio.web.shared.charts import Chart, CurveWords, curve_chart
from viaggio.web.shared.charts.stack import Piece, stack


@dataclass(frozen=True, slots=True, kw_only=True)
class LineShown:
    """A component: its measure in words, its weight, its curves drawn, the touchpoints behind it."""

    measure: str
    name: str
    weight: str
    indicator: int | None
    falling: bool
    chart: Chart
    improvement: Chart | None
    touchpoints: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Lines that several groups have alike, drawn once."""

    groups: tuple[str, ...]
    everybody: bool
    weight: str
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


def bundles_of(plan: Plan, section: Section) -> list[Bundle]:
    """The lines of a section, with the groups that have them alike: the widest shared first."""
    alike: dict[tuple[tuple[Component, ...], tuple[tuple[str, Fraction], ...]], list[str]] = {}
    for group in plan.groups.values():
        lines = group.of(section)
        if lines:
            behind = tuple(
                (t, w) for c in lines for t, w in sorted(plan.contribution_map.get(c.mapped, {}).items())
            )
            alike.setdefault((lines, behind), []).append(group.name)
    found = []
    for number, ((lines, _behind), names) in enumerate(sorted(alike.items(), key=lambda kv: -len(kv[1]))):
        found.append(
            Bundle(
                groups=tuple(group_name(name) for name in names),
                everybody=len(names) == len(plan.groups),
                weight=share_text(sum((c.weight for c in lines), Fraction(0))),
                lines=tuple(
                    line_shown(plan, component, key=f"{section}-{number}-{place}")
                    for place, component in enumerate(lines)
                ),
            )
        )
    return found


def line_shown(plan: Plan, component: Component, *, key: str) -> LineShown:
    """One component, with its curve and perhaps the curve of its improvement."""
    name = measure_name(component.measure)
    touchpoints = plan.contribution_map.get(component.mapped, {})
    return LineShown(
        measure=component.measure,
        name=name,
        weight=share_text(component.weight),
        indicator=component.form_indicator,
        falling=component.curve.falling,
        chart=drawn(component.curve, name, key=key),
        improvement=drawn(
            component.improvement, _("Improvement of %(name)s") % {"name": name}, key=f"{key}-i"
        )
        if component.improvement
        else None,
        touchpoints=tuple((touchpoint_called(t), share_text(w)) for t, w in touchpoints.items()),
    )


def drawn(curve: Curve, name: str, *, key: str, credited: Fraction | None = None) -> Chart:
    """The chart of a curve."""
    words = CurveWords(
        title=_("Payout by %(name)s") % {"name": name}, name=name, say=exact_text, share=share_text
    )
    return curve_chart(curve, words, key=key, credited=credited)


def charts_of(plan: Plan) -> list[tuple[str, Chart, tuple[str, ...]]]:
    """Every different curve once, with its measure's name and the groups that have it; for the editor."""
    seen: dict[tuple[str, Curve], list[str]] = {}
    for group in plan.groups.values():
        for component in group.components:
            names = seen.setdefault((component.measure, component.curve), [])
            if group_name(group.name) not in names:
                names.append(group_name(group.name))
    return [
        (measure_name(measure), drawn(curve, measure_name(measure), key=f"live-{number}"), tuple(names))
        for number, ((measure, curve), names) in enumerate(seen.items())
    ]


def said_list(names: Sequence[str] | Iterable[str]) -> str:
    """Names in a row: a, b and c."""
    words = list(names)
    if len(words) < 2:
        return "".join(words)
    return _("%(some)s and %(last)s") % {"some": ", ".join(words[:-1]), "last": words[-1]}
