"""LimeSurvey: old and new dumps, several languages, conditions; hostile and broken files are refused."""

from pathlib import Path

import pytest
from tests.store.questionnaires.lime import dump, old_dump

from viaggio.kernel import BadFile
from viaggio.pulse.questionnaire import check, from_json, to_json, written
from viaggio.store.questionnaires import from_limesurvey

FIXTURES = Path(__file__).parent / "fixtures"


def test_surveys_of_a_client_library_are_carried():
    survey, report = from_limesurvey((FIXTURES / "answers.lss").read_bytes())
    assert [(i.key, str(i.kind), len(i.options), len(i.rows)) for i in survey.items] == [
        ("q01", "multiple", 3, 0),
        ("q02", "matrix", 0, 5),
    ]
    points = [point.text("en") for point in survey.by_key["q02"].scale.points]
    assert points == ["Too much", "More than I like", "Just Right", "Less than I like", "Too little"]
    assert ("scale.as_points", "Q02") in {(line.code, line.place) for line in report.lossy}
    survey, report = from_limesurvey((FIXTURES / "survey.lss").read_bytes())
    assert [str(item.kind) for item in survey.items] == ["comment", "csat", "single"]
    assert [(line.code, line.detail) for line in report.lossy][-1] == ("item.not_carried", "file upload")
    survey, _ = from_limesurvey((FIXTURES / "limesurvey_survey_432535.lss").read_bytes())
    assert survey.by_key["g01q01"].text.text("en") == "Text for question 1"
    assert survey.by_key["g01q01"].required
    assert survey.by_key["g01q02"].limits.longest == 255


@pytest.mark.parametrize("make", [dump, old_dump])
def test_every_type_is_carried_or_told_in_three_languages(make):
    survey, report = from_limesurvey(make())
    assert survey.languages == ("it", "en", "he")
    assert survey.title.text("he") == "סקר"
    assert {item.key: str(item.kind) for item in survey.items} == {
        "five": "csat",
        "list": "single",
        "many": "multiple",
        "rank": "ranking",
        "num": "number",
        "date_": "date",
        "text": "comment",
        "grid": "matrix",
        "yn": "single",
        "two_a": "comment",
        "two_b": "comment",
        "dual": "matrix",
        "dual_2": "matrix",
        "list_2": "single",
        "list_2_comment": "comment",
    }
    assert survey.by_key["list"].options[0].text.text("he") == "תפוח"
    assert survey.by_key["list"].has_other
    assert survey.by_key["grid"].scale.points[0].text("it") == "No"
    assert [o.exclusive for o in survey.by_key["many"].options] == [False, True]
    assert not [f for f in check(survey) if f.stops]
    assert from_json(to_json(survey)) == survey
    told = {(line.code, line.place) for line in report.lossy}
    assert told >= {
        ("item.not_carried", "head"),
        ("item.not_carried", "calc"),
        ("item.hidden", "secret"),
        ("key.double", "list"),
        ("logic.not_carried", "text"),
        ("property.not_carried", "quota"),
        ("metric.to_choose", "five"),
        ("text.missing", "num.question.he"),
        ("markup.removed", "yn.question"),
    }


@pytest.mark.parametrize("make", [dump, old_dump])
def test_conditions_are_carried(make):
    survey, _ = from_limesurvey(make())
    conditions = {item.key: written(item.show_if) for item in survey.items if item.show_if}
    assert conditions["many"] == "{list} = 'A1' and {five} >= 4"
    assert conditions["rank"] == "{many} contains 'SQ1' or {list} notempty"
    assert conditions["yn"] == "{grid.r1} = 3 and {list} = 'other'"


def test_the_older_table_of_conditions_is_read():
    survey, _ = from_limesurvey(old_dump())
    assert written(survey.by_key["num"].show_if) == "{list} = 'A1' or {list} = 'A2'"


def test_a_script_is_a_text_like_any_other():
    survey, report = from_limesurvey(dump())
    assert survey.by_key["yn"].text.text("en") == "Are you sure?"
    assert survey.by_key["text"].text.text("en") == "<script>alert('x')</script>"
    assert "script" in {line.detail for line in report.lossy if line.code == "markup.removed"}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file.bad_questionnaire"),
        (b"<document>", "file.bad_questionnaire"),
        (b"not xml", "file.bad_questionnaire"),
        (b"<html/>", "file.bad_questionnaire"),
        (b"<document><LimeSurveyDocType>Group</LimeSurveyDocType></document>", "file.bad_questionnaire"),
        (b"<!DOCTYPE d [<!ENTITY a 'b'>]><document>&a;</document>", "file.entities"),
        (dump().replace(b"<DBVersion>498", b"<DBVersion>9999999"), "file.bad_questionnaire"),
        (dump().replace(b"<questions>", b"<q>").replace(b"</questions>", b"</q>"), "file.bad_questionnaire"),
        (dump().replace(b"<qid>", b"<q>").replace(b"</qid>", b"</q>"), "file.bad_questionnaire"),
        (dump()[: len(dump()) // 2], "file.bad_questionnaire"),
    ],
)
def test_hostile_and_broken_files_are_refused_with_the_reason(content, code):
    with pytest.raises(BadFile) as error:
        from_limesurvey(content, name="x.lss")
    assert error.value.code == code
    assert error.value.place.startswith("x.lss")
