"""Answers as files: the same count and the same cells in every form, read back by other programs' readers."""

import csv
import io
import json
from datetime import date
from pathlib import Path

import openpyxl
import pyreadstat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.pulse.questionnaire.drawn import answered, questionnaires

from viaggio.kernel import BadFile
from viaggio.pulse.questionnaire import (
    Item,
    ItemKind,
    Option,
    Page,
    Questionnaire,
    Row,
    accepted,
    digest,
    refused,
    validate,
    wording,
)
from viaggio.store.questionnaires import (
    Response,
    answers_csv,
    answers_excel,
    answers_json,
    answers_spss,
    read_questionnaire,
    sheet_names,
    sheet_rows,
    to_surveyjs,
)
from viaggio.store.questionnaires.spss_out import spss_names
from viaggio.store.questionnaires.spss_sets import ManySet, add_sets
from viaggio.store.recipes import BadOption, detect, recipe_reader


def words(text):
    return wording(it=text, en=f"en {text}")


OPTIONS = (Option(key="price", text=words("prezzo")), Option(key="time", text=words("tempo")))
FORM = Questionnaire(
    title=words("Consegna"),
    languages=("it", "en"),
    pages=(
        Page(
            key="p",
            items=(
                Item(key="recommend", kind=ItemKind.NPS, text=words("Consigli?"), not_applicable=True),
                Item(key="solved", kind=ItemKind.SINGLE, text=words("Risolto?"), options=OPTIONS),
                Item(
                    key="why",
                    kind=ItemKind.MULTIPLE,
                    text=words("Perché?"),
                    options=OPTIONS,
                    other=words("altro"),
                ),
                Item(
                    key="grid",
                    kind=ItemKind.MATRIX,
                    text=words("Quanto?"),
                    rows=(Row(key="x", text=words("ics")), Row(key="y", text=words("ipsilon"))),
                ),
                Item(key="rank", kind=ItemKind.RANKING, text=words("Ordine"), options=OPTIONS),
                Item(key="day", kind=ItemKind.DATE, text=words("Quando?")),
                Item(key="times", kind=ItemKind.NUMBER, text=words("Quante?")),
                Item(key="words", kind=ItemKind.COMMENT, text=words("Altro?")),
            ),
        ),
    ),
)
LONG = "Perché la consegna è arrivata tardi; " * 100
RESPONSES = (
    Response(
        id="r1",
        answered_at="2026-09-01T10:00:00+02:00",
        language="it",
        answers={
            "recommend": 9,
            "solved": "time",
            "why": ["price", "other"],
            "why.other": "=1+1",
            "grid": {"x": 5, "y": 1},
            "rank": ["time", "price"],
            "day": "2026-08-30",
            "times": 2.5,
            "words": LONG,
        },
    ),
    Response(
        id="r2", answered_at="2026-09-02T10:00:00Z", language="en", answers={"recommend": "not_applicable"}
    ),
    Response(id="r3", answered_at="2026-09-03T10:00:00Z", language="en", answers={}, finished=False),
)


