"""The name of where rows come from, when nobody gave one: rows with one id in one source are one row."""

import re


def source_name(file: str) -> str:
    """A name from a file's, without its dates and numbers: `Orders-2026-09.csv.gz` comes from `orders`."""
    stem = file.rsplit("/", maxsplit=1)[-1].split(".", maxsplit=1)[0].lower()
    words = [word for word in re.split(r"[\W\d_]+", stem) if word]
    return "-".join(words) or "files"
