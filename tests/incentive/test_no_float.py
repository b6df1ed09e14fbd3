"""No float stands where money is computed, posted or written: neither in the engine nor in the services."""

import ast
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[2] / "src" / "viaggio"
ENGINE = sorted(
    [*(SRC / "incentive" / "run").glob("*.py"), *(SRC / "incentive" / "plan").glob("*.py"),
     SRC / "incentive" / "payroll.py", SRC / "incentive" / "hiding.py"]
)  # fmt: skip
STORE = [SRC / "store" / "incentives" / f"{name}.py"
         for name in ("asking", "rereading", "run_file", "tables", "payroll_file", "measuring")]  # fmt: skip
SERVICES = [SRC / "web" / "incentive" / "services" / f"{name}.py"
            for name in ("gathering", "holding", "ledger", "measuring", "payroll", "people_file", "posting",
                         "run_steps", "runs", "staff", "stateless", "statement", "statement_tree",
                         "statements", "stays", "totals")]  # fmt: skip
REFUSES = {"document.py": 1}  # the one place that refuses a float names it


@pytest.mark.parametrize(
    "path", [*ENGINE, *STORE, *SERVICES], ids=lambda path: f"{path.parent.name}/{path.name}"
)
def test_no_float_is_written_where_money_is(path: Path):
    found = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Name) and node.id == "float")
        or (isinstance(node, ast.Import | ast.ImportFrom) and "math" in ast.unparse(node).split())
    ]
    assert len(found) == REFUSES.get(path.name, 0), found
