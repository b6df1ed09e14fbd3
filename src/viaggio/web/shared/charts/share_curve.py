"""A share that grows with time: a line with the band of its interval, and its numbers as a table."""

from collections.abc import Callable, Sequence

from django.utils.safestring import SafeString

from viaggio.drawing.share_curve import SharePoint, draw_share_curve
from viaggio.web.shared.charts.figure import Chart, Table

__all__ = ["SharePoint", "share_curve"]


def share_curve(
    points: Sequence[SharePoint],
    *,
    title: str,
    about: str,
    columns: tuple[str, str, str],
    share: Callable[[float], str],
) -> Chart:
    """The curve from 0 to 100 %; `columns` head the table: moment, share, interval. Not without points."""
    rows = tuple(
        (
            str(p.at),
            share(p.share),
            "" if p.low is None or p.high is None else f"{share(p.low)}–{share(p.high)}",
        )
        for p in points
    )

    def drawn(size: tuple[float, float], key: str) -> SafeString:
        return SafeString(draw_share_curve(points, size, key, (title, about), share))

    return Chart(
        wide=drawn((900.0, 260.0), "returns-w"),
        narrow=drawn((360.0, 220.0), "returns-n"),
        table=Table(columns, rows),
        title=title,
    )
