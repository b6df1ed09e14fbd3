"""Payout curves: from a credited value to the share of the target that it earns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import Any

from viaggio.incentive.errors import BadPlan
from viaggio.incentive.exact import exact


class Shape(StrEnum):
    """How a curve runs between its points."""

    LINEAR = "linear"
    STEP = "step"
    ON_OFF = "onoff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Points (value, payout) in rising order of the good; `below` is paid before the first point.

    From the last point on the payout stays: the last point is the cap. With `falling` a lower value is
    better, and the points are given from the worst (highest) to the best (lowest) value.
    """

    shape: Shape = Shape.LINEAR
    points: tuple[tuple[Fraction, Fraction], ...]
    below: Fraction = Fraction(0)
    falling: bool = False

    @property
    def cliff(self) -> bool:
        """Whether the payout jumps at the first point: a hair's breadth decides about money."""
        return self.points[0][1] > self.below

    @property
    def cap(self) -> Fraction:
        """The highest payout."""
        return self.points[-1][1]

    @property
    def ascending(self) -> tuple[tuple[Fraction, Fraction], ...]:
        """The points with values mirrored, where lower is better, so that higher is always better."""
        return tuple((-x, y) for x, y in self.points) if self.falling else self.points


def read_curve(written: Mapping[str, Any], *, place: str = "curve") -> Curve:
    """A curve as it stands in a plan file. Raises `BadPlan` or `BadAmount` with the place."""
    unknown = set(written) - {"type", "points", "below", "direction"}
    if unknown:
        raise BadPlan(f"'{min(unknown)}' means nothing in a curve", place=place,
                      hint="Known: type, points, below, direction.")  # fmt: skip
    shapes = tuple(Shape)
    if written.get("type", "linear") not in shapes:
        raise BadPlan(f"a curve of type '{written['type']}' is not known", place=f"{place}.type",
                      hint=f"Known: {', '.join(shapes)}.")  # fmt: skip
    if written.get("direction", "up") not in {"up", "down"}:
        raise BadPlan("a curve runs up or down", place=f"{place}.direction", hint="Write up or down.")
    curve = Curve(
        shape=Shape(written.get("type", "linear")),
        points=_points(written.get("points"), place),
        below=exact(written.get("below", "0"), place=f"{place}.below"),
        falling=written.get("direction", "up") == "down",
    )
    check_curve(curve, place=place)
    return curve


def _points(written: Any, place: str) -> tuple[tuple[Fraction, Fraction], ...]:
    if not isinstance(written, Sequence) or isinstance(written, str) or not written:
        raise BadPlan("a curve needs points", place=f"{place}.points", hint='Write [["30", "0.5"], ...].')
    points = []
    for index, point in enumerate(written):
        here = f"{place}.points[{index}]"
        if not isinstance(point, Sequence) or isinstance(point, str) or len(point) != 2:
            raise BadPlan("a point is a value and a payout", place=here, hint='Write ["30", "0.5"].')
        points.append((exact(point[0], place=here), exact(point[1], place=here)))
    return tuple(points)


def check_curve(curve: Curve, *, place: str = "curve") -> None:
    """Refuse unordered values and payouts that fall while the value gets better; raises `BadPlan`."""
    for index, ((x0, y0), (x1, y1)) in enumerate(pairwise(curve.ascending)):
        here = f"{place}.points[{index + 1}]"
        if x1 <= x0:
            raise BadPlan("values must get better from point to point", place=here, hint="Order the points.")
        if y1 < y0:
            raise BadPlan("a better value must not pay less", place=here, hint="Raise this payout.")
    if curve.points[0][1] < curve.below or curve.below < 0:
        raise BadPlan("what is paid below the curve must lie between 0 and the first payout",
                      place=f"{place}.below", hint="Write 0.")  # fmt: skip


def payout(curve: Curve, value: Fraction) -> Fraction:
    """The payout at a value, exact: interpolated on a line, or that of the highest point reached."""
    x = -value if curve.falling else value
    points = curve.ascending
    if x < points[0][0]:
        return curve.below
    for (x0, y0), (x1, y1) in pairwise(points):
        if x < x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0) if curve.shape is Shape.LINEAR else y0
    return points[-1][1]
