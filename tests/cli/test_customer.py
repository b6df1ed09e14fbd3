"""`viaggio customer` finds, shows, joins and parts."""

import json

import pytest
from click.testing import CliRunner
from tests.store.tiny import bring, folded, make, seen

from viaggio.cli.app import app
from viaggio.kernel import ViaggioError
from viaggio.store.hashing import node_key

ADA, BEA = node_key("customer_number", "7"), node_key("customer_number", "8")


@pytest.fixture
def run(tmp_path):
    ws = make(tmp_path / "company")
    bring(
        ws,
        [
            {"table": "customers", "id": "a", "kind": "person", "customer_number": "7", "email": "ada@x.it",
             "name": "Ada Rossi"},
            {"table": "customers", "id": "b", "kind": "person", "customer_number": "8", "name": "Bea Verdi"},
            seen("1", 1, email="ada@x.it"),
        ],
    )  # fmt: skip
    folded(ws)

    def call(*arguments: str) -> str:
        result = CliRunner().invoke(app, ["customer", *arguments], env={"VIAGGIO_WORKSPACE": str(ws.root)})
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.stdout

    return call


def names(run) -> list[str]:
    return [item["name"] for item in json.loads(run("find", "--json"))["items"]]


def test_find_prints_tables_csv_and_json(run):
    assert "Ada Rossi" in run("find", "ada")
    assert run("find", "ada@x.it", "--csv").splitlines()[1].startswith(f"{ADA},Ada Rossi,person")
    assert [item["key"] for item in json.loads(run("find", "8", "--json"))["items"]] == [str(BEA)]


def test_find_goes_on_where_it_ended(run):
    first = json.loads(run("find", "--limit", "1", "--json"))
    rest = json.loads(run("find", "--json", "--cursor", first["next"]))
    assert [item["name"] for item in first["items"] + rest["items"]] == ["Ada Rossi", "Bea Verdi"]


def test_show_tells_identifiers_and_time_line(run):
    record = json.loads(run("show", "--json", "--", str(ADA)))
    assert [known["value"] for known in record["identifiers"]] == ["7", "ada@x.it"]
    assert [moment["id"] for moment in record["timeline"]] == ["1"]
    assert "ada@x.it" in run("show", "--", str(ADA))


def test_merge_makes_one_and_split_makes_two_again(run):
    run("merge", "--reason", "same", "--", str(ADA), str(BEA))
    assert names(run) in (["Ada Rossi"], ["Bea Verdi"])
    run("split", "--", str(ADA), str(BEA))
    assert names(run) == ["Ada Rossi", "Bea Verdi"]


@pytest.mark.parametrize(
    "arguments", [("show", "12"), ("show", "x"), ("merge", "1", "2"), ("split", "1", "2")]
)
def test_unknown_keys_are_told(run, arguments):
    with pytest.raises(ViaggioError):
        run(*arguments)
