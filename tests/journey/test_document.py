"""The page on how journeys are counted is true."""

import re
from pathlib import Path

import pytest

from viaggio.journey.filter import BadFilter, read_filter, write_filter

PAGE = Path(__file__).parents[2] / "docs" / "algorithms" / "journey.md"
FILTERS = Path(__file__).parents[2] / "docs" / "reference" / "filters.md"


def test_the_python_on_the_page_runs() -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert len(blocks) == 11
    program = compile("\n".join(blocks), str(PAGE), "exec")
    exec(program, {})  # the page is ours


def test_every_filter_in_the_table_of_examples_is_read() -> None:
    table = FILTERS.read_text("utf-8").partition("## Examples")[2].partition("##")[0]
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    filters = [text for cell in cells for text in re.findall(r"`([^`]+)`", cell)]
    assert len(filters) >= 20
    for text in filters:
        assert read_filter(write_filter(read_filter(text))) == read_filter(text), text


def test_the_mistakes_on_the_page_are_told_so() -> None:
    page = FILTERS.read_text("utf-8")
    for text in ("chanel = web", "customers who did x within 3 days"):
        with pytest.raises(BadFilter) as caught:
            read_filter(text)
        assert f"viaggio: {caught.value}\n" in page
