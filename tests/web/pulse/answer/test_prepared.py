"""Statements whose text is made once read and write exactly what Django's own do."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pulses import SHORT, invite, make_pulse

from viaggio.web.pulse.models import Response
from viaggio.web.shared.prepared import Insert, Prepared, Update

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture
def pulse():
    return make_pulse(SHORT)


def begun(pulse, key: str, **more: object) -> Response:
    return Response(
        id=key, pulse=pulse, version=pulse.version, state="partial", language="it", asked_by="link",
        answers={"recommend": 9, "why": "Più in fretta"}, flags=["scanner"], started_at=NOW,
        changed_at=NOW + timedelta(seconds=1), **more,
    )  # fmt: skip


def rows() -> list[dict]:
    return list(Response.objects.order_by("pk").values())


def test_an_inserted_row_is_as_if_it_had_been_saved(pulse):
    begun(pulse, "a").save(force_insert=True)
    made = begun(pulse, "b")
    Insert(Response)(made)
    saved, inserted = rows()
    assert {**inserted, "id": "a"} == saved
    made.language = "en"
    made.save(update_fields=["language"])  # it knows that it is stored
    assert rows()[1]["language"] == "en"
    with pytest.raises(IntegrityError), transaction.atomic():
        Insert(Response)(begun(pulse, "b"))


def test_a_prepared_query_gives_the_rows_of_the_query_and_what_hangs_on_them(pulse):
    asked = invite(pulse)
    begun(pulse, "a", wave=asked.wave, invitation=asked).save()
    begun(pulse, "b").save()
    found = Prepared(
        lambda key, change: Response.objects.select_related("wave", "invitation").filter(
            pk=key, change__gte=change, state="partial"
        ),
        "key",
        7,
    )
    with CaptureQueriesContext(connection) as queries:
        (one,), (two,) = found("a", 1), found("b", 0)
        assert (one.wave, one.invitation) == (asked.wave, asked)
        assert one.invitation.expires_at == asked.expires_at
        assert (two.wave, two.invitation) == (None, None)
    assert len(queries) == 2
    for row, read in zip(rows(), [one, two], strict=True):
        assert {name: getattr(read, name) for name in row} == row
    assert found("a", 2) == found("c", 0) == []


def test_a_guarded_update_writes_only_what_nobody_changed_since(pulse):
    begun(pulse, "a").save()
    write = Update(Response, "answers", "completed_at", "change")
    assert write("a", 1, {"answers": {"recommend": 3}, "completed_at": NOW, "change": 2})
    (row,) = rows()
    assert (row["answers"], row["completed_at"], row["change"]) == ({"recommend": 3}, NOW, 2)
    assert not write("a", 1, {"answers": {}, "completed_at": None, "change": 2})
    assert not write("b", 2, {"answers": {}, "completed_at": None, "change": 2})
    assert rows() == [row]
    assert write("a", 2, {"answers": {}, "completed_at": None, "change": 3})
    assert rows()[0]["completed_at"] is None


def test_many_rows_are_written_by_their_keys(pulse):
    for key in "abc":
        begun(pulse, key).save()
    Update(Response, "landed", guarded=False).many([("a", {"landed": ["x"]}), ("c", {"landed": ["y", "z"]})])
    assert [row["landed"] for row in rows()] == [["x"], [], ["y", "z"]]
