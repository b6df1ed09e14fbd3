"""How many processes serve is a setting: a number that makes sense, or none at all is served."""

import pytest

from viaggio.kernel import BadWorkspace
from viaggio.web.serve import processes


@pytest.mark.parametrize(("said", "number"), [(None, 1), ("1", 1), ("8", 8), ("64", 64)])
def test_so_many_processes_serve_as_the_setting_says(said, number, monkeypatch):
    monkeypatch.delenv("VIAGGIO_PROCESSES", raising=False)
    if said is not None:
        monkeypatch.setenv("VIAGGIO_PROCESSES", said)
    assert processes() == number


@pytest.mark.parametrize("said", ["0", "-1", "65", "two", "", "1.5", "²"])
def test_a_setting_that_is_no_such_number_is_named(said, monkeypatch):
    monkeypatch.setenv("VIAGGIO_PROCESSES", said)
    with pytest.raises(BadWorkspace) as found:
        processes()
    assert found.value.place == "VIAGGIO_PROCESSES"
