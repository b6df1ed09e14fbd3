"""The page on how journeys are counted is true."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "algorithms" / "journey.md"


def test_the_python_on_the_page_runs() -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert len(blocks) == 9
    program = compile("\n".join(blocks), str(PAGE), "exec")
    exec(program, {})  # the page is ours
