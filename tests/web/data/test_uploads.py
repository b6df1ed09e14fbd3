"""Files come in through the pages: kept aside, tried, imported, and nobody else sees them."""

import os
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from viaggio.store.fold import fold
from viaggio.store.importers import Question
from viaggio.store.landing import items, reader_apart
from viaggio.store.status import item_statuses
from viaggio.web.data.services import uploads
from viaggio.web.data.services.proposal import answered
from viaggio.web.shared.models import AuditEntry
from viaggio.web.shared.roles import Role

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ORDERS = (
    b"order_id,customer_id,ordered_at\nA1,ada,2024-05-01 10:00\nA2,bo,2024-05-02 11:30\nA3,ada,some day\n"
)
MAPPING = """
timezone = "Europe/Rome"
[[table]]
name = "orders"
id = "order_id"
[table.columns]
customer_number = "customer_id"
status = { value = "created" }
channel = { value = "web" }
ordered_at = { column = "ordered_at", format = "%Y-%m-%d %H:%M" }
"""


def given(name: str = "orders.csv", content: bytes = ORDERS) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def staged(client, *files: SimpleUploadedFile) -> str:
    """The address of the page after files were chosen."""
    answer = client.post("/data/new/", {"chosen": list(files) or [given()]})
    assert answer.status_code == 302, answer.text
    return answer.url


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("seq").values_list("action", flat=True))


def test_files_are_tried_without_keeping_anything_and_then_imported(signed_in, workspace):
    client = signed_in(Role.CX_MANAGER, language="en")
    page = staged(client)
    tried = client.post(page, {"mapping": MAPPING, "do": "try"})
    assert "1 row would be kept apart" in tried.text
    assert "not a date and time in any of the formats of the mapping" in tried.text
    assert items(workspace) == []
    landed = client.post(page, {"mapping": MAPPING, "do": "import"})
    assert landed.url == "/data/imports/1/"
    assert items(workspace)[0].by == client.person.email
    assert actions()[-2:] == ["data.uploaded", "data.imported"]
    assert client.get(page).status_code == 404  # what is landed is no longer kept aside
    fold(workspace, open_reader=reader_apart)
    shown = client.get("/data/imports/1/")
    assert "1 row kept apart" in shown.text
    assert "some day" in shown.text
    assert actions()[-1] == "data.rejects.seen"


def test_the_same_files_twice_lead_to_the_first_import(signed_in, workspace):
    client = signed_in(Role.CX_MANAGER, language="en")
    for _ in range(2):
        answer = client.post(staged(client), {"mapping": MAPPING, "do": "import"}, follow=True)
    assert answer.redirect_chain[-1][0] == "/data/imports/1/"
    assert "imported before" in answer.text
    assert len(items(workspace)) == 1


def test_a_proposal_stands_in_the_text_field(signed_in, workspace):
    client = signed_in(Role.CX_MANAGER, language="en")
    page = client.get(staged(client)).text
    assert "order_id" in page
    assert "[[table]]" in page


def test_answers_take_the_place_of_the_open_questions():
    questions = [
        Question(code="question.needed", key="a.x", column=""),
        Question(code="q", key="a.y", column=""),
    ]
    text = 'x = "?"\ny = "?"\n'
    half, left = answered(text, questions, {"a.y": '"person"'})
    assert half == 'x = "?"\ny = "person"\n'
    assert [question.key for question in left] == ["a.x"]
    whole, left = answered(half, left, {"a.x": "web shop"})
    assert whole == 'x = "web shop"\ny = "person"\n'
    assert left == []


def test_a_text_changed_by_hand_is_left_alone():
    questions = [Question(code="question.needed", key="a.x", column="")]
    assert answered('x = "mine"', questions, {"a.x": "theirs"}) == ('x = "mine"', [])


