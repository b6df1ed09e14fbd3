"""One wave as its page shows it: the coverage funnel, AAPOR's rates, who is missing, what weights do."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext_lazy

from viaggio.kernel import EVERYBODY, Period, Reading
from viaggio.pulse.fielding import ASKED
from viaggio.web.pulse.models import Wave
from viaggio.web.pulse.plan_words import OUTCOMES, reason_words
from viaggio.web.pulse.services import overview
from viaggio.web.pulse.services.coverage_charts import Part, funnel, parts_of
from viaggio.web.pulse.services.missing import Cut, Group, cuts_of
from viaggio.web.pulse.services.staff_scope import Sight, catalogue, engine_or_none
from viaggio.web.pulse.services.wave_numbers import WaveNumbers, numbers_of
from viaggio.web.shared.charts.figure import Chart
from viaggio.web.shared.names import code_name, dimension_name, touchpoint_name

if TYPE_CHECKING:
    from viaggio.store.engine import Engine

RATES = (
    ("rr1", gettext_lazy("Response rate 1"), gettext_lazy("complete, of all who were asked")),
    ("rr2", gettext_lazy("Response rate 2"), gettext_lazy("complete and partial, of all who were asked")),
    ("rr5", gettext_lazy("Response rate 5"), gettext_lazy("complete, of those known to be reached")),
    (
        "rr6",
        gettext_lazy("Response rate 6"),
        gettext_lazy("complete and partial, of those known to be reached"),
    ),
    ("coop1", gettext_lazy("Cooperation rate 1"), gettext_lazy("complete, of those reached")),
    ("coop2", gettext_lazy("Cooperation rate 2"), gettext_lazy("complete and partial, of those reached")),
    (
        "ref1",
        gettext_lazy("Refusal rate 1"),
        gettext_lazy("refused or opened and left, of all who were asked"),
    ),
    ("con1", gettext_lazy("Contact rate 1"), gettext_lazy("reached, of all who were asked")),
)
"""AAPOR's rates that differ here: nobody is of unknown eligibility but who gave no echo, so e is 1."""
SCORES = ("nps", "csat_top", "ces")
"""The score that shows what weights do: the first that the wave has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """One of AAPOR's rates, 0 to 1."""

    code: str
    name: str
    words: str
    value: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonRow:
    """Units with one outcome for one reason."""

    outcome: str
    reason: str
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighted:
    """What weights do in a wave. `low` and `high` are the least and largest weight, 1 being the mean.

    `kept` is the effective number as a share of all; the readings are of the same score, plain and weighted.
    """

    scheme: str
    method: str
    answers: int
    low: float
    high: float
    effective: float
    plain: Reading | None
    weighted: Reading | None

    @property
    def kept(self) -> float:
        """Effective answers as a share of all."""
        return self.effective / self.answers


@dataclass(frozen=True, slots=True, kw_only=True)
class WavePage:
    """Everything of the page."""

    wave: Wave
    name: str
    first_day: date
    last_day: date
    numbers: WaveNumbers
    parts: tuple[Part, ...]
    chart: Chart
    reasons: tuple[ReasonRow, ...]
    rates: tuple[Rate, ...]
    cuts: tuple[Cut, ...]
    weights: Weighted | None
    before: Wave | None
    after: Wave | None


def page_of(wave: Wave, sight: Sight) -> WavePage:
    """The page as this person sees it."""
    numbers = numbers_of(wave, sight)
    links = {state: answers_address(wave, state=state) for state in ("complete", "partial")}
    parts = parts_of(numbers.counts, {} if wave.pulse.anonymous else links)
    siblings = list(wave.pulse.waves.order_by("code"))
    place = next(i for i, one in enumerate(siblings) if one.pk == wave.pk)
    return WavePage(
        wave=wave,
        name=overview.name_of(wave.pulse),
        first_day=wave.starts_at.astimezone(overview.zone()).date(),
        last_day=(wave.ends_at - timedelta(seconds=1)).astimezone(overview.zone()).date(),
        numbers=numbers,
        parts=tuple(parts),
        chart=funnel(parts, numbers.units, key="funnel"),
        reasons=tuple(_reasons(numbers)),
        rates=tuple(
            Rate(code=code.upper(), name=str(name), words=str(words), value=getattr(numbers.rates, code))
            for code, name, words in RATES
        ),
        cuts=() if wave.pulse.anonymous else tuple(_cuts(wave, sight)),
        weights=_weights(wave, sight),
        before=siblings[place - 1] if place else None,
        after=siblings[place + 1] if place + 1 < len(siblings) else None,
    )


def answers_address(wave: Wave, **filters: str) -> str:
    """The list of answers of this wave, filtered further."""
    query = urlencode({"wave": wave.code, **filters})
    return f"{reverse('pulse:answers', args=[wave.pulse.slug])}?{query}"


def _reasons(numbers: WaveNumbers) -> Iterator[ReasonRow]:
    for outcome, name in OUTCOMES.items():
        by_reason = numbers.reasons.get(outcome, {})
        for reason, units in sorted(by_reason.items(), key=lambda pair: -pair[1]):
            if units and reason:
                yield ReasonRow(outcome=str(name), reason=reason_words(reason), units=units)


# --- who is missing --------------------------------------------------------------------------------------


