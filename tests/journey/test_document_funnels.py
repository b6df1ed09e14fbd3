"""The page on who goes on and who does not is true."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "algorithms" / "funnels.md"


def test_the_python_on_the_page_runs() -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert len(blocks) == 9
    exec(compile("\n".join(blocks), str(PAGE), "exec"), {})  # the page is ours
