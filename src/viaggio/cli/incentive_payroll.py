"""`viaggio incentive export`, `notice` and `annex`: what leaves for payroll, workers and the ministry."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from viaggio.cli.output import formats, show

if TYPE_CHECKING:
    from collections.abc import Mapping

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_LANGUAGE = click.option(
    "--language",
    type=click.Choice(["it", "en"]),
    default="it",
    show_default=True,
    help="Language of the text.",
)
_COUNTRY = click.option("--country", default="it", show_default=True, help="Whose rules hold.")
_RULES = click.option("--rules", type=_FILE, help="The company's own file of the country's rules.")


@click.command()
@click.argument("run_file", metavar="RUN", type=_FILE)
@click.option("--kind", type=click.Choice(["payroll", "lines"]), default="payroll", show_default=True)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write this file: .csv or .xlsx."
)
@click.option(
    "--period", default="", help="The period in which it is paid, such as 2027-03; default its own."
)
@click.option("--ids", type=_FILE, help="CSV with person and payroll_id.")
@click.option("--welfare", type=_FILE, help="CSV with person and amount taken as welfare.")
@click.option(
    "--increment", type=click.Choice(["line", "any", "all"]), default="line", show_default=True,
    help="Whose result must be better than the baseline for the tax regime.",
)  # fmt: skip
@_COUNTRY
@_RULES
@click.option("--json", "form", flag_value="json", help="Print JSON.")
def export(
    run_file: Path, kind: str, out: Path | None, period: str, ids: Path | None, welfare: Path | None,
    increment: str, country: str, rules: Path | None, form: str | None,
) -> None:  # fmt: skip
    """Write a stored run for payroll, with a trailer that adds up, or all its lines.

    The same run gives the same file.
    """
    from viaggio.store.incentives import read_run

    document = read_run(run_file)
    if kind == "lines":
        _lines(document, out, form)
        return
    from viaggio.incentive.italy.regime import Rule
    from viaggio.incentive.payroll import payroll_rows
    from viaggio.incentive.plan import read_plan
    from viaggio.store.incentives.country_file import load_country
    from viaggio.store.incentives.run_payments import Paying, by_person, run_payments, welfare_by_person

    paying = Paying(
        period=period,
        ids=by_person(ids, "payroll_id") if ids else {},
        welfare=welfare_by_person(welfare) if welfare else {},
        pack=load_country(country, own=rules),
        rule=Rule(increment),
    )
    currency = read_plan(document["plan_document"]).currency
    _payroll(payroll_rows(run_payments(document, paying), currency=currency), currency, out, form)


def _payroll(made: Any, currency: str, out: Path | None, form: str | None) -> None:
    from viaggio.incentive.payroll import COLUMNS, cells, trailer_cells
    from viaggio.store.incentives.payroll_file import write_payroll

    rows, trailer = made
    if form == "json":
        told = [dict(zip(COLUMNS, map(str, cells(row)), strict=True)) for row in rows]
        last = dict(zip(COLUMNS, map(str, trailer_cells(trailer, currency=currency)), strict=True))
        show("json", COLUMNS, [], document={"rows": told, "trailer": last})
    elif out:
        with out.open("wb") as file:
            write_payroll(rows, trailer, file, currency=currency, excel=out.suffix.lower() == ".xlsx")
    else:
        write_payroll(rows, trailer, sys.stdout.buffer, currency=currency)


def _lines(document: "Mapping[str, Any]", out: Path | None, form: str | None) -> None:
    from viaggio.store.incentives.run_payments import LINE_COLUMNS, line_rows
    from viaggio.store.tabular import write_csv, write_excel

    rows = list(line_rows(document))
    if form == "json":
        show("json", LINE_COLUMNS, rows)
    elif out is None:
        write_csv(rows, LINE_COLUMNS, sys.stdout.buffer, delimiter=";", mark=False)
    else:
        with out.open("wb") as file:
            if out.suffix.lower() == ".xlsx":
                write_excel(rows, LINE_COLUMNS, file, sheet="lines")
            else:
                write_csv(rows, LINE_COLUMNS, file, delimiter=";", mark=False)


@click.command()
@click.argument("plan", type=_FILE)
@_LANGUAGE
@_COUNTRY
@_RULES
@click.option("--open-days", default=30, show_default=True, help="Days in which an award can be disputed.")
@click.option("--answer-days", default=5, show_default=True, help="Working days until the company answers.")
@formats
def notice(
    plan: Path, language: str, country: str, rules: Path | None, open_days: int, answer_days: int, form: str
) -> None:
    """Write what workers and unions are told of this plan version, in plain words."""
    from viaggio.incentive.italy.notice import notice as facts_of
    from viaggio.store.incentives import load_plan
    from viaggio.store.incentives.country_file import load_country
    from viaggio.web.shared import notices

    pack = load_country(country, own=rules)
    facts = facts_of(load_plan(plan), pack, open_days=open_days, acknowledge_days=answer_days)
    sections = notices.told(facts, pack, language)
    if form == "table":
        click.echo(notices.markdown(notices.notice_title(language), sections))
        return
    rows = [(section.title, sentence) for section in sections for sentence in section.sentences]
    show(form, ("section", "sentence"), rows)


@click.command()
@click.argument("plan", type=_FILE)
@click.option("--people", type=_FILE, help="CSV of stays, for the number of people and the mean premium.")
@click.option("--results", type=_FILE, help="CSV of measures; needed with --people.")
@click.option("--welfare/--no-welfare", default=None, help="Whether the agreement allows welfare by choice.")
@_LANGUAGE
@_COUNTRY
@_RULES
@formats
def annex(
    plan: Path, people: Path | None, results: Path | None, welfare: bool | None, language: str, country: str,
    rules: Path | None, form: str,
) -> None:  # fmt: skip
    """Fill in sections 2 to 7 of the form that is filed with an agreement, as Markdown, CSV or JSON."""
    from viaggio.incentive.italy.annex import annex as rows_of
    from viaggio.store.incentives import load_inputs, load_plan
    from viaggio.store.incentives.country_file import load_country
    from viaggio.web.shared import notices

    pack = load_country(country, own=rules)
    inputs = load_inputs(people, results) if people and results else None
    rows = notices.annex_words(rows_of(load_plan(plan), inputs, pack, welfare=welfare), pack, language)
    if form == "table":
        click.echo(notices.annex_markdown(rows, language))
    else:
        show(form, ("section", "field", "value", "detail"), rows)
