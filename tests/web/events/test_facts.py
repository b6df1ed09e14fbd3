"""From the door to the facts: who, where, when; once for ever; and digital figures as from a file."""

import gzip
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from viaggio.cli.app import app
from viaggio.kernel import BadMapping, utc_micros
from viaggio.store.engine import engine
from viaggio.store.events import FOLDER, seal, sealing
from viaggio.store.events.ahead import Ahead
from viaggio.store.fold import fold, rebuild, reject_files
from viaggio.store.landing import items
from viaggio.store.recipes.segment.rules import TOUCHPOINTS, read_rules
from viaggio.store.rejected import first_rejected
from viaggio.store.workspace import Settings, create

DIGITAL = ("pages_per_visit", "bounce", "conversion", "pages_to_goal", "time_on_site")
LOG = """v1 Home 10:00
v1 Product 10:05
v1 Cart 10:10
v1 Order 10:12
v1 Home 11:00
v2 Home 10:00
v2 Search 10:29
v3 Product 10:00"""
"""Four visits: v1 with 4 pages in 720 seconds to an order, v1 again with 1, v2 with 2 in 1740, v3 with 1."""
BY_HAND = {"pages_per_visit": 2.0, "bounce": 0.5, "conversion": 0.25, "pages_to_goal": 4.0,
           "time_on_site": 1230.0}  # fmt: skip
AS_FILE = """timezone = "UTC"
[file]
format = "csv"
[[table]]
name = "interactions"
[table.columns]
visitor = "visitor"
touchpoint = "page"
started_at = { column = "at", format = "iso" }
channel = { value = "web" }
phase = { value = "discovery" }
moment = { value = "before" }
outcome = "outcome"
"""


def figures(root: Path) -> dict[str, float]:
    told = CliRunner().invoke(app, ["kpi", "-w", str(root), *DIGITAL, "--json"])
    return {reading["metric"]: reading["value"] for reading in json.loads(told.stdout)}


def test_digital_figures_of_live_events_are_those_of_the_same_log_as_a_file_and_by_hand(
    sender, page, tmp_path
):
    rows = [line.split() for line in LOG.splitlines()]
    sent = [
        {**page(f"m{n}", visitor, name, at)} if name != "Order"
        else {**page(f"m{n}", visitor, "", at), "type": "track", "event": "Order Completed",
              "properties": {"revenue": 19.99, "currency": "EUR", "order_id": 7}}
        for n, (visitor, name, at) in enumerate(rows)
    ]  # fmt: skip
    on_page = {**page("e1", "v1", "", "10:11"), "type": "track", "event": "Product Added"}
    half = len(sent) // 2
    assert sender.send(*sent[:half], on_page).status_code == 200
    sender.folded()
    assert sender.send(*sent).status_code == 200  # a client that was not sure sends all again, and more
    (item,) = sender.folded()
    assert (item.source_rows, item.tables["interactions"].duplicate) == (len(sent), half)
    assert len(sender.rows("interactions", "id")) == len(sent) + 1
    assert figures(sender.workspace.root) == BY_HAND

    cells = [f"{v},{p},2026-03-02 {at},{'converted' if p == 'Order' else ''}" for v, p, at in rows]
    (tmp_path / "log.csv").write_text("\n".join(["visitor,page,at,outcome", *cells]))
    (tmp_path / "log.toml").write_text(AS_FILE)
    other = create(tmp_path / "other", Settings(name="Other"))
    files = [str(tmp_path / "log.csv"), "--mapping", str(tmp_path / "log.toml")]
    assert CliRunner().invoke(app, ["import", "-w", str(other.root), *files]).exit_code == 0
    assert figures(other.root) == BY_HAND


def test_a_message_becomes_an_interaction_with_all_that_it_says(sender):
    phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148"
    message = {
        "type": "track", "event": "Order Completed", "messageId": "m1", "userId": "U7", "anonymousId": "v7",
        "timestamp": "2026-03-02T09:00:00Z", "context": {"userAgent": phone, "traits": {"email": "Ada@x.it"}},
        "properties": {"revenue": "12.345", "currency": "chf", "order_id": "O1", "coupon": "MAI"},
    }  # fmt: skip
    sender.send(message)
    sender.folded()
    columns = ("touchpoint", "phase", "moment", "channel", "device", "outcome", "episode", "value_cents",
               "currency", "started_at")  # fmt: skip
    (row,) = sender.rows("interactions", *columns)
    assert row == (
        "online_purchase", "purchase", "during", "web", "phone", "converted", "O1", 1234, "CHF",
        datetime(2026, 3, 2, 9, tzinfo=UTC),
    )  # fmt: skip
    ((said,),) = sender.rows("interactions", "properties")
    kept = json.loads(said)
    assert (kept["coupon"], kept["revenue"], kept["message_name"]) == ("MAI", "12.345", "Order Completed")
    known = {(kind, value) for kind, value in sender.rows("identifiers", "kind", "value")}
    assert known == {("customer_number", "U7"), ("visitor", "v7"), ("email", "ada@x.it")}


