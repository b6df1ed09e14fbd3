"""The page of live events: keys made, shown once and ended; what came of each source."""

import json

from django.test import Client

from viaggio.web.shared.models import AuditEntry, WriteKey
from viaggio.web.shared.roles import Role

HOME = {"type": "page", "messageId": "m1", "anonymousId": "v1", "name": "Home"}
PAGE = "/connections/events/"


def test_a_key_made_on_the_page_is_shown_once_opens_the_door_and_can_be_ended(signed_in, workspace, sender):
    owner = signed_in(Role.OWNER)
    shown = owner.post(PAGE, {"source": "app", "note": "the app"})
    key = shown.context["key"]
    assert shown.content.decode().count(key) == 2  # by itself, and in the line to try
    assert key not in owner.get(PAGE).content.decode()
    sender.key = key
    single = json.dumps({**HOME, "writeKey": key})
    post = Client().post("/v1/page", single, content_type="application/json")
    assert post.status_code == 200
    made = WriteKey.objects.get(source="app")
    assert owner.post(f"{PAGE}{made.pk}/end").status_code == 302
    made.refresh_from_db()
    assert made.revoked_at is not None
    done = AuditEntry.objects.filter(subject=made.prefix).order_by("seq")
    assert [(entry.actor, entry.action.rsplit(".", 1)[1]) for entry in done] == [
        (owner.person.email, "made"),
        (owner.person.email, "revoked"),
    ]


def test_a_bad_name_of_a_source_is_explained(signed_in, workspace):
    answer = signed_in(Role.OWNER).post(PAGE, {"source": "My Site"})
    assert answer.context["form"].errors["source"]
    assert not WriteKey.objects.exists()


def test_the_page_tells_what_came_what_was_repeated_and_what_was_bad(signed_in, workspace, sender):
    owner = signed_in(Role.OWNER)
    sender.send(HOME, {**HOME, "messageId": "m2"}, {"type": "page", "messageId": "m3"})
    before = owner.get(PAGE).context["state"]
    assert (before.waiting_bytes > 0, before.sources[0].read) == (True, 0)
    sender.folded()
    sender.send(HOME)
    sender.folded()
    (site,) = owner.get(PAGE).context["state"].sources
    assert (site.source, site.read, site.taken, site.repeated, site.bad, site.last_bad) == (
        "site", 4, 2, 1, 1, 1,
    )  # fmt: skip
    assert site.seen_at is not None
    bad = owner.get("/data/imports/1/").content.decode()
    assert "né userId né anonymousId" in bad


def test_rules_that_can_not_be_read_are_told(signed_in, workspace, db):
    (workspace.root / "events.toml").write_text("rules = 1")
    assert "rules" in signed_in(Role.OWNER).get(PAGE).context["state"].fault