def test_a_bad_mapping_is_told_and_nothing_lands(signed_in, workspace):
    client = signed_in(Role.CX_MANAGER, language="en")
    page = staged(client)
    for wrong in ("not toml at all [", '[[table]]\nname = "orderz"\n', ""):
        answer = client.post(page, {"mapping": wrong, "do": "import"})
        assert "The mapping cannot be used as it stands." in answer.text
    assert items(workspace) == []


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.csv", b"", "The file has no content"),
        ("program.csv", b"\x7fELF\x02\x01\x00\x00" + bytes(range(256)) * 40, "The content is not text"),
        ("book.xlsx", b"PK\x03\x04 no workbook", "The workbook cannot be opened"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "Excel 97–2003"),
    ],
)
def test_hostile_files_are_refused_in_words(name, content, words, signed_in, workspace):
    client = signed_in(Role.CX_MANAGER, language="en")
    answer = client.get(staged(client, given(name, content)))
    assert answer.status_code == 200
    assert words in answer.text


def test_a_known_set_is_recognised_and_what_it_does_not_need_is_named(signed_in, workspace):
    client = signed_in(Role.CX_MANAGER, language="en")
    header = (
        "Administrative,Administrative_Duration,Informational,Informational_Duration,ProductRelated,"
        "ProductRelated_Duration,BounceRates,ExitRates,PageValues,SpecialDay,Month,OperatingSystems,Browser,"
        "Region,TrafficType,VisitorType,Weekend,Revenue\n"
    )
    row = "0,0,0,0,1,0,0.2,0.2,0,0,Feb,1,1,1,1,Returning_Visitor,FALSE,FALSE\n"
    shop = given("online_shoppers_intention.csv", (header + row).encode())
    page = staged(client, shop, given("notes.txt", b"hello"))
    shown = client.get(page).text
    assert "UCI Online Shoppers" in shown
    assert "not needed, is left out" in shown
    tried = client.post(page, {"option-year": "2016", "do": "try"}).text
    assert "Every row would be taken" in tried
    assert client.post(page, {"option-year": "2016", "do": "import"}).status_code == 302
    (item,) = items(workspace)
    assert (item.recipe, dict(item.options)) == ("online_shoppers", {"year": "2016"})


def test_an_upload_is_its_owners_alone(signed_in, workspace):
    page = staged(signed_in(Role.CX_MANAGER))
    other = signed_in(Role.OWNER, email="other@example.com")
    assert other.get(page).status_code == 404
    assert other.post(page, {"mapping": MAPPING, "do": "import"}).status_code == 404
    assert other.post(page + "discard").status_code == 404


def test_an_upload_is_thrown_away_when_asked_and_after_a_day(workspace):
    kept = uploads.keep(workspace, [given()], owner=1, now=NOW)
    assert uploads.find(workspace, kept.key, owner=1) == kept
    assert (kept.folder.stat().st_mode & 0o777) == 0o700
    touched = kept.folder.stat().st_mtime
    at = datetime.fromtimestamp(touched, UTC)
    assert uploads.sweep(workspace, now=at + timedelta(hours=23)) == 0
    assert uploads.sweep(workspace, now=at + timedelta(hours=25)) == 1
    assert uploads.find(workspace, kept.key, owner=1) is None


def test_an_unknown_key_finds_nothing(workspace):
    assert uploads.find(workspace, uuid.uuid4(), owner=1) is None


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\ordini.csv", "ordini.csv"),
        ("a\0b\n.csv", "a_b_.csv"),
        (".hidden", "hidden"),
        ("...", "file"),
        ("x" * 300 + ".csv.gz", "x" * 100 + ".csv.gz"),
    ],
)
def test_names_of_files_hold_no_path_and_no_trap(sent, kept):
    assert uploads.file_name(sent) == kept
    assert os.sep not in uploads.file_name(sent)


def test_two_files_of_one_name_are_refused(signed_in, workspace):
    client = signed_in(Role.CX_MANAGER, language="en")
    answer = client.post("/data/new/", {"chosen": [given("a.csv"), given("A.csv")]})
    assert "Two files have the same name" in answer.text


def test_no_file_is_told(signed_in, workspace):
    answer = signed_in(Role.CX_MANAGER, language="en").post("/data/new/", {})
    assert answer.status_code == 200
    assert "errorlist" in answer.text


def test_only_those_who_may_bring_data_do(signed_in, workspace):
    for role in (Role.ANALYST, Role.AUDITOR, Role.DATA_PROTECTION, Role.EMPLOYEE):
        client = signed_in(role)
        assert client.post("/data/new/", {"chosen": [given()]}).status_code == 403
        assert client.post("/data/fold").status_code == 403
    assert item_statuses(workspace) == []
