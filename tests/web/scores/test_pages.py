"""The scores pages show the company's readings and verdicts, to whom may see them."""

import csv
import io
import re
from collections import Counter

import pytest
from django.test import Client
from django.utils import translation

from viaggio.kernel import EVERYBODY, Period
from viaggio.store.changes import Screen, changes
from viaggio.store.engine import engine
from viaggio.store.readings import read, read_one
from viaggio.web.scores.models import Target
from viaggio.web.scores.services.screen import CUTS, SCREEN
from viaggio.web.shared import formats
from viaggio.web.shared.models import AuditEntry
from viaggio.web.shared.roles import Role

YEAR = Period.parse("2025-11..2026-10")
PAGES = ("/scores/", "/scores/changes/", "/scores/weights/", "/scores/items/", "/scores/items/recommend/",
         "/scores/items/recommend/answers/", "/scores/alerts/", "/scores/nps/")  # fmt: skip

pytestmark = pytest.mark.django_db


def table(client: Client, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.parametrize("role", [Role.OWNER, Role.ANALYST, Role.HEAD_OF_FUNCTION, Role.WORKS_COUNCIL])
def test_who_sees_figures_opens_every_page(company, signed_in, role):
    client = signed_in(role)
    assert {address: client.get(address).status_code for address in PAGES} == dict.fromkeys(PAGES, 200)


def test_nobody_else_does(company, signed_in):
    payroll = signed_in(Role.PAYROLL)
    for address in PAGES:
        assert Client().get(address).status_code == 302
        assert payroll.get(address).status_code == 403


@pytest.mark.parametrize("weights", ["none", "base"])
def test_the_page_shows_the_reading_under_its_weights(company, signed_in, weights):
    now = read_one(engine(company), "nps", YEAR, weights=weights)
    page = signed_in(Role.OWNER, language="en").get(f"/scores/nps/?weights={weights}").content.decode()
    with translation.override("en"):
        assert f'<p class="big"><b>{formats.reading_text(now)}</b>' in page
        assert f"{formats.number(now.n)} answers" in page


def test_weighted_is_shown_where_there_is_a_scheme_and_every_link_says_so(company, signed_in):
    page = signed_in(Role.OWNER, language="en").get("/scores/").content.decode()
    assert "weighted by the chance of being asked" in page
    main = page[page.index('id="main-h"') :]
    links = [link for link in re.findall(r'href="(/(?:metrics|scores)/[^"]*)"', main) if "trend" not in link]
    assert links
    assert [link for link in links if "weights=base" not in link and "weights=none" not in link] == []


def test_verdicts_are_those_of_one_screen(company, signed_in):
    page = signed_in(Role.OWNER, language="en").get("/scores/changes/?weights=none").content.decode()
    found = changes(engine(company), Screen(metrics=SCREEN, cuts=CUTS), YEAR, YEAR.previous())
    said = Counter(str(one.judged.verdict) for one in found)
    shown = Counter(re.findall(r"</svg>(improved|worsened|no clear change)</span>", page))
    tested = {"improved": said["improved"], "worsened": said["worsened"],
              "no clear change": said["no_clear_change"]}  # fmt: skip
    assert shown == Counter({word: n for word, n in tested.items() if n})
    assert f"{sum(tested.values())} differences tested together" in page


def test_the_file_of_changes_has_every_difference_tested_or_not(company, signed_in):
    rows = table(signed_in(Role.OWNER, language="en"), "/scores/changes/?weights=none&format=csv")
    found = changes(engine(company), Screen(metrics=SCREEN, cuts=CUTS), YEAR, YEAR.previous())
    assert len(rows) == len(found)
    by_key = {(row["metric"], row["group"]): row for row in rows}
    for one in found:
        row = by_key[one.metric, "; ".join(f"{d}={v}" for d, v in one.by)]
        assert row["value"] == ("" if one.now.value is None else str(one.now.value))
        assert row["adjusted p"] == ("" if one.judged.adjusted is None else str(one.judged.adjusted))


def test_a_score_by_two_dimensions_is_a_table_and_the_same_file(company, signed_in):
    owner = signed_in(Role.OWNER, language="en")
    rows = table(owner, "/scores/nps/?by=phase&by2=segment&weights=none&format=csv")
    found = read(engine(company), "nps", [YEAR], by=("phase", "segment"))
    expected = {(dict(r.by)["phase"], dict(r.by)["segment"]): r for r in found if r.n}
    assert {(row["phase"], row["segment"]) for row in rows} == set(expected)
    for row in rows:
        reading = expected[row["phase"], row["segment"]]
        assert (float(row["value"]), int(row["n"])) == (reading.value, reading.n)
    page = owner.get("/scores/nps/?by=phase,segment&weights=none").content.decode()
    assert "Private customers (B2C)" in page


def test_waves_are_compared_each_with_the_one_before(company, signed_in):
    rows = table(signed_in(Role.OWNER, language="en"), "/scores/nps/?by=wave&weights=none&format=csv")
    waves = [row["wave"] for row in rows]
    assert waves == sorted(waves, reverse=True)
    assert rows[-1]["verdict"] == ""  # nothing is before the first
    assert {row["verdict"] for row in rows[:-1]} <= {
        "improved", "worsened", "no clear change", "too few answers"
    }  # fmt: skip


def test_small_cells_are_hidden_from_whoever_sees_no_customers(company, signed_in):
    """Nothing can be had by subtraction: two cells at least are hidden, with the minimum of persons."""
    address = "/scores/nps/?by=touchpoint,channel&weights=none&period=2026-09&compare=none"
    minimum = company.settings.minimum_cell
    owner = table(signed_in(Role.OWNER, language="en"), f"{address}&format=csv")
    analyst = table(signed_in(Role.ANALYST, language="en"), f"{address}&format=csv")
    full = {(row["touchpoint"], row["channel"]): int(row["n"]) for row in owner}
    hidden = [
        key for row in analyst if (key := (row["touchpoint"], row["channel"])) and row["notes"] == "hidden"
    ]
    assert {key for key, n in full.items() if n < minimum} <= set(hidden)
    assert all(row["value"] == row["n"] == "" for row in analyst if row["notes"] == "hidden")
    for touchpoint in {key[0] for key in full}:
        line = [full[key] for key in hidden if key[0] == touchpoint]
        assert not line or len(line) > 1 or sum(k[0] == touchpoint for k in full) == 1


def test_the_bars_of_a_question_count_the_answers_and_lead_to_them(company, signed_in):
    owner = signed_in(Role.OWNER, language="en")
    tables = engine(company).tables()
    start, end = (n / 1e6 for n in YEAR.micros(company.zone))
    answers = (
        engine(company)
        .run(tables.answers.filter(tables.answers.item == "recommend").select("value", "answered_at"))
        .to_pylist()
    )
    within = Counter(a["value"] for a in answers if start <= a["answered_at"].timestamp() < end)
    rows = table(owner, "/scores/items/recommend/?format=csv")
    assert {float(row["answer"]): int(row["n"]) for row in rows if int(row["n"])} == dict(within)
    assert [float(row["answer"]) for row in rows] == [float(n) for n in range(11)]
    page = owner.get("/scores/items/recommend/answers/?value=9").content.decode()
    assert f"{within[9.0]} answers" in page
    assert page.count('<td class="n"><b>9</b></td>') == min(50, within[9.0])


def test_words_of_persons_need_the_right_and_the_look_is_in_the_audit(company, signed_in):
    analyst = signed_in(Role.ANALYST, language="en").get("/scores/items/recommend/").content.decode()
    assert "<blockquote" not in analyst
    owner = signed_in(Role.OWNER, language="en")
    assert "<blockquote" in owner.get("/scores/items/recommend/").content.decode()
    entry = AuditEntry.objects.filter(action="customer.listed", subject="item recommend").first()
    assert entry is not None
    assert entry.actor == owner.person.email
    assert entry.details["customers"]


def test_a_rare_answer_is_not_shown_to_whoever_sees_no_customers(company, signed_in):
    analyst = signed_in(Role.ANALYST, language="en")
    told = {float(row["answer"]) for row in table(analyst, "/scores/items/recommend/?format=csv")}
    owner = {
        float(row["answer"]): int(row["n"])
        for row in table(signed_in(Role.OWNER, language="en"), "/scores/items/recommend/?format=csv")
    }
    rare = {value for value, n in owner.items() if 0 < n < company.settings.minimum_cell}
    assert rare
    assert not rare & told
    value = f"{min(rare):g}"
    page = analyst.get(f"/scores/items/recommend/answers/?value={value}").content.decode()
    assert "Too few to show without pointing at persons." in page


def test_weights_say_when_they_are_equal_because_nothing_can_be_told(company, signed_in):
    page = signed_in(Role.OWNER, language="en").get("/scores/weights/?segment=b2b&period=2026-09")
    assert "All six weigh the same" in page.content.decode()


def test_targets_are_set_by_those_who_may_and_shown(company, signed_in):
    owner = signed_in(Role.OWNER, language="en")
    given = {"targets": "yes", "nps": "55", "csat_top": "90", "pillar_empathy": "80"}
    assert owner.post("/scores/alerts/", given).status_code == 302
    assert dict(Target.objects.values_list("metric", "value")) == {
        "nps": 55.0, "csat_top": 0.9, "pillar_empathy": 80.0
    }  # fmt: skip
    page = owner.get("/scores/").content.decode()
    assert "target 55" in page
    assert "target 90.0%" in page
    assert page.count('class="ch-target"') == 1
    assert AuditEntry.objects.filter(action="scores.target.set").count() == 3
    analyst = signed_in(Role.ANALYST, email="two@example.com")
    assert analyst.post("/scores/alerts/", given | {"nps": "1"}).status_code == 403
    assert owner.post("/scores/alerts/", {"targets": "yes", "nps": "500"}).status_code == 200
    assert Target.objects.get(metric="nps").value == 55.0


@pytest.mark.parametrize("name", ["scores", "trend", "pillars", "heat", "changes"])
def test_every_table_of_the_page_is_a_file_of_both_kinds(company, signed_in, name):
    client = signed_in(Role.OWNER)
    assert len(table(client, f"/scores/?table={name}&format=csv")) > 1
    assert client.get(f"/scores/?table={name}&format=xlsx").content[:2] == b"PK"


@pytest.mark.parametrize(
    "address", ["/scores/happiness/", "/scores/revenue/", "/scores/?table=x&format=csv",
                "/scores/items/moon/", "/scores/nps/?table=x&format=csv", "/scores/items/withdrawn/"]
)  # fmt: skip
def test_what_is_not_there_is_not_found(company, signed_in, address):
    assert signed_in(Role.OWNER).get(address).status_code == 404


BAD = ("period=pippo", "by=moon", "by=wave,phase", "weights=moon", "value=x", "value=1e400", "value=nan",
       "page=0", "trend=wave", "compare=none", "touchpoint=%00", "period=0001", "by=device",
       "wave=nowhere")  # fmt: skip


@pytest.mark.parametrize(
    "query", [*BAD, "&".join(BAD), "segment=b2b&phase=care&channel=app&period=2026-10-01..2026-10-01"]
)
def test_no_query_breaks_a_page(company, signed_in, query):
    client = signed_in(Role.OWNER)
    assert {page: client.get(f"{page}?{query}").status_code for page in PAGES} == dict.fromkeys(PAGES, 200)


def test_a_head_of_function_sees_the_own_touchpoints_only(company, signed_in):
    head = signed_in(Role.HEAD_OF_FUNCTION, language="en")  # of logistics
    rows = table(head, "/scores/nps/?by=touchpoint&weights=none&format=csv")
    mine = read(engine(company), "nps", [YEAR], EVERYBODY.narrowed(function=["logistics"]), ("touchpoint",),
                minimum_cell=company.settings.minimum_cell)  # fmt: skip
    assert {row["touchpoint"] for row in rows} == {dict(r.by)["touchpoint"] for r in mine if r.n or r.flags}
