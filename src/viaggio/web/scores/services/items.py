"""The questions that were answered: a list of them, and how the answers to one are spread."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from viaggio.kernel import EVERYBODY
from viaggio.measure.distribution import Share, shares
from viaggio.web.scores.services.files import File
from viaggio.web.scores.services.screen import remembered
from viaggio.web.shared import formats
from viaggio.web.shared.desk import Desk
from viaggio.web.shared.names import PILLARS, dimension_name, metric_base
from viaggio.web.shared.narrowing import among, within
from viaggio.web.shared.voices import Voice, voices
from viaggio.web.shared.wordings import Said, wording_of

WITHDRAWN = "withdrawn"
MOST_VALUES = 40
CUTS = ("wave", "segment")
FEEDS = {"nps": "nps", "csat": "csat_mean", "ces": "ces", "review": "review_score"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question of the list; `n` is empty where so few answered that it is not told."""

    key: str
    text: str
    feeds: str
    feeds_href: str
    n: str
    href: str
    last: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One answer of a question, ready to read; `percent` is the length of its bar."""

    value: str
    label: str
    n: str
    share: str
    interval: str
    percent: float
    low: float
    high: float
    href: str
    tone: str
    hidden: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CutTable:
    """Shares of each answer by one dimension: a row per group."""

    name: str
    values: tuple[str, ...]
    rows: tuple[tuple[str, str, str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPage:
    """All that a question's page shows."""

    key: str
    text: str
    feeds: str
    feeds_href: str
    lines: tuple[Line, ...]
    total: str
    hidden: bool
    cuts: tuple[CutTable, ...]
    comments: tuple[Voice, ...]
    told: tuple[Share, ...]


def asked_rows(desk: Desk, *, item: str | None = None) -> Any:
    """The valid answers of the page's period and population, of one question or of all."""
    tables = desk.engine.tables()
    rows = within(desk, among(tables.answers, desk.filters.population, tables), "answered_at", valid=True)
    rows = rows.filter(rows.item.notnull(), rows.item != WITHDRAWN)
    return rows if item is None else rows.filter(rows.item == item)


def asked(desk: Desk) -> list[Asked]:
    """Every question with answers in the page's period, scores first."""
    rows = asked_rows(desk)
    found = remembered(
        desk,
        ("items", desk.filters.period, desk.filters.population),
        lambda: desk.engine.run(
            rows.group_by("item", "metric", "pillar").aggregate(
                n=rows.count(), people=rows.customer.nunique(), last=rows["at"].max()
            )
        ).to_pylist(),
    )
    order = {name: place for place, name in enumerate((*FEEDS, "pillar"))}
    ranked = sorted(found, key=lambda r: (order.get(r["metric"], 9), r["pillar"] or "", r["item"]))
    return [_asked(desk, row) for row in ranked]


def _asked(desk: Desk, row: Mapping[str, Any]) -> Asked:
    said = wording_of(row["item"])
    feeds, href = feeds_of(desk, row["metric"], row["pillar"])
    few = 0 < row["people"] < desk.minimum
    return Asked(
        key=row["item"],
        text=said.text if said else "",
        feeds=feeds,
        feeds_href=href,
        n="" if few else formats.number(row["n"]),
        href=desk.filters.to(reverse("scores:item", args=[row["item"]])),
        last=formats.day(row["last"].astimezone(desk.workspace.zone).date()),
    )


def feeds_of(desk: Desk, metric: str, pillar: str | None) -> tuple[str, str]:
    """The score that a question feeds, in words and as a link; empty where it feeds none."""
    slug = f"pillar_{pillar}" if metric == "pillar" and pillar else FEEDS.get(metric, "")
    if not slug:
        return "", ""
    names = {"nps": "NPS", "csat": "CSAT", "ces": "CES", "review": _("Reviews")}
    name = str(PILLARS.get(pillar or "", "")) if metric == "pillar" else names[metric]
    return name, desk.filters.to(reverse("scores:metric", args=[slug]))