def table():
    text = b"".join(answers_csv(FORM, RESPONSES)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_csv_holds_every_answer_and_runs_no_formula():
    rows = table()
    assert [row["response"] for row in rows] == ["r1", "r2", "r3"]
    first = rows[0]
    assert (first["recommend"], first["solved"], first["why.price"], first["why.time"]) == (
        "9",
        "time",
        "1",
        "0",
    )
    assert first["why.other_text"] == "'=1+1"
    assert (first["grid.x"], first["grid.y"], first["rank.time"], first["rank.price"]) == ("5", "1", "1", "2")
    assert (first["day"], first["times"], first["words"]) == ("2026-08-30", "2.5", LONG)
    assert rows[1]["recommend"] == "not_applicable"
    assert rows[2]["finished"] == "false"
    assert rows[2]["recommend"] == ""


def test_excel_holds_the_same_cells():
    out = io.BytesIO()
    answers_excel(FORM, RESPONSES, out)
    book = openpyxl.load_workbook(io.BytesIO(out.getvalue()))
    rows = list(book["answers"].values)
    assert list(rows[0]) == sheet_names(FORM)
    assert rows[1][rows[0].index("recommend")] == 9
    assert len(rows) == 4


def test_json_is_whole_and_names_its_questionnaire():
    data = json.loads(b"".join(answers_json(FORM, RESPONSES)))
    assert data["schema"] == "viaggio.answers/1"
    assert data["questionnaire"] == digest(FORM)
    assert [r["response"] for r in data["responses"]] == ["r1", "r2", "r3"]
    assert data["responses"][0]["answers"] == RESPONSES[0].answers
    assert json.loads(b"".join(answers_json(FORM, [])))["responses"] == []


def test_csv_and_json_are_streamed():
    taken = []

    def endless():
        for number in range(100_000):
            taken.append(number)
            yield Response(id=str(number), answered_at="2026-09-01T10:00:00Z", language="it", answers={})

    for stream in (answers_csv(FORM, endless()), answers_json(FORM, endless())):
        taken.clear()
        next(stream)
        next(stream)
        assert len(taken) <= 2_000


@pytest.mark.parametrize("ending", ["sav", "zsav"])
def test_an_spss_file_has_labels_missing_values_sets_and_whole_texts(tmp_path, ending):
    path = tmp_path / f"answers.{ending}"
    assert answers_spss(FORM, RESPONSES, path, language="it", packed=ending == "zsav") == 3
    frame, meta = pyreadstat.read_sav(path, user_missing=True)
    first = frame.iloc[0]
    assert (first["recommend"], first["solved"], first["times"]) == (9, 2, 2.5)
    assert meta.variable_value_labels["solved"] == {1: "prezzo", 2: "tempo"}
    assert meta.column_names_to_labels["recommend"] == "Consigli?"
    assert meta.column_names_to_labels["grid.x"] == "ics — Quanto?"
    assert frame["recommend"][1] == 99
    assert meta.missing_ranges["recommend"] == [{"lo": 99, "hi": 99}]
    assert first["words"] == LONG.rstrip()
    assert first["day"] == date(2026, 8, 30)
    assert first["answered_at"].isoformat() == "2026-09-01T08:00:00"
    assert meta.file_label == "Consegna"
    if ending == "sav":
        assert meta.mr_sets["why"]["variable_list"] == ["why.price", "why.time", "why.other"]
        assert (meta.mr_sets["why"]["counted_value"], meta.mr_sets["why"]["label"]) == (1, "Perché?")


def test_spss_names_are_allowed_and_stay_apart():
    names = ["order", "Order", "by", "1st", "a-b", "a_b", "è", "x" * 70, "x" * 70 + "y", "dot."]
    found = spss_names(names)
    assert len({name.lower() for name in found}) == len(names)
    assert all(len(name.encode()) <= 64 and name[0].isalpha() and not name.endswith(".") for name in found)
    assert "BY" not in {name.upper() for name in found}


def test_a_file_that_is_no_spss_file_gets_no_set(tmp_path):
    path = tmp_path / "x.sav"
    path.write_bytes(b"nothing" * 100)
    with pytest.raises(BadFile):
        add_sets(path, [ManySet(name="$a", label="", counted=1, variables=("a", "b"))])


@given(answered())
def test_every_taken_answer_stands_in_its_row(drawn):
    asked, answers = drawn
    if refused(validate(asked, answers, finished=False)):
        return
    kept = accepted(asked, answers)
    response = Response(id="r", answered_at="2026-09-01T10:00:00Z", language="it", answers=kept)
    (cells,) = sheet_rows(asked, [response])
    names = sheet_names(asked)
    assert len(cells) == len(names)
    assert len(set(names)) == len(names)
    filled = {
        name.partition(".")[0] for name, cell in zip(names[4:], cells[4:], strict=True) if cell is not None
    }
    assert filled == {key.partition(".")[0] for key in kept}


# --- the recipe ------------------------------------------------------------------------------------------


def read(path: Path, **options: str):
    batches = list(recipe_reader("spss", {path.name: path}, options).batches())
    rows = {"answers": [], "texts": []}
    for batch in batches:
        if batch.rows is not None:
            rows[batch.table] += batch.rows.to_pylist()
    return rows, [reject for batch in batches for reject in batch.rejects]


OURS = {"response": "response", "answered_at": "answered_at", "language": "language", "nps": "recommend"}


@pytest.mark.parametrize("ending", ["sav", "zsav"])
def test_what_was_written_for_spss_comes_back_as_facts(tmp_path, ending):
    path = tmp_path / f"answers.{ending}"
    answers_spss(FORM, RESPONSES, path, language="it", packed=ending == "zsav")
    assert detect(path) == "spss"
    rows, rejects = read(path, **OURS)
    assert rejects == []
    found = {(row["response"], row["item"]): row["value"] for row in rows["answers"]}
    assert found["r1", "recommend"] == 9
    assert ("r2", "recommend") not in found
    assert found["r1", "grid_x"] == 5
    assert found["r1", "times"] == 2.5
    assert found["r1", "day"] == (date(2026, 8, 30) - date(1970, 1, 1)).days
    assert [text["body"] for text in rows["texts"] if text["id"].endswith(":words")] == [LONG.rstrip()]
    nps = [row for row in rows["answers"] if row["metric"] == "nps"]
    assert [(row["scale_min"], row["scale_max"], row["language"]) for row in nps] == [(0, 10, "it")]
    assert nps[0]["answered_at"].isoformat() == "2026-09-01T08:00:00+00:00"
    if ending == "sav":
        assert {i: v for (_, i), v in found.items() if i.startswith("why.")} == {
            "why.why_price": 1.0,
            "why.why_time": 0.0,
            "why.why_other": 1.0,
        }


def spss(path, columns, **more):
    import pandas as pd

    pyreadstat.write_sav(pd.DataFrame(columns), path, **more)


def test_labels_measures_and_values_say_what_a_variable_is(tmp_path):
    path = tmp_path / "x.sav"
    spss(
        path,
        {
            "sat": [1.0, 5.0, 8.0, 3.0],
            "sex": [1.0, 2.0, 2.0, 1.0],
            "age": [31.0, 98.0, 44.0, 52.0],
            "town": ["RM", "MI", "", "RM"],
            "score": [10.0, 11.0, 0.0, 7.0],
        },
        variable_value_labels={
            "sat": {1: "bad", 5: "good", 8: "do not know"},
            "sex": {1: "f", 2: "m"},
            "age": {98: "refused", 99: "unknown"},
            "town": {"RM": "Roma", "MI": "Milano"},
        },
        missing_ranges={"sat": [8], "age": [98, 99]},
        variable_measure={"sat": "ordinal", "sex": "nominal", "age": "scale"},
    )
    rows, rejects = read(path, date="2026-05-01", nps="score", csat="sat", pulse="may")
    assert [(r.line, r.column, r.value, r.code) for r in rejects] == [(2, "score", "11", "value.not_allowed")]
    found = {(row["response"], row["item"]): row for row in rows["answers"]}
    assert [(k[0], v["value"], v["scale_max"], v["metric"]) for k, v in found.items() if k[1] == "sat"] == [
        ("may:1", 1.0, 5.0, "csat"),
        ("may:4", 3.0, 5.0, "csat"),
    ]
    assert json.loads(found["may:3", "sex"]["properties"])["not_applicable"] == ["sat"]
    assert found["may:3", "sex"]["value"] == 2.0
    assert [v["value"] for k, v in found.items() if k[1] == "age"] == [31.0, 44.0, 52.0]
    assert {v["value"] for k, v in found.items() if k[1] == "town"} == {2.0}
    assert all(row["answered_at"].date() == date(2026, 5, 1) for row in rows["answers"])


def test_what_the_options_name_must_be_there(tmp_path):
    path = tmp_path / "x.sav"
    spss(path, {"a": [1.0]})
    for options in ({"date": "2026-05-01", "nps": "b"}, {"response": "b"}, {}, {"date": "May"}):
        with pytest.raises(BadOption):
            read(path, **options)


@pytest.mark.parametrize("content", [b"", b"$FL2" + b"\0" * 400, b"not spss at all" * 50])
def test_a_broken_spss_file_is_refused(tmp_path, content):
    path = tmp_path / "x.sav"
    path.write_bytes(content)
    with pytest.raises(BadFile) as error:
        read(path, date="2026-05-01")
    assert error.value.code in {"file.bad_spss", "file.empty"}


# --- questionnaires by their file's name -----------------------------------------------------------------


def test_a_questionnaire_is_read_by_its_name_and_content():
    from viaggio.pulse.questionnaire import to_json

    assert read_questionnaire(to_json(FORM).encode(), "x.json")[0] == FORM
    assert read_questionnaire(to_surveyjs(FORM)[0].encode(), "x.JSON")[0] == FORM
    for name in ("x.json", "x.lss", "x.qsf", "x.pdf"):
        with pytest.raises(BadFile):
            read_questionnaire(b"\xff", name)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(questionnaires(), st.data())
def test_any_questionnaire_can_be_written_for_spss(tmp_path, questionnaire, data):
    path = tmp_path / "any.sav"
    language = data.draw(st.sampled_from(["it", "en"]))
    response = Response(id="r", answered_at="2026-09-01T10:00:00Z", language=language, answers={})
    answers_spss(questionnaire, [response], path, language=language)
    _, meta = pyreadstat.read_sav(path, metadataonly=True)
    assert meta.number_rows == 1
    assert len(meta.column_names) == len(sheet_names(questionnaire))