def test_a_clock_that_is_off_is_put_right_and_nothing_happens_after_it_was_received(sender):
    now = datetime.now(UTC)
    fast = now + timedelta(days=3)
    base = {"type": "page", "anonymousId": "v1"}
    sender.send(
        {**base, "messageId": "off", "timestamp": (fast - timedelta(minutes=7)).isoformat()},
        {**base, "messageId": "future", "originalTimestamp": (fast + timedelta(hours=1)).isoformat()},
        {**base, "messageId": "none"},
        sentAt=fast.isoformat(),
    )
    old = "2020-02-29T08:00:00.123456789Z"
    sender.send({**base, "messageId": "old", "timestamp": old}, path="import", sentAt=fast.isoformat())
    sender.folded()
    at = dict(sender.rows("interactions", "id", "started_at"))
    assert abs(at["off"] - (now - timedelta(minutes=7))) < timedelta(seconds=30)
    assert abs(at["future"] - now) < timedelta(seconds=30)
    assert abs(at["none"] - now) < timedelta(seconds=30)
    assert at["old"] == datetime(2020, 2, 29, 8, 0, 0, 123456, UTC)


def test_bad_messages_are_kept_beside_the_good_ones(sender, page):
    bad = [
        3,
        {"type": "page", "name": "Home", "messageId": "b1"},
        {**page("b2", "v1", "Home", "10:00"), "timestamp": "yesterday"},
        {**page("b3", "v1", "", "10:00"), "type": "track"},
        {**page("b4", "v1", "", "10:00"), "type": "dance"},
        {**page("b5", "v1", "Home", "10:00"), "properties": [1]},
        {**page("b6", "v1", "Home", "10:00"), "properties": {"revenue": "much"}},
        {**page("b7", "v1", "Home", "10:00"), "userId": {"id": 1}},
        {**page("b8", "v1", "Home", "10:00"), "properties": {"text": "x" * 200_000}},
        {"type": "alias", "userId": "U1", "messageId": "b9"},
        {"type": "group", "userId": "U1", "messageId": "b10"},
    ]
    assert sender.send(*bad, page("good", "v1", "Home", "10:00")).status_code == 200
    (item,) = sender.folded()
    assert (item.source_rows, item.rejected) == (12, 11)
    assert sender.rows("interactions", "id") == [("good",)]
    found = first_rejected(reject_files(sender.workspace.rejects, item.seq))
    assert [(row.code, row.column) for row in found] == [
        ("message.not_an_object", ""), ("message.nobody", "userId"), ("value.not_a_time", "timestamp"),
        ("value.missing", "event"), ("message.unknown_type", "type"), ("message.not_an_object", "properties"),
        ("value.not_a_number", "properties.revenue"), ("value.not_text", "userId"),
        ("message.too_long", "message"), ("value.missing", "previousId"), ("value.missing", "groupId"),
    ]  # fmt: skip
    assert json.loads(found[2].cells["message"]) == bad[2]
    mended = {**json.loads(found[2].cells["message"]), "timestamp": "2026-03-02T10:01:00Z"}
    sender.send(mended, path="import")
    sender.folded()
    assert sender.rows("interactions", "id") == [("b2",), ("good",)]


def test_identify_alias_and_group_say_who_is_who(sender, page):
    traits = {"firstName": "Ada", "lastName": "Neri", "email": "ada@x.it", "address": {"city": "Pavia"}}
    sender.send(
        page("p1", "v1", "Home", "10:00"),
        {"type": "identify", "messageId": "i1", "anonymousId": "v1", "userId": "U1", "traits": traits},
        {"type": "alias", "messageId": "a1", "previousId": "U1", "userId": "U2"},
        {"type": "group", "messageId": "g1", "userId": "U2", "groupId": "G9", "traits": {"name": "Velo Srl"}},
        {**page("p2", "", "Home", "10:05"), "userId": "U2"},
        page("p3", "v3", "Home", "10:06"),
    )
    sender.folded()
    at = engine(sender.workspace)
    pages = at.run(at.tables().interactions.select("id", "customer")).to_pylist()
    customer = {row["id"]: row["customer"] for row in pages}
    assert customer["p1"] == customer["p2"] != customer["p3"]
    known = at.known("select customer, name, city, segment, kind from customer_dimension").to_pylist()
    people = {row["name"]: row for row in known if row["name"]}
    assert people["Ada Neri"]["customer"] == customer["p1"]
    assert (people["Ada Neri"]["city"], people["Velo Srl"]["kind"]) == ("Pavia", "account")