def item_page(desk: Desk, key: str) -> ItemPage | None:
    """One question; None where nobody was ever asked it."""
    columns = _answers(desk, key)
    if columns is None:
        return None
    said = wording_of(key)
    values = columns["value"]
    first = columns["about"]
    feeds, href = feeds_of(desk, first["metric"], first["pillar"])
    whole = shares(values, columns["unit"], columns["who"], _steps(first, values)) if len(values) else []
    told, hidden = _told(whole, desk.minimum)
    longest = max((float(share.share.high or 0.0) for share in told), default=1.0) or 1.0
    page = ItemPage(
        key=key,
        text=said.text if said else "",
        feeds=feeds,
        feeds_href=href,
        lines=tuple(
            _quiet_line(said, share.value)
            if share.value in hidden
            else _line(desk, key, share, _Bars(said, first["metric"], longest))
            for share in whole[:MOST_VALUES]
        ),
        total=f"{formats.number(len(values))} {metric_base('answers')}",
        hidden=bool(hidden),
        cuts=(),
        comments=_comments(desk, key),
        told=tuple(told),
    )
    if hidden or not whole:
        return page
    return replace(page, cuts=tuple(_cut(desk, columns, whole, name) for name in CUTS))


def _answers(desk: Desk, key: str) -> dict[str, Any] | None:
    """Columns of the question's answers; None where the question is not known at all."""
    answers = desk.engine.tables().answers
    known = desk.engine.run(
        answers.filter(answers.item == key).select("metric", "pillar", "scale_min", "scale_max").limit(1)
    ).to_pylist()
    if not known or key == WITHDRAWN:
        return None

    def ask() -> dict[str, Any]:
        import ibis

        rows = asked_rows(desk, item=key)
        by_response = rows.response.hash()
        who = ibis.coalesce(rows.customer, by_response)
        read = desk.engine.run(
            rows.select("value", "wave", "segment", who=who, unit=ibis.coalesce(rows.account, who))
        )
        plain = {name: read[name].to_numpy(zero_copy_only=False) for name in ("value", "who", "unit")}
        return {**plain, **{name: read[name].fill_null("").to_numpy(zero_copy_only=False) for name in CUTS}}

    question = ("item", key, desk.filters.period, desk.filters.population)
    return {**remembered(desk, question, ask), "about": known[0]}


def _steps(about: Mapping[str, Any], values: Any) -> list[float] | None:
    """Every number of a short scale of whole numbers."""
    low, high = about["scale_min"], about["scale_max"]
    if low is None or high is None or high - low > 20 or not float(low).is_integer():
        return None
    if any(not float(value).is_integer() for value in set(values.tolist())):
        return None
    return [float(step) for step in range(int(low), int(high) + 1)]


def _told(whole: Sequence[Share], minimum: int) -> tuple[list[Share], set[float]]:
    """The shares that may be told, and the values of the others: too few persons, or to be had from the rest.

    A hidden answer could be had from the total, so the next smallest are hidden too, until two or more are
    and they stand for `minimum` persons together.
    """
    given = sorted((s for s in whole if s.n), key=lambda s: (s.people, s.value))
    gone = [s for s in given if s.people < minimum]
    rest = given[len(gone) :]
    while gone and rest and (len(gone) < 2 or sum(s.people for s in gone) < minimum):
        gone.append(rest.pop(0))
    hidden = {s.value for s in gone}
    return [s for s in whole if s.value not in hidden], hidden


