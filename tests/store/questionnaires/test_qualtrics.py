"""Qualtrics surveys and their answers: what is carried, what is told, and the counts of every question."""

import csv
import json
from collections import Counter
from pathlib import Path

import pytest
from tests.store.questionnaires import survey_of_fruit as fruit

from viaggio.kernel import BadFile
from viaggio.pulse.questionnaire import Feeds, ItemKind, check, from_json, to_json, written
from viaggio.store.engine import engine
from viaggio.store.fold import fold
from viaggio.store.intake import land_recipe
from viaggio.store.questionnaires import from_qualtrics
from viaggio.store.recipes import BadOption, detect, recipe_reader

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture
def folder(tmp_path):
    """The survey and its answers as Qualtrics exports them: three header rows."""
    there = tmp_path / "export"
    there.mkdir()
    (there / "fruit.qsf").write_bytes(fruit.survey())
    with (there / "fruit.csv").open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(fruit.COLUMNS)
        rows.writerow([f"Label of\n{column}" for column in fruit.COLUMNS])
        ids = {
            "ResponseId": "_recordId",
            "StartDate": "startDate",
            "ExternalReference": "externalDataReference",
        }
        rows.writerow([json.dumps({"ImportId": ids.get(column, column)}) for column in fruit.COLUMNS])
        rows.writerows(fruit.ROWS)
    return there


def read(folder, **options):
    files = {path.name: path for path in folder.iterdir()}
    batches = list(recipe_reader("qualtrics", files, options).batches())
    rows = {"answers": [], "texts": []}
    for batch in batches:
        if batch.rows is not None:
            rows[batch.table] += batch.rows.to_pylist()
    return rows, [reject for batch in batches for reject in batch.rejects]


def test_every_question_becomes_its_item():
    survey, _ = from_qualtrics(fruit.survey())
    assert {item.key: str(item.kind) for item in survey.items} == {
        "q1": "single",
        "q2": "multiple",
        "q3": "nps",
        "q4": "matrix",
        "q5_1": "matrix",
        "q5_2_r1": "multiple",
        "q5_2_r2": "multiple",
        "q6": "comment",
        "q7_1": "number",
        "q8": "ranking",
    }
    assert survey.languages == ("en", "it")
    assert survey.by_key["q1"].text.text("it") == "Domanda 1?"
    assert survey.by_key["q1"].required
    assert [o.key for o in survey.by_key["q1"].options] == ["20", "10", "m1"]
    assert [o.out_of_base for o in survey.by_key["q1"].options] == [False, False, True]
    assert survey.by_key["q1"].has_other
    assert survey.by_key["q3"].metric is Feeds.NPS
    assert survey.by_key["q4"].not_applicable
    assert survey.by_key["q4"].scale.highest == 3
    assert not [finding for finding in check(survey) if finding.stops]
    assert from_json(to_json(survey)) == survey


def test_logic_is_carried_where_it_asks_about_answers():
    survey, report = from_qualtrics(fruit.survey())
    assert [page.key for page in survey.pages] == ["page_1", "page_2", "page_3", "page_4"]
    assert written(survey.by_key["q2"].show_if) == "!({q1} = 'm1')"
    assert written(survey.pages[2].show_if) == "{q1} = '10'"
    assert survey.pages[3].show_if is None
    assert [(written(s.when), s.to) for s in survey.by_key["q3"].skips] == [("{q3} = 10", "end")]
    told = [(line.code, line.place) for line in report.lossy]
    assert ("logic.not_carried", "FL_4") in told
    assert ("skip.not_carried", "QID3") in told
    assert ("flow.not_carried", "FL_6") in told
    assert ("item.not_carried", "Q9") in told
    assert ("text.missing", "Q2.it") in told
    assert ("metric.to_choose", "Q4") in told


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff\xfe",
        b'{"SurveyEntry": 1, "SurveyElements": 2}',
        b"[" * 100_000,
        b'{"SurveyEntry": {}, "SurveyElements": [{"Element": "FL", "Payload": {"Flow": 3}}]}',
        b'{"SurveyEntry": {}, "SurveyElements": [{"Element": "BL", "Payload": 5}]}',
    ],
)
def test_what_is_no_survey_is_refused(content):
    with pytest.raises(BadFile) as error:
        from_qualtrics(content)
    assert error.value.code == "file.bad_questionnaire"


