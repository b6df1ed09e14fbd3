"""The page on metrics is run: what it says is so. The reference is what the catalogue declares."""

import re
from pathlib import Path

import metric_reference

PAGE = Path(__file__).parents[2] / "docs" / "algorithms" / "metrics.md"


def test_the_page_runs():
    text = PAGE.read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    assert len(blocks) > 5
    exec(compile("\n".join(blocks), str(PAGE), "exec"), {})


def test_the_reference_is_up_to_date():
    assert metric_reference.ENGLISH.read_text(encoding="utf-8") == metric_reference.english()
    assert metric_reference.ITALIAN.read_text(encoding="utf-8") == metric_reference.italian()
