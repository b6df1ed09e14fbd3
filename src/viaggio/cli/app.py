"""The command tree. Commands are imported when they are called, so that `--help` answers at once."""

import sys
from importlib import import_module

import click

from viaggio import __version__
from viaggio.kernel import ViaggioError

_COMMANDS = {
    "demo": ("viaggio.cli.serving:demo", "Build the sample company and open it in the browser."),
    "init": ("viaggio.cli.workspaces:init", "Make a workspace: one folder for one company."),
    "serve": ("viaggio.cli.serving:serve", "Start the web application on a workspace."),
    "import": ("viaggio.cli.imports:import_", "Bring files in: with a mapping, a recipe, or a suggestion."),
    "fold": ("viaggio.cli.workspaces:fold", "Turn what has landed into facts and the journey index."),
    "rebuild": (
        "viaggio.cli.workspaces:rebuild",
        "Make facts and index again from what has landed, bit for bit.",
    ),
    "doctor": ("viaggio.cli.workspaces:doctor", "Check a workspace; ends with 1 when something is wrong."),
    "backup": ("viaggio.cli.workspaces:backup", "Write a workspace into one archive, while it is in use."),
    "restore": ("viaggio.cli.workspaces:restore", "Unpack an archive into a new workspace."),
    "kpi": ("viaggio.cli.kpi:kpi", "Read metrics: value, base, interval, by any dimension."),
    "journey": ("viaggio.cli.journey:journey", "Phases, transitions, sessions, steps of the journey."),
    "customer": (
        "viaggio.cli.customer:customer",
        "Find a customer, show the history, join and part records.",
    ),
    "pulse": ("viaggio.cli.pulse:pulse", "Ask customers: pulses, what is due, coverage, scores, answers."),
    "incentive": (
        "viaggio.cli.incentive:incentive",
        "Check, run, verify, explain and compare shared incentives.",
    ),
    "user": ("viaggio.cli.users:user", "Add people who sign in, and tokens for programs."),
    "export": ("viaggio.cli.exports:export", "Write a fact table as CSV, Excel or Parquet."),
}


class _Lazy(click.Group):
    """A group that knows its commands' names and help, and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, name = _COMMANDS[cmd_name][0].split(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in _COMMANDS.items()])


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="viaggio")
def app() -> None:
    """Viaggio analyses, measures and rewards the customer's journey with a company."""


def main() -> None:
    """Run the command line: 0 done, 1 problems found, 2 wrong use."""
    try:
        app(prog_name="viaggio")
    except ViaggioError as error:
        click.echo(f"viaggio: {error}", err=True)
        sys.exit(2)
    except BrokenPipeError:
        sys.exit(0)