def test_the_first_of_two_with_one_id_holds_for_ever(sender, page):
    first = page("m1", "v1", "Home", "10:00")
    sender.send(first, {**first, "name": "Cart"})
    sender.folded()
    sender.send({**first, "name": "Search"})
    (item,) = sender.folded()
    assert item.tables["interactions"].duplicate == 1
    assert sender.rows("interactions", "id", "touchpoint") == [("m1", "shop_browse")]
    before = (sender.workspace.facts / "manifest.json").read_bytes()
    rebuild(sender.workspace)
    assert (sender.workspace.facts / "manifest.json").read_bytes() == before


def test_the_companys_rules_and_catalogue_go_before_the_built_in_ones(sender, page):
    rules = """own_names = true
[[rule]]
type = "page"
name = "Configur*"
touchpoint = "configurator"
phase = "purchase"
moment = "during"
name_it = "Configuratore"
[[rule]]
name = "Heartbeat"
ignore = true
"""
    path = sender.workspace.root / "events.toml"
    path.write_text("rule = 3")
    sender.send(
        page("m1", "v1", "Configure it", "10:00"),
        page("m2", "v1", "Our Story", "10:01"),
        {**page("m3", "v1", "", "10:02"), "type": "track", "event": "heartbeat"},
        page("m4", "v1", "", "10:03", properties={"path": "/product/17"}),
    )
    with pytest.raises(BadMapping):
        sender.folded()
    path.write_text(rules)
    (item,) = sender.folded()
    assert item.source_rows == 4
    assert sender.rows("interactions", "id", "touchpoint", "phase") == [
        ("m1", "configurator", "purchase"), ("m2", "our_story", "discovery"),
        ("m4", "product_page", "discovery"),
    ]  # fmt: skip
    assert ("configurator", "Configuratore") in sender.rows("touchpoints", "id", "name_it")
    path.unlink()
    before = sender.rows("interactions", "id", "touchpoint")
    rebuild(sender.workspace)
    assert sender.rows("interactions", "id", "touchpoint") == before


def test_unknown_names_do_not_fill_the_catalogue(sender, page):
    sender.send(*(page(f"m{n}", "v1", f"Offer {n}", "10:00") for n in range(30)))
    sender.folded()
    assert {place for (place,) in sender.rows("interactions", "touchpoint")} == {"page"}


@pytest.mark.parametrize("stop", ["before", "after"])
def test_sealing_that_was_killed_is_finished_by_the_next_and_lands_nothing_twice(
    sender, page, stop, monkeypatch
):
    """Killed while files lie taken away, before they landed or after."""
    sender.send(page("m1", "v1", "Home", "10:00"))
    land = sealing.land

    def killed(*args: object, **kwargs: object):
        if stop == "after":
            land(*args, **kwargs)
        raise KeyboardInterrupt

    monkeypatch.setattr(sealing, "land", killed)
    with pytest.raises(KeyboardInterrupt):
        seal(sender.workspace, now=1)
    monkeypatch.setattr(sealing, "land", land)
    sender.send(page("m2", "v1", "Home", "10:01"))
    sender.folded()
    assert sender.rows("interactions", "id") == [("m1",), ("m2",)]
    assert [item.source for item in items(sender.workspace)] == ["site", "site"]
    assert list((sender.workspace.root / FOLDER).glob("taken*")) == []


def test_an_archive_of_the_workspace_holds_what_has_not_landed(sender, page, tmp_path):
    from viaggio.store.backup import backup, restore
    from viaggio.store.workspace import open_workspace

    sender.send(page("m1", "v1", "Home", "10:00"))
    backup(sender.workspace, tmp_path / "all.tar")
    restore(tmp_path / "all.tar", tmp_path / "again")
    again = open_workspace(tmp_path / "again")
    seal(again, now=utc_micros(datetime(2026, 3, 2, tzinfo=UTC)))
    (item,) = fold(again)
    assert item.tables["interactions"].new == 1


