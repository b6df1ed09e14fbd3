from pathlib import Path

import pytest
from tests.store.tiny import make

from viaggio.kernel import BadWorkspace
from viaggio.store.workspace import Settings, change_settings, create, find_workspace, open_workspace


def test_a_workspace_opens_with_the_settings_it_was_made_with(tmp_path: Path):
    made = create(tmp_path / "w", Settings(name="Officina", timezone="Europe/Zurich", minimum_cell=5))
    assert open_workspace(tmp_path / "w") == made
    assert str(made.zone) == "Europe/Zurich"


def test_a_workspace_is_not_made_over_another(tmp_path: Path):
    make(tmp_path)
    with pytest.raises(BadWorkspace, match="already"):
        make(tmp_path)


def test_changed_settings_are_there_when_it_is_opened_again(tmp_path: Path):
    ws = make(tmp_path)
    change_settings(ws, Settings(name="Prova", minimum_cell=3))
    assert open_workspace(tmp_path).settings.minimum_cell == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('name = "x"\ntimezone = "Mars/Base"', "time zone"),
        ('name = "x"\nbuckets = 0', "between"),
        ('name = "x"\nbuckets = "64"', "wrong type"),
        ('name = "x"\ncolour = "blue"', "not known"),
        ("name = ", "can not be read"),
        ("minimum_cell = 3", "missing"),
    ],
)
def test_bad_settings_are_named(tmp_path: Path, text: str, message: str):
    (tmp_path / "viaggio.toml").write_text(text)
    with pytest.raises(BadWorkspace, match=message):
        open_workspace(tmp_path)


def test_a_folder_without_settings_is_no_workspace(tmp_path: Path):
    with pytest.raises(BadWorkspace, match=r"no viaggio\.toml"):
        open_workspace(tmp_path)


def test_the_nearest_workspace_above_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("VIAGGIO_WORKSPACE", raising=False)
    make(tmp_path / "w")
    (tmp_path / "w" / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "w" / "a" / "b")
    assert find_workspace() == tmp_path / "w"
    monkeypatch.setenv("VIAGGIO_WORKSPACE", "/elsewhere")
    assert find_workspace() == Path("/elsewhere")
    assert find_workspace(Path("here")) == Path("here")


def test_no_workspace_above_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("VIAGGIO_WORKSPACE", raising=False)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadWorkspace):
        find_workspace()
