"""The answers behind one bar of a question: one by one, newest first."""

from dataclasses import dataclass
from typing import Any

from viaggio.web.scores.services.items import asked_rows, value_text
from viaggio.web.shared import formats
from viaggio.web.shared.customer_names import names_of, pseudonym
from viaggio.web.shared.desk import Desk

PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One answer, ready to read."""

    when: str
    value: str
    touchpoint: str
    channel: str
    customer: int | None
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenPage:
    """One page of answers."""

    rows: tuple[Given, ...]
    total: int
    page: int
    hidden: bool = False

    @property
    def pages(self) -> int:
        """Number of pages."""
        return max(1, -(-self.total // PAGE))


def rows_of(desk: Desk, key: str, value: float | None) -> Any:
    """The answers to a question, all or those of one value."""
    rows = asked_rows(desk, item=key)
    return rows if value is None else rows.filter(rows.value == value)


def given(desk: Desk, key: str, value: float | None, page: int) -> GivenPage:
    """One page of the answers; hidden where so few persons gave them that they would be pointed at."""
    import ibis

    rows = rows_of(desk, key, value)
    counted = desk.engine.run(rows.aggregate(n=rows.count(), people=rows.customer.nunique())).to_pylist()[0]
    total = int(counted["n"])
    if 0 < counted["people"] < desk.minimum:
        return GivenPage(rows=(), total=0, page=1, hidden=True)
    page = min(max(page, 1), max(1, -(-total // PAGE)))
    chosen = rows.order_by(ibis.desc("at"), "source", "id").limit(PAGE, offset=(page - 1) * PAGE)
    found = desk.engine.run(chosen.select("at", "value", "touchpoint", "channel", "customer")).to_pylist()
    names = names_of(desk, [row["customer"] for row in found])
    return GivenPage(
        rows=tuple(
            Given(
                when=formats.moment(row["at"]),
                value=value_text(row["value"]),
                touchpoint=desk.filters.say("touchpoint", row["touchpoint"]) if row["touchpoint"] else "–",
                channel=desk.filters.say("channel", row["channel"]) if row["channel"] else "–",
                customer=row["customer"],
                who=names.get(row["customer"] or 0) or pseudonym(row["customer"]),
            )
            for row in found
        ),
        total=total,
        page=page,
    )
