"""The papers of a plan version: the notice to workers and unions, the annex of the filed agreement."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from viaggio.incentive.italy.annex import annex
from viaggio.incentive.italy.notice import notice
from viaggio.incentive.plan import Plan, read_plan
from viaggio.incentive.run import Inputs
from viaggio.store.incentives.asking import kpis_of, measures_of
from viaggio.store.tabular import write_csv
from viaggio.web.incentive.models import PlanVersion
from viaggio.web.incentive.plan_words import group_name, kpi_name, measure_name
from viaggio.web.incentive.services.country import rules
from viaggio.web.incentive.services.gathering import people_of, terms
from viaggio.web.incentive.services.plan_places import touchpoint_called
from viaggio.web.shared import notices

COLUMNS = ("section", "field", "value", "detail")


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """Both papers in words of one language."""

    title: str
    sections: Sequence[notices.Told]
    annex: Sequence[tuple[int, str, str, str]]
    annex_title: str
    hint: str


def notice_of(version: PlanVersion, language: str) -> tuple[str, Sequence[notices.Told]]:
    """The notice to workers: its title and its sections."""
    plan, pack = read_plan(version.document), rules()
    days = terms(version)
    facts = notice(plan, pack, open_days=days["open_days"], acknowledge_days=days["acknowledge_days"])
    return notices.notice_title(language), notices.told(facts, pack, language, names=names_of(plan))


def papers_of(version: PlanVersion, language: str) -> Papers:
    """The papers of a version; the annex counts people only where they are enough not to be known by it."""
    plan, pack = read_plan(version.document), rules()
    people = people_of(plan)
    enough = len(people) >= plan.guard_rails.k_headcount
    rows = annex(plan, Inputs(people=people, cells=()) if enough else None, pack)
    names = names_of(plan)
    said = notices.words(language)["annex"]
    title, sections = notice_of(version, language)
    return Papers(
        title=title,
        sections=sections,
        annex=[
            (section, field, value, _named(detail, names))
            for section, field, value, detail in notices.annex_words(rows, pack, language)
        ],
        annex_title=said["title"],
        hint=said["hint"],
    )


def _named(detail: str, names: Mapping[str, str]) -> str:
    """Codes of measures as they are called."""
    return ", ".join(names.get(code, code) for code in detail.split(", "))


def names_of(plan: Plan) -> dict[str, str]:
    """What measures, groups and KPIs of a plan are called, by code."""
    touchpoints = {t: touchpoint_called(t) for parts in plan.contribution_map.values() for t in parts}
    lines = {c.measure: measure_name(c.measure) for g in plan.groups.values() for c in g.components}
    return {
        **{name: measure_name(name) for name in measures_of(plan)},
        **{name: kpi_name(name) for name in kpis_of(plan)},
        **touchpoints,
        **{name: group_name(name) for name in plan.groups},
        **lines,
    }


def annex_table(papers: Papers) -> bytes:
    """The annex as a table in CSV."""
    out = io.BytesIO()
    write_csv(papers.annex, COLUMNS, out)
    return out.getvalue()


def as_text(papers: Papers, which: str, language: str) -> str:
    """The notice or the annex as Markdown."""
    if which == "annex":
        return notices.annex_markdown(papers.annex, language)
    return notices.markdown(papers.title, papers.sections)
