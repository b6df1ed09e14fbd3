"""An import and fold killed at any moment leaves a healthy workspace, and the next fold completes it."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from tests.store.tiny import Row, bring, files_of, folded, make, seen

from viaggio.store.doctor import doctor
from viaggio.store.index import open_index
from viaggio.store.landing import items
from viaggio.store.workspace import change_settings, open_workspace

SCRIPT = Path(__file__).with_name("killed.py")
REPOSITORY = Path(__file__).parents[2]


class Programs:
    """Starts programs that land and fold, quickly: they are forked from one that has loaded the libraries."""

    def __init__(self) -> None:
        paths = os.pathsep.join([str(REPOSITORY / "src"), str(REPOSITORY)])
        self._server = subprocess.Popen(
            [sys.executable, str(SCRIPT)], env={**os.environ, "PYTHONPATH": paths}, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def begin(self, root: Path, file: Path | None, fatal: int = 0, *, nodes: Sequence[int] = ()) -> int:
        """Start a program that lands the file and folds, erases these identifiers, or rebuilds; its id."""
        self._server.stdin.write(f"{root}\t{file or ''}\t{fatal}\t{','.join(map(str, nodes))}\n")
        self._server.stdin.flush()
        return self._said("pid")

    def end(self) -> tuple[int, int]:
        """How the program ended, and how often it looked at the disk (0 where it was killed)."""
        looks, word, number = 0, "", 0
        while word != "ended":
            word, number = self._line()
            looks = number if word == "looks" else looks
        return number, looks

    def close(self) -> None:
        self._server.stdin.close()
        self._server.stdout.close()
        self._server.wait()

    def _said(self, expected: str) -> int:
        word, number = self._line()
        assert word == expected
        return number

    def _line(self) -> tuple[str, int]:
        word, number = self._server.stdout.readline().split()
        return word, int(number)


@dataclass(frozen=True)
class Story:
    """A workspace with one folded and one waiting item, a file to bring, and how all ends undisturbed."""

    programs: Programs
    root: Path
    file: Path
    looks: int
    whole: dict[str, bytes]


def rows(first: int, count: int) -> list[Row]:
    """Rows of which some are known, changed or rejected, and some join customers."""
    chance = random.Random(first)
    made = [
        seen(
            str(n), n % 50, outcome=chance.choice(["late", "delivered"]), customer_number=str(n % 37),
            email=f"c{chance.randrange(60)}@x.it",
        )
        for n in range(first, first + count)
    ]  # fmt: skip
    return [*made, {**seen(f"bad{first}"), "reject": "value.not_a_time"}]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("kill")
    ws = make(folder / "start")
    bring(ws, rows(0, 120))
    folded(ws)
    bring(ws, rows(60, 120))
    file = folder / "more.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows(100, 200)))
    shutil.copytree(ws.root, folder / "whole")
    programs = Programs()
    programs.begin(folder / "whole", file)
    status, looks = programs.end()
    assert status == 0
    yield Story(programs, ws.root, file, looks, files_of(open_workspace(folder / "whole")))
    programs.close()


def check_healthy_then_complete(story: Story, root: Path) -> None:
    ws = open_workspace(root)
    assert doctor(ws) == []
    story.programs.begin(root, story.file)
    assert story.programs.end()[0] == 0
    assert files_of(ws) == story.whole
    assert len(items(ws)) == 3


@pytest.mark.faults
def test_killed_at_fourteen_looks_at_the_disk_it_ends_like_an_undisturbed_run(story: Story, tmp_path: Path):
    inside = random.Random(20261122).sample(range(2, story.looks), 12)
    for moment in sorted({1, story.looks, *inside}):
        root = tmp_path / str(moment)
        shutil.copytree(story.root, root)
        story.programs.begin(root, story.file, moment)
        assert story.programs.end()[0] == -signal.SIGKILL, moment
        check_healthy_then_complete(story, root)


@pytest.mark.faults
def test_killed_from_outside_at_six_times_it_ends_like_an_undisturbed_run(story: Story, tmp_path: Path):
    shutil.copytree(story.root, tmp_path / "timed")
    began = time.monotonic()
    story.programs.begin(tmp_path / "timed", story.file)
    story.programs.end()
    seconds = time.monotonic() - began
    chance = random.Random(7)
    for number in range(6):
        root = tmp_path / str(number)
        shutil.copytree(story.root, root)
        child = story.programs.begin(root, story.file)
        time.sleep(seconds * chance.uniform(0.05, 0.95))
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        assert story.programs.end()[0] in {0, -signal.SIGKILL}
        check_healthy_then_complete(story, root)


def test_a_rebuild_killed_at_any_look_at_the_disk_leaves_the_same_workspace(story: Story, tmp_path: Path):
    root = tmp_path / "rebuilt"
    shutil.copytree(story.root, root)
    ws = open_workspace(root)
    folded(ws)
    before = files_of(ws)
    story.programs.begin(root, None)
    status, looks = story.programs.end()
    assert (status, files_of(ws)) == (0, before)
    for moment in [*random.Random(3).sample(range(1, looks), 2), looks - 1, looks - 25]:
        story.programs.begin(root, None, moment)
        assert story.programs.end()[0] == -signal.SIGKILL, moment
        assert doctor(ws) == []
        assert files_of(ws) == before


@pytest.mark.faults
def test_more_buckets_killed_at_any_look_at_the_disk_are_there_after_the_next_fold(
    story: Story, tmp_path: Path
):
    start = tmp_path / "start"
    shutil.copytree(story.root, start)
    folded(open_workspace(start))
    ws = open_workspace(start)
    change_settings(ws, replace(ws.settings, buckets=4 * ws.settings.buckets))
    shutil.copytree(start, tmp_path / "whole")
    story.programs.begin(tmp_path / "whole", story.file)
    status, looks = story.programs.end()
    whole = files_of(open_workspace(tmp_path / "whole"))
    assert (status, len(open_index(open_workspace(tmp_path / "whole")))) == (0, 4 * ws.settings.buckets)
    for moment in sorted({looks - 1, *random.Random(5).sample(range(looks // 2, looks), 4)}):
        root = tmp_path / str(moment)
        shutil.copytree(start, root)
        before = open_index(open_workspace(root))
        story.programs.begin(root, story.file, moment)
        assert story.programs.end()[0] == -signal.SIGKILL, moment
        assert before.n_events == sum(bucket.n_events for bucket in before.buckets)
        assert doctor(open_workspace(root)) == []
        story.programs.begin(root, story.file)
        assert story.programs.end()[0] == 0
        assert files_of(open_workspace(root)) == whole