def _cuts(wave: Wave, sight: Sight) -> list[Cut]:
    known = catalogue()
    found = {name: _recorded(wave, sight, name) for name in ("touchpoint", "channel", "language")}
    engine = engine_or_none()
    if engine is not None:
        found |= {name: _from_facts(engine, wave, sight, name) for name in ("segment", "region")}
    groups = {
        name: [
            Group(
                label=touchpoint_name(value, known)
                if name == "touchpoint" and value
                else code_name(name, value),
                asked=asked,
                complete=complete,
                href=answers_address(wave, state="complete", **{name: value or "-"}),
            )
            for value, (asked, complete) in counts.items()
        ]
        for name, counts in found.items()
    }
    order = ("segment", "region", "channel", "language", "touchpoint")
    return cuts_of({dimension_name(n): groups[n] for n in order if groups.get(n)}, minimum=sight.minimum)


type Asked = Mapping[str, tuple[int, int]]
"""How many were asked and how many of them answered to the end, by value of a dimension."""


def _recorded(wave: Wave, sight: Sight, name: str) -> Asked:
    rows = sight.invitations().filter(wave=wave, outcome__in=[str(outcome) for outcome in ASKED])
    return _summed(rows.values_list(name, "outcome").annotate(Count("pk")).order_by())


def _from_facts(engine: "Engine", wave: Wave, sight: Sight, name: str) -> Asked:
    """What the records do not say, as the facts know it: some minutes late."""
    rows = sight.ledger(engine, wave)
    rows = rows.filter(rows.outcome.isin([str(outcome) for outcome in ASKED]))
    counted = engine.run(rows.group_by(name, "outcome").aggregate(units=rows.count())).to_pylist()
    return _summed((row[name] or "", row["outcome"], row["units"]) for row in counted)


def _summed(rows: Any) -> Asked:
    found: dict[str, tuple[int, int]] = {}
    for value, outcome, count in rows:
        asked, complete = found.get(value, (0, 0))
        found[value] = (asked + count, complete + (count if outcome == "complete" else 0))
    return found


# --- weights ---------------------------------------------------------------------------------------------


def _weights(wave: Wave, sight: Sight) -> Weighted | None:
    """What the newest weights of the wave do; None before there are any."""
    engine = engine_or_none()
    if engine is None or not engine.rows("weights"):
        return None
    rows = engine.tables().weights
    rows = rows.filter(rows.pulse == wave.pulse.slug, rows.wave == wave.code)
    stats = rows.group_by("scheme", "method").aggregate(
        answers=rows.count(), total=rows.weight.sum(), squares=(rows.weight * rows.weight).sum(),
        low=rows.weight.min(), high=rows.weight.max(), made=rows.made_at.max(),
    )  # fmt: skip
    found = sorted(engine.run(stats).to_pylist(), key=lambda row: row["made"])
    if not found or not found[-1]["total"]:
        return None
    newest = found[-1]
    mean = newest["total"] / newest["answers"]
    plain, weighted = _scores(engine, wave, sight, str(newest["scheme"]))
    return Weighted(
        scheme=str(newest["scheme"]),
        method=str(newest["method"] or ""),
        answers=newest["answers"],
        low=newest["low"] / mean,
        high=newest["high"] / mean,
        effective=newest["total"] ** 2 / newest["squares"],
        plain=plain,
        weighted=weighted,
    )


def _scores(engine: "Engine", wave: Wave, sight: Sight, scheme: str) -> tuple[Reading | None, Reading | None]:
    """The wave's main score, each answer counting once and weighted."""
    from viaggio.store.readings import read_one

    start = wave.starts_at.astimezone(engine.zone).date()
    span = Period(start, start + timedelta(days=500))
    who = EVERYBODY.narrowed(pulse=[wave.pulse.slug], wave=[wave.code])
    if sight.functions:
        who = who.narrowed(function=sight.functions)
    cell = sight.minimum or None
    for slug in SCORES:
        plain = read_one(engine, slug, span, who, minimum_cell=cell)
        if plain.has_value:
            return plain, read_one(engine, slug, span, who, minimum_cell=cell, weights=scheme)
    return None, None


STEPS = {
    "base": gettext_lazy("chance of being drawn"),
    "nonresponse": gettext_lazy("chance of answering"),
    "raking": gettext_lazy("raked to everybody who could have been asked"),
    "trimmed": gettext_lazy("trimmed"),
}
"""The steps of a weighting in words."""


def method_words(method: str) -> str:
    """How the weights were made, in words."""
    return ", ".join(str(STEPS.get(step, step)) for step in method.split("+"))


# --- the ledger as a file --------------------------------------------------------------------------------

LEDGER = (
    "unit", "touchpoint", "phase", "channel", "segment", "region", "stratum", "probability", "outcome",
    "reason", "asked_by", "eligible_at",
)  # fmt: skip
NAMED = ("about", "customer", "invitation", "response")
"""Columns that point at somebody: only for those who may see customers."""


def ledger_file(wave: Wave, sight: Sight) -> tuple[Sequence[str], list[tuple[object, ...]]]:
    """Columns and rows of the wave's ledger, one row a unit, as the facts know it."""
    columns = (*LEDGER, *NAMED) if sight.sees_customers else LEDGER
    engine = engine_or_none()
    if engine is None:
        return columns, []
    rows = sight.ledger(engine, wave)
    found = engine.run(rows.select("id", *columns).order_by("eligible_at", "id")).to_pylist()
    return columns, [tuple(_cell(row[name], name) for name in columns) for row in found]


def _cell(value: object, name: str) -> object:
    return str(value) if name == "customer" and value is not None else value


__all__ = ["WavePage", "answers_address", "ledger_file", "method_words", "page_of"]