def _quiet_line(said: Said | None, value: float) -> Line:
    """An answer that so few persons gave that nothing is told of it."""
    return Line(
        value=value_text(value), label=_label(said, value), n="", share="", interval="", percent=0, low=0,
        high=0, href="", tone="", hidden=True,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Bars:
    """What all bars of a question share: its words, the score it feeds, the share that fills the width."""

    said: Said | None
    metric: str
    longest: float


def _line(desk: Desk, key: str, share: Share, bars: _Bars) -> Line:
    found = share.share
    low, high = float(found.low or 0.0), float(found.high or 0.0)
    link = desk.filters.to(reverse("scores:item-answers", args=[key]), value=f"{share.value:g}")
    return Line(
        value=value_text(share.value),
        label=_label(bars.said, share.value),
        n=formats.number(share.n),
        share=formats.share(found.value or 0.0, 1),
        interval=f"{formats.number(low * 100, 1)}–{formats.share(high, 1)}",
        percent=100 * float(found.value or 0.0) / bars.longest,
        low=100 * low / bars.longest,
        high=100 * high / bars.longest,
        href=link if share.n else "",
        tone=tone_of(bars.metric, share.value),
        hidden=False,
    )


def value_text(value: float) -> str:
    """A value as it was given."""
    return formats.number(value, 0 if float(value).is_integer() else 2)


def _label(said: Said | None, value: float) -> str:
    return said.answers.get(value, "") if said else ""


def tone_of(metric: str, value: float) -> str:
    """Colours of the recommendation scale only: detractors, passives, promoters."""
    if metric != "nps":
        return ""
    return "det" if value <= 6 else "pas" if value <= 8 else "pro"


def _cut(desk: Desk, columns: Mapping[str, Any], whole: Sequence[Share], name: str) -> CutTable:
    """Share of each answer in each group; where a group would point at persons its shares are not told."""
    groups = sorted(set(columns[name].tolist()))
    people = {group: _people(columns, columns[name] == group) for group in groups}
    quiet = {group for group in groups if _points_at(desk, columns, columns[name] == group, whole)}
    if len(quiet) == 1 and len(groups) > 1:  # or else it could be had from the total
        quiet.add(min((group for group in groups if group not in quiet), key=lambda g: (people[g], g)))
    rows = []
    for group in groups:
        if people[group] < desk.minimum:
            continue
        values = columns["value"][columns[name] == group]
        texts = tuple(
            "·" if group in quiet else formats.share(float((values == share.value).mean()), 0)
            for share in whole
        )
        link = desk.filters.query(**{name: group}) if group else ""
        rows.append((desk.filters.say(name, group), link, formats.number(len(values)), texts))
    return CutTable(
        name=dimension_name(name), values=tuple(value_text(s.value) for s in whole), rows=tuple(rows)
    )


def _people(columns: Mapping[str, Any], mine: Any) -> int:
    import numpy as np

    return len(np.unique(columns["who"][mine]))


def _points_at(desk: Desk, columns: Mapping[str, Any], mine: Any, whole: Sequence[Share]) -> bool:
    """Whether so few persons of a group gave some answer that its share would point at them."""
    if not desk.minimum:
        return False
    counts = [_people(columns, mine & (columns["value"] == share.value)) for share in whole]
    return any(0 < count < desk.minimum for count in counts)


def items_file(desk: Desk) -> File:
    """The list of questions."""
    columns = (_("question"), _("wording"), _("feeds"), _("n"), _("last answer"))
    rows = [(one.key, one.text, one.feeds, one.n, one.last) for one in asked(desk)]
    return File(columns, rows, "questions")


def item_file(page: ItemPage) -> File:
    """How the answers to one question are spread; shares from 0 to 1."""
    columns = (_("question"), _("answer"), _("n"), _("share"), _("low"), _("high"))
    rows = [
        (page.key, share.value, share.n, share.share.value, share.share.low, share.share.high)
        for share in page.told
    ]
    return File(columns, rows, f"question {page.key}")


def _comments(desk: Desk, key: str) -> tuple[Voice, ...]:
    """What those who answered wrote beside it, for people who may see customers."""
    if not desk.sees_customers:
        return ()
    responses = asked_rows(desk, item=key).select("source", "response").distinct()
    return tuple(voices(desk, EVERYBODY, responses=responses))
