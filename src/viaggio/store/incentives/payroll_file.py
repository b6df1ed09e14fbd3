"""The file that payroll gets: CSV with semicolons or Excel, one row per amount and a trailer that adds up."""

from collections.abc import Sequence
from typing import BinaryIO

from viaggio.incentive.payroll import COLUMNS, PayrollRow, Trailer, cells, trailer_cells
from viaggio.store.tabular import write_csv, write_excel


def write_payroll(
    rows: Sequence[PayrollRow],
    trailer: Trailer,
    out: BinaryIO,
    *,
    currency: str = "EUR",
    excel: bool = False,
) -> None:
    """Write rows and trailer. CSV comes without a byte-order mark; texts that look like formulas are escaped.

    A CSV of the same rows is the same, byte by byte.
    """
    lines = [*(cells(row) for row in rows), trailer_cells(trailer, currency=currency)]
    if excel:
        write_excel(lines, COLUMNS, out, sheet="payroll")
    else:
        write_csv(lines, COLUMNS, out, delimiter=";", mark=False)