def test_answers_give_the_counts_that_were_put_in(folder):
    rows, rejects = read(folder)
    given = {(row["response"], row["item"]): row["value"] for row in rows["answers"]}
    q1 = Counter(value for (_, item), value in given.items() if item == "q1")
    assert q1 == {2.0: 2, 3.0: 1}  # two apples (shown second), one other; "no fruit" leaves the base
    ticks = {item: [v for (_, i), v in given.items() if i == item] for item in ("q2.1", "q2.2")}
    assert ticks == {"q2.1": [1.0, 0.0], "q2.2": [1.0, 1.0]}  # "never" leaves the base of both
    assert {r: v for (r, i), v in given.items() if i == "q3"} == {"R_1": 10, "R_2": 0, "R_3": 7, "R_4": 9}
    assert {(r, i): v for (r, i), v in given.items() if i.startswith("q4")} == {
        ("R_1", "q4.taste"): 3.0,
        ("R_2", "q4.taste"): 1.0,
        ("R_2", "q4.price"): 2.0,
    }
    assert given["R_1", "q5_1.r1"] == 2.0
    assert (given["R_1", "q5_2_r1.1"], given["R_1", "q5_2_r1.2"]) == (0.0, 1.0)
    assert [given["R_1", f"q8.{n}"] for n in "123"] == [2.0, 1.0, 3.0]
    assert given["R_1", "q7_1"] == 40.0
    assert [(r.line, r.code, r.column, r.value) for r in rejects] == [
        (37, "value.not_allowed", "Status", "1"),
        (38, "value.unknown_code", "Q1", "11"),
        (39, "value.unknown_code", "Q3", "11"),
    ]


def test_words_and_what_stands_beside_the_answers_are_kept_but_not_where_somebody_was(folder):
    rows, _ = read(folder)
    assert {(t["response"], t["body"], t["rating"]) for t in rows["texts"]} == {
        ("R_1", "Più fichi", 10.0),
        ("R_3", "Figs", 7.0),
    }
    first = next(row for row in rows["answers"] if row["response"] == "R_1")
    assert first["customer_number"] == "C17"
    assert first["language"] == "it"
    properties = json.loads(first["properties"])
    assert properties["Segment"] == "gold"
    assert properties["not_applicable"] == ["q4.price"]
    assert "192.0.2.1" not in str(rows)


def test_options_say_what_a_question_feeds(folder):
    rows, _ = read(folder, csat="Q1", pulse="fruit", wave="2026-03")
    assert {row["metric"] for row in rows["answers"] if row["item"] == "q1"} == {"csat"}
    assert {(row["pulse"], row["wave"]) for row in rows["answers"]} == {("fruit", "2026-03")}
    with pytest.raises(BadOption):
        read(folder, ces="Q77")


def test_without_the_survey_columns_speak_for_themselves(folder):
    (folder / "fruit.qsf").unlink()
    assert detect(folder) == "qualtrics"
    rows, _ = read(folder)
    scores = {row["response"]: row["value"] for row in rows["answers"] if row["metric"] == "nps"}
    assert scores == {"R_1": 10.0, "R_2": 0.0, "R_3": 7.0, "R_4": 9.0}
    assert "Più fichi" in {text["body"] for text in rows["texts"]}


@pytest.mark.parametrize("name", ["qualtrics_sample.csv", "qualtrics_sample_legacy.csv"])
def test_two_and_three_header_rows_in_any_language_are_no_answers(name, tmp_path):
    (tmp_path / name).write_bytes((FIXTURES / name).read_bytes())
    rows, rejects = read(tmp_path)
    assert rejects == []
    assert [(row["response"], row["value"]) for row in rows["answers"]] == [("R_2YPOQ602ER1jkf1", 2.0)]
    assert [text["body"] for text in rows["texts"]] == ["Hello World!"]


def test_a_file_without_response_ids_is_refused(tmp_path):
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    with pytest.raises(BadFile) as error:
        read(tmp_path)
    assert error.value.code == "file.no_column"
    assert detect(tmp_path) is None


def test_answers_land_and_become_facts(folder, ws):
    files = {path.name: path for path in folder.iterdir()}
    land_recipe(ws, files, "qualtrics", {"pulse": "fruit"}, by="test")
    fold(ws)
    answers = engine(ws).tables().answers
    found = engine(ws).run(
        answers.filter(answers.metric == "nps").order_by("response").select("response", "value")
    )
    assert found.to_pylist() == [
        {"response": r, "value": v} for r, v in (("R_1", 10.0), ("R_2", 0.0), ("R_3", 7.0), ("R_4", 9.0))
    ]


def test_several_choices_of_one_cell_are_parted(tmp_path, folder):
    text = "StartDate,EndDate,Finished,ResponseId,Q2\n"
    (folder / "fruit.csv").write_text(
        text + f'{fruit.TIME},{fruit.TIME},1,R_1,"1,2"\n{fruit.TIME},{fruit.TIME},1,R_2,"Morning,Noon"\n'
    )
    rows, rejects = read(folder)
    assert rejects == []
    assert {(r["response"], r["item"]): r["value"] for r in rows["answers"]} == {
        (response, item): 1.0 for response in ("R_1", "R_2") for item in ("q2.1", "q2.2")
    }
    assert ItemKind.MULTIPLE in {item.kind for item in from_qualtrics(fruit.survey())[0].items}
