"""The command line on a small shop: from an unknown file to a figure, with what was refused kept."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from viaggio.cli.app import app
from viaggio.kernel import ViaggioError

ORDERS = """numero ordine;cliente;data ordine;totale;canale
A-1;anna@example.it;03/01/2026 10:15;120,50;web
A-2;bruno@example.it;04/01/2026 11:00;80,00;store
A-3;carla@example.it;31/02/2026 12:00;15,00;web
A-4;anna@example.it;09/01/2026 09:30;1.040,00;web
"""
MAPPING = """
source = "shop"
timezone = "Europe/Rome"
currency = "EUR"
decimal = ","

[file]
delimiter = ";"

[[table]]
name = "orders"
id = "numero ordine"
[table.columns]
email = "cliente"
ordered_at = { column = "data ordine", format = "%d/%m/%Y %H:%M" }
total_cents = "totale"
channel = "canale"
"""


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments], catch_exceptions=True)


def init(workspace: Path) -> None:
    """`viaggio init` in a process of its own: it sets up the web application for its workspace."""
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "viaggio.cli", "init", str(workspace), "--name", "Bottega"]
    subprocess.run(
        command, check=True, capture_output=True, env={**os.environ, "PYTHONPATH": str(root / "src")}
    )


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an orders file and its mapping."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "orders.csv").write_text(ORDERS, encoding="utf-8")
    (folder / "orders.toml").write_text(MAPPING, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def imported(shop: Path) -> Path:
    """A workspace in which the file was imported once."""
    workspace = shop / "company"
    init(workspace)
    done = run("import", "-w", workspace, shop / "orders.csv", "--mapping", shop / "orders.toml", "--json")
    assert done.exit_code == 1, done.output  # one row was refused
    told = [row for row in json.loads(done.stdout) if row["table"] == "orders"]  # identifiers are told too
    assert told == [{"item": 1, "table": "orders", "new": 3, "changed": 0, "duplicate": 0, "rejected": 1}]
    return workspace


def test_a_file_without_mapping_is_refused_with_the_way_out(shop, imported):
    done = run("import", "-w", imported, shop / "orders.csv")
    assert isinstance(done.exception, ViaggioError)
    assert "--suggest" in str(done.exception)


def test_a_dry_run_counts_and_keeps_nothing(shop, tmp_path):
    workspace = tmp_path / "dry"
    init(workspace)
    done = run(
        "import", "-w", workspace, shop / "orders.csv", "-m", shop / "orders.toml", "--dry-run", "--json"
    )
    assert done.exit_code == 1
    assert json.loads(done.stdout) == [{"table": "orders", "rows": 3}]
    assert list((workspace / "landing").glob("0*")) == []


def test_a_suggestion_names_what_it_can_not_know(shop):
    done = run("import", "--suggest", shop / "orders.csv")
    assert done.exit_code == 0, done.output
    assert "data ordine" in done.stdout
    assert "total_cents" in done.stdout


def test_figures_are_those_of_the_three_good_rows(imported):
    done = run("kpi", "orders", "customers", "-w", imported, "--period", "2026-01", "--json")
    assert done.exit_code == 0, done.output
    assert {r["metric"]: r["value"] for r in json.loads(done.stdout)} == {"orders": 3, "customers": 2}
    by_channel = run("kpi", "orders", "-w", imported, "--by", "channel", "--period", "2026-01", "--json")
    assert {r["by"]["channel"]: r["value"] for r in json.loads(by_channel.stdout)} == {"web": 2, "store": 1}


def test_the_refused_row_is_kept_can_be_mended_and_imported_again(shop, imported):
    kept = imported / "rejects" / "00000001.csv"
    text = kept.read_text(encoding="utf-8-sig")
    assert "31/02/2026" in text
    assert "A-3" in text
    mended = shop / "mended.csv"
    mended.write_text(text.replace("31/02/2026", "28/02/2026"), encoding="utf-8")
    done = run("import", "-w", imported, mended, "-m", shop / "orders.toml", "--json")
    assert done.exit_code == 0, done.output
    assert {row["table"]: row["new"] for row in json.loads(done.stdout)}["orders"] == 1
    again = run("kpi", "orders", "-w", imported, "--period", "2026", "--json")
    assert json.loads(again.stdout)[0]["value"] == 4


def test_the_same_file_again_changes_nothing(shop, imported):
    before = run("kpi", "orders", "-w", imported, "--period", "2026-01", "--json").stdout
    done = run("import", "-w", imported, shop / "orders.csv", "-m", shop / "orders.toml")
    assert "imported before" in done.output
    assert run("kpi", "orders", "-w", imported, "--period", "2026-01", "--json").stdout == before


def test_the_workspace_is_healthy_and_a_copy_of_it_too(imported, tmp_path):
    assert run("doctor", "-w", imported).exit_code == 0
    archive = tmp_path / "copy.tar"
    assert run("backup", "-w", imported, archive).exit_code == 0
    restored = run("restore", archive, tmp_path / "again")
    assert restored.exit_code == 0, restored.output
    one = run("kpi", "orders", "-w", imported, "--period", "2026-01", "--json").stdout
    assert run("kpi", "orders", "-w", tmp_path / "again", "--period", "2026-01", "--json").stdout == one


def test_a_damaged_fact_file_is_found(imported, tmp_path):
    archive = tmp_path / "copy.tar"
    run("backup", "-w", imported, archive)
    run("restore", archive, tmp_path / "harmed")
    part = next((tmp_path / "harmed" / "facts" / "orders").glob("*.parquet"))
    harmed = bytearray(part.read_bytes())
    harmed[len(harmed) // 2] ^= 1
    part.chmod(0o644)
    part.write_bytes(bytes(harmed))
    done = run("doctor", "-w", tmp_path / "harmed", "--json")
    assert done.exit_code == 1
    assert any("orders" in finding["place"] for finding in json.loads(done.stdout))


def test_a_table_leaves_as_csv_with_customers_resolved(imported, tmp_path):
    done = run("export", "orders", tmp_path / "orders.csv", "-w", imported)
    assert done.exit_code == 0, done.output
    lines = (tmp_path / "orders.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("source,id,") or "id" in lines[0].split(",")
    assert len(lines) >= 4


def test_wrong_use_names_what_is_known(imported):
    done = run("kpi", "ordres", "-w", imported)
    assert isinstance(done.exception, ViaggioError)
    assert "Did you mean 'orders'" in str(done.exception)


def test_a_folder_without_workspace_says_how_to_make_one(tmp_path):
    done = run("doctor", "-w", tmp_path)
    assert isinstance(done.exception, ViaggioError)
    assert "viaggio init" in str(done.exception)
