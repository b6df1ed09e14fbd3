"""`viaggio incentive improvement`, `coverage`, `forecast`, `tax`: one question, answered from its numbers."""

from pathlib import Path
from typing import Any

import click

from viaggio.cli.incentive_sums import FILE, given, told
from viaggio.cli.output import formats

COUNTED = {3: ("nps", "promoters", "detractors", "n"), 2: ("share", "hits", "n")}


class Counts(click.ParamType[dict[str, str], str]):
    """Counts of answers: promoters,detractors,n of an NPS; hits,n of a share."""

    name = "promoters,detractors,n"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, str]:
        if isinstance(value, dict):
            return value
        parts = value.split(",")
        if len(parts) not in COUNTED:
            self.fail(f"'{value}' is not written promoters,detractors,n or hits,n", param, ctx)
        kind, *names = COUNTED[len(parts)]
        return {"kind": kind, **dict(zip(names, parts, strict=True))}


class Point(click.ParamType[tuple[str, str], str]):
    """A point of a curve, such as `36=1`: at 36, the whole target."""

    name = "value=payout"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        at, sign, pays = value.partition("=")
        if not sign:
            self.fail(f"'{value}' is not written value=payout", param, ctx)
        return at, pays


@click.command()
@click.option("--now", type=Counts(), required=True, help="Counts of the period.")
@click.option("--before", type=Counts(), required=True, help="Counts of the baseline.")
@click.option("--z", default="1.644854", show_default=True, help="Normal quantile of the one-sided bound.")
@click.option("--margin", default="0", show_default=True, help="How much worse is still as good.")
@formats
def improvement(now: dict[str, str], before: dict[str, str], z: str, margin: str, form: str) -> None:
    """Say whether a measure got better, in three senses: by its point, not worse, surely better."""
    from viaggio.incentive import single

    told(form, single.improvement({"now": now, "before": before, "z": z, "margin": margin}))


@click.command()
@click.option("--eligible-easy", required=True, help="Easy cases that could have been asked.")
@click.option("--invited-easy", required=True, help="Easy cases that were asked.")
@click.option(
    "--eligible-hard", required=True, help="Complaints, returns, delays that could have been asked."
)
@click.option("--invited-hard", required=True, help="Those of them that were asked.")
@click.option("--least", help="Smallest ratio that is no flag; 0.8.")
@click.option("--z", help="Smallest z that is a flag; 2.326348.")
@formats
def coverage(form: str, **counts: str | None) -> None:
    """Say whether hard cases were invited less often than easy ones."""
    from viaggio.incentive import single

    told(form, single.coverage(given(**counts)))


@click.command()
@click.option("--point", "points", type=Point(), multiple=True, required=True,
              help="Point of the curve: 36=1. In their order, from the worst.")  # fmt: skip
@click.option("--below", default="0", show_default=True, help="Payout before the first point.")
@click.option("--shape", type=click.Choice(["linear", "step", "onoff"]), default="linear", show_default=True)
@click.option("--down", is_flag=True, help="A lower value is better.")
@click.option("--mean", required=True, help="Expected value of the measure.")
@click.option("--sd", required=True, help="Its standard deviation.")
@click.option("--target", required=True, help="What 100 % costs.")
@click.option("--above", multiple=True, help="A cost whose chance of being exceeded is wanted. Repeatable.")
@formats
def forecast(points: tuple[tuple[str, str], ...], below: str, shape: str, down: bool, mean: str, sd: str,
             target: str, above: tuple[str, ...], form: str) -> None:  # fmt: skip
    """Show what one component would cost when its measure is normally distributed.

    A closed form, without draws: the check of `viaggio incentive simulate`.
    """
    from viaggio.incentive import single

    curve = {"type": shape, "points": [list(point) for point in points], "below": below,
             "direction": "down" if down else "up"}  # fmt: skip
    told(form, single.forecast(
        {"curve": curve, "mean": mean, "sd": sd, "target": target, "above": list(above)}
    ))  # fmt: skip


@click.command()
@click.option("--year", required=True, help="Year in which it is paid.")
@click.option("--gross", required=True, help="The bonus before everything.")
@click.option("--contribution-rate", help="The employee's contributions, 0 to 1; 0.")
@click.option("--welfare", help="What of it is taken as welfare; 0.")
@click.option("--income", help="Employment income of the year before; 0.")
@click.option("--used", help="What earlier bonuses of the year used of the limit; 0.")
@click.option("--increment/--no-increment", "incremental", default=True,
              help="Whether the result was better than before the period.")  # fmt: skip
@click.option("--country", default="it", show_default=True, help="Whose rules hold.")
@click.option("--rules", type=FILE, help="The company's own file of the country's rules.")
@formats
def tax(country: str, rules: Path | None, incremental: bool, form: str, **sums: str | None) -> None:
    """Estimate how a bonus is taxed by the country's yearly table. Payroll decides."""
    from viaggio.incentive import single
    from viaggio.store.incentives.country_file import load_country

    asked = given(**sums) | {"incremental": str(incremental).lower()}
    told(form, single.tax(asked, load_country(country, own=rules)))
