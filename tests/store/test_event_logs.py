"""Interactions as XES and OCEL 2.0: each event once, and our own readers get them back."""

import gzip
import json
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from tests.store.tiny import bring, folded, make, seen

from viaggio.kernel import BadFile
from viaggio.store.engine import engine
from viaggio.store.export import export_table
from viaggio.store.fold import fold
from viaggio.store.intake import land_recipe

_TAG = "{http://www.xes-standard.org/}"


@pytest.fixture
def shop(tmp_path):
    ws = make(tmp_path / "workspace")
    rows = [
        seen(
            f"{n:03d}",
            n,
            customer_number=f"K<{n % 7}>",
            touchpoint=("site", "call")[n % 2],
            episode=f"O&{n % 9}",
        )
        for n in range(60, -1, -1)
    ]
    bring(ws, rows)
    folded(ws)
    return ws


def test_a_trace_is_a_customer_in_order_of_time(shop, tmp_path):
    assert export_table(shop, "interactions", tmp_path / "all.xes") == 61
    log = ET.parse(tmp_path / "all.xes").getroot()
    traces = log.findall(f"{_TAG}trace")
    assert len(traces) == 7
    for trace in traces:
        times = [e.get("value") for e in trace.iter(f"{_TAG}date")]
        assert all(a <= b for a, b in pairwise(times))
    assert sum(len(trace.findall(f"{_TAG}event")) for trace in traces) == 61
    export_table(shop, "interactions", tmp_path / "all.xes.gz")
    assert gzip.decompress((tmp_path / "all.xes.gz").read_bytes()) == (tmp_path / "all.xes").read_bytes()


def moves(ws):
    found = (
        engine(ws).sql("select customer, touchpoint, started_at from interactions order by all").to_pylist()
    )
    customers = {row["customer"]: None for row in found}
    return len(customers), sorted((row["touchpoint"], row["started_at"]) for row in found)


@pytest.mark.parametrize(("recipe", "name"), [("xes", "all.xes"), ("ocel", "all.ocel.json")])
def test_our_own_reader_gets_back_what_was_written(shop, tmp_path, recipe, name):
    export_table(shop, "interactions", tmp_path / name)
    again = make(tmp_path / "again")
    land_recipe(
        again, {name: tmp_path / name}, recipe, {"source": "shop"} if recipe == "native" else {}, by="ada"
    )
    fold(again)
    assert moves(again) == moves(shop)


def test_an_object_log_names_every_object_and_type_that_its_events_use(shop, tmp_path):
    export_table(shop, "interactions", tmp_path / "all.ocel.json")
    log = json.loads((tmp_path / "all.ocel.json").read_text())
    assert set(log) == {"objectTypes", "eventTypes", "objects", "events"}
    objects = {one["id"]: one["type"] for one in log["objects"]}
    related = {(r["objectId"], r["qualifier"]) for e in log["events"] for r in e["relationships"]}
    assert related == set(objects.items())
    assert set(objects.values()) <= {kind["name"] for kind in log["objectTypes"]}
    assert (
        {e["type"] for e in log["events"]} == {kind["name"] for kind in log["eventTypes"]} == {"site", "call"}
    )
    assert len({e["id"] for e in log["events"]}) == 61
    assert sum(kind == "customer" for kind in objects.values()) == 7
    assert sum(kind == "episode" for kind in objects.values()) == 9


def test_only_interactions_are_events(shop, tmp_path):
    with pytest.raises(BadFile, match="no ending"):
        export_table(shop, "texts", tmp_path / "texts.xes")
