"""Cells of delimited text: Arrow's parser for whole blocks, and what makes a cell no text."""

from typing import Any

from viaggio.store.importers.arrow import arrow_csv, pa
from viaggio.store.importers.encoding import MARK
from viaggio.store.importers.layout import Head


def arrow_table(data: bytes, width: int, head: Head) -> Any:
    """Well-formed rows as Arrow text columns; rows of another width are left out. Raises ArrowInvalid."""
    names = [str(at) for at in range(width)]
    return arrow_csv.read_csv(
        pa.BufferReader(data),
        read_options=arrow_csv.ReadOptions(
            column_names=names, use_threads=False, block_size=min(len(data) + 1, (1 << 31) - 1)
        ),
        parse_options=arrow_csv.ParseOptions(
            delimiter=head.delimiter,
            quote_char=head.layout.quote or False,
            double_quote=bool(head.layout.quote),
            newlines_in_values=bool(head.layout.quote),
            invalid_row_handler=lambda _row: "skip",
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
            null_values=[""],
        ),
    )


def is_utf8(data: bytes) -> bool:
    """Whether the bytes are valid UTF-8."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def text_fault(row: list[str]) -> tuple[str, int] | None:
    """The first cell that is no text, and why; None when all are."""
    for at, cell in enumerate(row):
        if MARK in cell:
            return "text.undecodable", at
        if "\0" in cell:
            return "text.nul", at
    return None


def readable(raw: dict[str, str]) -> dict[str, str]:
    """The cells with a replacement character where bytes were no text."""
    return {name: text.replace(MARK, "\ufffd") for name, text in raw.items()}
