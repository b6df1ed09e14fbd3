"""Charts as SVG drawn in Python: pure functions from values to safe strings.

Each has a title, a description and the numbers as a table; wide and narrow forms; colours by CSS classes
(`static/viaggio/charts.css`), so that light, dark and print need no second drawing and no inline style.
"""

from viaggio.drawing.flow_layout import Flow, Link, Node
from viaggio.web.shared.charts.bars import Bar, bars
from viaggio.web.shared.charts.curve import CurveWords, curve_chart
from viaggio.web.shared.charts.dots import Dot, dot_plot
from viaggio.web.shared.charts.figure import Chart, Table
from viaggio.web.shared.charts.flow import flow_chart
from viaggio.web.shared.charts.heat import Cell, HeatRow, heat_map
from viaggio.web.shared.charts.line import Stop, phase_mark, the_line
from viaggio.web.shared.charts.matrix import Spot, matrix
from viaggio.web.shared.charts.sparkline import sparkline
from viaggio.web.shared.charts.timeline import Event, timeline
from viaggio.web.shared.charts.trend import Point, trend

__all__ = [
    "Bar",
    "Cell",
    "Chart",
    "CurveWords",
    "Dot",
    "Event",
    "Flow",
    "HeatRow",
    "Link",
    "Node",
    "Point",
    "Spot",
    "Stop",
    "Table",
    "bars",
    "curve_chart",
    "dot_plot",
    "flow_chart",
    "heat_map",
    "matrix",
    "phase_mark",
    "sparkline",
    "the_line",
    "timeline",
    "trend",
]
