"""The attack finds nothing in what we keep, and finds everything where answers are kept as people do it."""

import importlib.util
import json
import os
import random
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from viaggio.store.workspace import Settings, create

HERE = Path(__file__).parent
_SPEC = importlib.util.spec_from_file_location("anonymous_attack", HERE / "anonymous_attack.py")
assert _SPEC is not None
assert _SPEC.loader is not None
attack = importlib.util.module_from_spec(_SPEC)
sys.modules["anonymous_attack"] = attack
_SPEC.loader.exec_module(attack)

PEOPLE = 300
_ANSWER = """
import json, random, re, shutil, sys
from datetime import timedelta
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from viaggio.web.serve import prepare
prepare(Path(sys.argv[1]))
from django.conf import settings
from django.test import Client
from django.utils import timezone
from pulses import SHORT, invite, make_pulse
from viaggio.web.pulse.services import links

settings.ALLOWED_HOSTS = ["*"]
now = timezone.now()
pulse = make_pulse(SHORT, anonymous=True)
pulse.waves.update(starts_at=now - timedelta(days=5), ends_at=now + timedelta(days=5))
chance = random.Random(7)
people = [
    invite(pulse, due_at=now - timedelta(minutes=n), address=f"p{n}@example.com")
    for n in range(int(sys.argv[3]))
]
truth = {}  # in the order in which people come
for one in chance.sample(people, len(people)):
    words = "".join(chance.choices("abcdefghijklmnopqrstuvwxyz ", k=chance.randrange(20, 60))).strip()
    browser = Client(headers={"User-Agent": "Mozilla/5.0 (iPhone) Safari/604.1"})
    page = browser.get(links.answer_path(one))
    for chosen in ({"recommend": str(chance.randrange(11))}, {"why": words}):
        hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text)
        action = re.search(r'action="([^"]+)"', page.text)[1].replace("&amp;", "&")
        page = browser.post(action, {**dict(hidden), **chosen})
    assert not browser.cookies
    truth[one.id] = words
stolen = Path(sys.argv[1]).parent / "stolen"
stolen.mkdir()
for file in Path(sys.argv[1]).glob("records.sqlite3*"):  # while the server runs, its journal with it
    shutil.copy(file, stolen / file.name)
print(json.dumps(truth))
"""


@pytest.fixture(scope="module")
def fielded(tmp_path_factory):
    """A workspace after an anonymous wave, what the server logged meanwhile, and the truth."""
    root = create(tmp_path_factory.mktemp("anonymous") / "workspace", Settings(name="Officina Blu")).root
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VIAGGIO_")}
    source = str(HERE.parents[1] / "src")
    done = subprocess.run(
        [sys.executable, "-c", _ANSWER, str(root), str(HERE.parent / "web"), str(PEOPLE)],
        capture_output=True,
        text=True,
        check=False,
        env={**kept, "PYTHONPATH": source},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return (
        root.parent / "stolen" / "records.sqlite3",
        done.stderr,
        json.loads(done.stdout.strip().splitlines()[-1]),
    )


@pytest.mark.slow
def test_no_way_to_join_is_better_than_chance(fielded):
    stolen, log, truth = fielded
    dump = attack.read(stolen)
    assert sorted(dump.answers) == sorted(truth.values())
    tried = dict(attack.attacks(dump, log, list(truth)))
    assert len(tried) >= 50
    limit = 0.001 / len(tried)  # one false alarm in a thousand runs, over all attacks together
    best = {name: attack.right(guess, truth) for name, guess in tried.items()}
    assert {name: hits for name, hits in best.items() if attack.chance_of(hits) < limit} == {}


@pytest.mark.slow
def test_nothing_but_the_boxes_knows_that_anybody_answered(fielded):
    stolen, log, truth = fielded
    dump = attack.read(stolen)
    for table in ("pulse_response", "pulse_submission", "shared_auditentry", "shared_outgoing"):
        assert dump.tables[table] == []
    became = {(one["outcome"], one["opened_at"], one["ended_at"], one["change"]) for one in dump.invitations}
    assert became == {("invited", None, None, 1)}
    assert "/a/" not in log
    assert not any(key in log for key in truth)
    words = next(iter(truth.values()))
    where = [name for name, rows in dump.tables.items() if any(words in str(row) for row in rows)]
    assert where == ["pulse_anonymousbox"]


@pytest.mark.slow
def test_the_attack_finds_answers_kept_in_the_order_in_which_they_came(fielded, tmp_path):
    """The same attack on what a careless program keeps: so a defence is measured, not a blunt attack."""
    stolen, log, truth = fielded
    file = tmp_path / "careless.sqlite3"
    file.write_bytes(stolen.read_bytes())
    connection = sqlite3.connect(file)
    kept = json.dumps([{"why": words} for words in truth.values()])
    connection.execute("update pulse_anonymousbox set answers = '[]'")
    connection.execute("update pulse_anonymousbox set answers = ? where rowid = 1", [kept])
    connection.commit()
    connection.close()
    tried = attack.attacks(attack.read(file), log, list(truth))
    found = {name: attack.right(guess, truth) for name, guess in tried}
    assert found["arrival by row"] == PEOPLE
    assert attack.chance_of(found["arrival by row"]) < 1e-12


def test_pairs_made_by_chance_are_judged_to_be_chance():
    chance = random.Random(3)
    names = [str(n) for n in range(200)]
    same = dict(zip(names, names, strict=True))
    drawn = [dict(zip(names, chance.sample(names, 200), strict=True)) for _ in range(2000)]
    hits = [attack.right(guess, same) for guess in drawn]
    assert sum(hits) / len(hits) == pytest.approx(1, abs=0.1)
    assert sum(attack.chance_of(hit) < 0.05 for hit in hits) / len(hits) < 0.05
