"""One step of a plan on the command line, for people: tables, and what is wrong with what was asked."""

import pytest
from click.testing import CliRunner, Result

from viaggio.cli.app import app
from viaggio.kernel import ViaggioError


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["incentive", *arguments], catch_exceptions=False)


def test_a_sum_is_a_table_of_what_and_value():
    done = run("divide", "--pool", "100.00", "--equal", "3", "--csv")
    assert done.stdout.splitlines() == ["what,value", "equal.1,33.34", "equal.2,33.33", "equal.3,33.33",
                                        "total,100.00"]  # fmt: skip


def test_counts_that_are_not_counts_are_refused():
    done = run("improvement", "--now", "204,400,68,1", "--before", "392,136,800")
    assert done.exit_code == 2
    assert "promoters,detractors,n or hits,n" in done.output


@pytest.mark.parametrize(
    ("command", "place"),
    [
        (("tax", "--year", "2031", "--gross", "1000"), "bonus_tax"),
        (("recover", "--owed", "10", "--share", "1.5", "--following", "9"), "share"),
        (("settle", "--target", "many", "--share", "0.5"), "target"),
    ],
)
def test_what_can_not_be_computed_names_its_place(command, place):
    with pytest.raises(ViaggioError) as error:
        run(*command)
    assert error.value.place == place