def test_a_customer_is_erased_from_what_arrived_and_had_not_landed(sender):
    from viaggio.store.erasure import begin
    from viaggio.store.hashing import node_key
    from viaggio.web.shared.erasing.run import carry_out

    named = {"type": "page", "messageId": "m1", "userId": "C-700123", "name": "Home"}
    sender.send(named, {**named, "messageId": "m2", "userId": "C-700124"})
    begin(sender.workspace, [node_key("customer_number", "C-700123")], at=1, by="", origin="page")
    from viaggio.store.landing import reader

    (done,) = carry_out(sender.workspace, open_reader=reader)
    assert done.entry.left == {}
    assert sender.rows("interactions", "id") == [("m2",)]
    texts = [path.read_bytes() for path in sender.workspace.root.rglob("*") if path.is_file()]
    assert not any(b"C-700123" in text for text in texts)


def test_a_file_taken_away_is_followed_by_another(tmp_path):
    ws = create(tmp_path / "shop", Settings(name="Shop"))
    ahead = Ahead(ws.root / FOLDER)
    line = b'{"received_at": 1, "request": "r-%d", "source": "site", "path": "page", "body": {"userId": "U"}}'
    for number in range(3):
        ahead.append(line % number)
        assert len(seal(ws, now=number)) == 1
    assert len(items(ws)) == 3


@pytest.mark.parametrize("place", ["how-to/live-events.md", "it/come-fare/eventi-dal-vivo.md"])
def test_the_rules_and_touchpoints_of_the_page_about_live_events_are_so(place):
    text = (Path(__file__).parents[3] / "docs" / place).read_text()
    (block,) = re.findall(r"```toml\n(.*?)```", text, flags=re.DOTALL)
    read = read_rules(block)
    assert [rule.touchpoint for rule in read.own] == ["configurator", "test_ride", ""]
    assert all(f"`{known.slug}`" in text for known in TOUCHPOINTS)
    found = read.find("track", "test ride booked", "")
    assert found is not None
    assert found.outcome == "booked"


def test_each_known_client_is_understood_as_it_speaks(sender):
    """Bodies as Segment's and RudderStack's clients were seen to send them; one message from each."""
    plain = {"integrations": {}, "context": {"library": {"name": "x", "version": "1"}}, "type": "track",
             "event": "Product Viewed", "timestamp": "2026-03-02T10:00:00.123456+00:00"}  # fmt: skip
    python = {**plain, "messageId": "python", "userId": "U1", "anonymousId": None, "properties": {}}
    node = {**plain, "messageId": "node-next-1772445600000-9b1deb4d", "userId": "U1", "_metadata": {}}
    browser = {**plain, "messageId": "ajs-next-9b1deb4d", "anonymousId": "v1", "userId": None,
               "context": {"page": {"path": "/product/7"}, "campaign": {"source": "mail"}}}  # fmt: skip
    mobile = {**plain, "messageId": "mobile", "anonymousId": "v1", "type": "screen", "name": "Cart",
              "context": {"library": {"name": "analytics-ios"}, "device": {"type": "ios"}}}  # fmt: skip
    rudder = {**plain, "messageId": "rudder", "userId": "U1", "channel": "server"}
    rudder["originalTimestamp"] = rudder.pop("timestamp")
    rudder["sentAt"] = "2026-03-02T10:00:01.000Z"
    key, sent = {"writeKey": sender.key}, {"sentAt": "2026-03-02T10:00:01.000Z"}
    form, text = "application/x-www-form-urlencoded", "text/plain"
    packed = gzip.compress(json.dumps({"batch": [rudder], **sent}).encode())
    answers = [
        sender.post("batch", {"batch": [python], **key, **sent}, Authorization=sender.basic),
        sender.post("batch", {"batch": [node], **key, **sent}, Authorization=sender.basic),
        sender.post("t", {**browser, **key, **sent}, content_type=text),
        sender.post("b", {"batch": [{**browser, "messageId": "b"}], **key, **sent}, content_type=text),
        sender.post("batch", {"batch": [mobile], **sent}, Authorization=sender.basic),
        sender.post("batch", packed, content_type=form, Authorization=sender.basic),
    ]
    assert [answer.status_code for answer in answers] == [200] * 6
    (item,) = sender.folded()
    assert (item.source_rows, item.rejected) == (6, 0)
    found = {id_: rest for id_, *rest in sender.rows("interactions", "id", "touchpoint", "channel", "device")}
    assert found["mobile"] == ["cart", "app", "phone"]
    assert {tuple(rest) for id_, rest in found.items() if id_ != "mobile"} == {("product_page", "web", None)}
    assert set(found) == {
        "python",
        "node-next-1772445600000-9b1deb4d",
        "ajs-next-9b1deb4d",
        "b",
        "mobile",
        "rudder",
    }
