"""The page on samples is run: what it says is so."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "algorithms" / "samples.md"


def test_the_page_runs():
    text = PAGE.read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    assert len(blocks) > 5
    exec(compile("\n".join(blocks), str(PAGE), "exec"), {})
