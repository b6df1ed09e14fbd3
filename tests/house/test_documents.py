"""Pages that are kept in two languages say the same: the same code, commands, tables and headings' levels."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from viaggio.cli.app import app
from viaggio.store.workspace import Settings, create

DOCS = Path(__file__).parents[2] / "docs"
PAIRS = {
    "how-to/live-events.md": "it/come-fare/eventi-dal-vivo.md",
    "how-to/notebook.md": "it/come-fare/notebook.md",
    "how-to/spark.md": "it/come-fare/spark.md",
    "reference/api.md": "it/riferimento/api.md",
    "reference/digital.md": "it/riferimento/digitale.md",
    "reference/filters.md": "it/riferimento/filtri.md",
    "reference/journey-funnels.md": "it/riferimento/imbuti.md",
    "reference/journey-speed.md": "it/riferimento/velocita.md",
}
COMMENT = re.compile(r"\s*#.*$", re.MULTILINE)


def parts(page: str) -> tuple[list[str], list[int], list[int]]:
    """Code without comments, levels of headings, rows of tables by their number of columns."""
    text = (DOCS / page).read_text(encoding="utf-8")
    code = [
        COMMENT.sub("", block)
        for block in re.findall(r"```(?:python|sh|csv|toml)\n(.*?)```", text, re.DOTALL)
    ]
    rest = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    levels = [len(mark) for mark in re.findall(r"^(#+) ", rest, re.MULTILINE)]
    rows = [line.replace(r"\|", "").count("|") for line in rest.splitlines() if line.startswith("|")]
    return code, levels, rows


@pytest.mark.parametrize("english", PAIRS)
def test_the_italian_page_is_in_step(english):
    assert parts(PAIRS[english]) == parts(english)


@pytest.mark.parametrize("page", ["how-to/notebook.md", "reference/digital.md"])
def test_what_a_page_says_in_python_is_so(page):
    text = (DOCS / page).read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    names: dict[str, object] = {}
    exec(compile("\n".join(blocks), page, "exec"), names)
    if "svg" in names:  # the picture on the page is what the page draws
        assert (DOCS / "pictures/notebook-flow.svg").read_text(encoding="utf-8") == names["svg"]


def links(page: Path) -> list[str]:
    return re.findall(r"\]\((?!https?:|#|mailto:)([^)\s#]+)", page.read_text(encoding="utf-8"))


def test_every_link_between_documents_leads_somewhere():
    pages = [*DOCS.rglob("*.md"), *DOCS.parent.glob("*.md")]
    lost = [(page.name, link) for page in pages for link in links(page) if not (page.parent / link).exists()]
    assert lost == []


PROGRAM = re.compile(
    r"(?:python(?: -m pytest)?|pytest)(?: -m \w+)? ((?:benchmarks|tools|tests|examples)/[\w/.]+)"
)


def test_every_program_that_a_document_names_is_there():
    root = DOCS.parent
    pages = [*DOCS.rglob("*.md"), *root.glob("*.md"), *(root / "benchmarks").rglob("*.md")]
    named = {
        (page.name, name) for page in pages for name in PROGRAM.findall(page.read_text(encoding="utf-8"))
    }
    assert len(named) > 10
    assert [pair for pair in sorted(named) if not (root / pair[1].rstrip(".")).exists()] == []


def test_the_log_of_pages_on_the_page_about_visits_gives_its_figures(tmp_path):
    """Read from the command line as the page says; 37.5 is the ease that the page works out by hand."""
    text = (DOCS / "reference/digital.md").read_text(encoding="utf-8")
    for kind in ("csv", "toml"):
        (block,) = re.findall(rf"```{kind}\n(.*?)```", text, flags=re.DOTALL)
        (tmp_path / f"pages.{kind}").write_text(block, encoding="utf-8")
    shop = str(tmp_path / "my-shop")
    files = [str(tmp_path / "pages.csv"), "--mapping", str(tmp_path / "pages.toml")]
    asked = ["ease_of_exploring", "searches_without_result", "bounce"]
    create(Path(shop), Settings(name="Shop"))
    assert CliRunner().invoke(app, ["import", "-w", shop, *files]).exit_code == 0
    told = CliRunner().invoke(app, ["kpi", "-w", shop, *asked, "--json"])
    found = {reading["metric"]: (reading["value"], reading["n"]) for reading in json.loads(told.stdout)}
    assert found == {"ease_of_exploring": (37.5, 1), "searches_without_result": (0.5, 2), "bounce": (0.5, 2)}
