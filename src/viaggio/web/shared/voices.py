"""What customers write: newest texts about a touchpoint, with the score given and the way to the customer."""

import re
from dataclasses import dataclass
from typing import Any

from viaggio.kernel import Population
from viaggio.web.shared import formats
from viaggio.web.shared.customer_names import names_of, pseudonym
from viaggio.web.shared.desk import Desk
from viaggio.web.shared.names import code_name
from viaggio.web.shared.narrowing import among, within

SHOWN = 20
_TELLING = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+|\+?\d[\d ./-]{6,}\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One text. `tone` is det, pas or pro by its score, empty without one."""

    body: str
    language: str
    score: str
    tone: str
    kind: str
    when: str
    channel: str
    customer: int | None
    who: str


def voices(desk: Desk, population: Population, *, limit: int = SHOWN, responses: Any = None) -> list[Voice]:
    """The newest texts of the desk's period in a population; empty where texts lack one of its dimensions.

    With `responses`, a table of source and response, only what was written in these.
    """
    texts = desk.engine.tables().texts
    if responses is not None:
        texts = texts.semi_join(responses, ["source", "response"])
    if not set(population.where) <= set(texts.columns):
        return []
    import ibis

    rows = within(desk, among(texts, population, desk.engine.tables()), "written_at")
    rows = rows.filter(rows.body.strip() != "").order_by(ibis.desc("written_at"), "source", "id").limit(limit)
    found = desk.engine.run(rows).to_pylist()
    scores = _scores(desk, [row["response"] for row in found if row["response"] and row["rating"] is None])
    names = names_of(desk, [row["customer"] for row in found])
    return [_voice(desk, row, scores, names) for row in found]


def _scores(desk: Desk, responses: list[str]) -> dict[str, tuple[float, float, float]]:
    """Value and scale of the main score of each response: recommendation, then satisfaction, then others."""
    if not responses:
        return {}
    answers = desk.engine.tables().answers
    rows = answers.filter(answers.response.isin(sorted(set(responses))), answers.metric != "pillar")
    found = desk.engine.run(rows.select("response", "metric", "value", "scale_min", "scale_max")).to_pylist()
    order = {"nps": 0, "csat": 1, "review": 2, "ces": 3}
    ranked = sorted(found, key=lambda r: (-order.get(r["metric"], 9), r["response"], r["value"]))
    return {r["response"]: (r["value"], r["scale_min"], r["scale_max"]) for r in ranked}


def tone_of(value: float, low: float, high: float) -> str:
    """det, pas or pro: 0-6, 7-8, 9-10 on the recommendation scale, thirds of shorter scales."""
    if (low, high) == (0.0, 10.0):
        return "det" if value <= 6 else "pas" if value <= 8 else "pro"
    share = (value - low) / (high - low) if high > low else 0.5
    return "det" if share < 0.4 else "pas" if share < 0.7 else "pro"


def _voice(
    desk: Desk, row: dict[str, Any], scores: dict[str, tuple[float, float, float]], names: dict[int, str]
) -> Voice:
    score: tuple[float, float, float] | None = scores.get(row["response"] or "")
    if row["rating"] is not None:
        top = row["rating_max"] or 5.0
        score = (row["rating"], 0.0 if top == 10 else 1.0, top)
    return Voice(
        body=row["body"] if desk.sees_customers or row["public"] else masked(row["body"]),
        language=row["language"] or "",
        score=formats.number(score[0], 0 if float(score[0]).is_integer() else 1) if score else "",
        tone=tone_of(*score) if score else "",
        kind=code_name("kind", row["kind"]),
        when=formats.day(row["written_at"].astimezone(desk.workspace.zone).date()),
        channel=code_name("channel", row["channel"]) if row["channel"] else "",
        customer=row["customer"],
        who=names.get(row["customer"] or 0) or pseudonym(row["customer"]),
    )


def masked(body: str) -> str:
    """The text without addresses and numbers that point at a person."""
    return _TELLING.sub("•••", body)
