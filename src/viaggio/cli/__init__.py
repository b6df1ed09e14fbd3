"""`viaggio ...`: parse, call one function, print a table, `--json` or `--csv`."""

from viaggio.cli.app import main

__all__ = ["main"]
