"""`viaggio journey conformance` on a small workspace."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.store.tiny import bring, folded, make, seen

from viaggio.cli.app import app
from viaggio.journey.design import BadDesign

DESIGN = "from,to,touchpoints\nstart,look,\nlook,choose,site\nchoose,buy,basket\nbuy,end,order\n"
STORY = {"ada": ("site", "basket", "order"), "bea": ("site", "order"), "cleo": ("site", "basket")}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    ws = make(tmp_path_factory.mktemp("designs") / "company")
    bring(ws, [
        seen(f"{name}-{n}", n, email=f"{name}@x.it", touchpoint=touchpoint)
        for name, story in STORY.items()
        for n, touchpoint in enumerate(story)
    ])  # fmt: skip
    folded(ws)
    (ws.root / "shop.csv").write_text(DESIGN)
    return ws.root


def asked(shop: Path, *more: str):
    command = ["journey", "conformance", "--workspace", str(shop), str(shop / "shop.csv"), *more]
    return CliRunner().invoke(app, command)


def test_one_follows_one_skips_a_step_and_one_stops(shop):
    found = json.loads(asked(shop, "--json").output)
    assert (found["customers"], found["conforming"], found["moves"], found["good"]) == (3, 1, 10, 8)
    told = {(d["kind"], d["origin"], d["target"], d["skipped"]) for d in found["deviations"]}
    assert told == {("skipped", "look", "buy", "choose"), ("stopped", "choose", None, "")}
    assert "80.0 % of 10 moves" in asked(shop).output


def test_a_design_that_can_not_be_followed_is_refused_with_its_row(shop):
    (shop / "shop.csv").write_text("from,to\nstart,\n")
    assert isinstance(asked(shop).exception, BadDesign)
    (shop / "shop.csv").write_text(DESIGN)


def test_those_who_order_passed_the_basket_more_often(shop):
    command = ["journey", "distinguishes", "--workspace", str(shop), "order", "--json"]
    found = json.loads(CliRunner().invoke(app, command).output)
    rows = {row["name"]: row for row in (found["rows"] if isinstance(found, dict) else found)}
    assert (rows["basket"]["one"], rows["basket"]["other"]) == (1, 1)
    assert (rows["basket"]["share_one"], rows["basket"]["share_other"]) == (0.5, 1.0)


def test_a_group_is_compared_with_another_by_two_filters(shop):
    groups = ["customers who did order", "customers who did not order"]
    command = ["journey", "compare", "--workspace", str(shop), *groups, "--json"]
    rows = {row["name"]: row for row in json.loads(CliRunner().invoke(app, command).output)}
    assert set(rows) == {"site", "basket", "order"}
    assert (rows["order"]["share_one"], rows["order"]["share_other"], rows["order"]["gap"]) == (1, 0, 1)
    assert (rows["basket"]["one"], rows["basket"]["other"]) == (1, 1)
    narrowed = json.loads(CliRunner().invoke(app, [*command, "--where", "touchpoint = site"]).output)
    assert [row["name"] for row in narrowed] == ["site"]
    wrong = CliRunner().invoke(app, [*command[:4], "customers who", "b2b"])
    assert wrong.exit_code != 0
