"""SurveyJS: what we write is valid there, reads back the same, and what we can not carry is told."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.pulse.questionnaire.drawn import questionnaires

from viaggio.kernel import BadFile
from viaggio.pulse.bank import READY
from viaggio.pulse.questionnaire import ItemKind, check, to_json, written
from viaggio.store.questionnaires import from_surveyjs, to_surveyjs

SCHEMA = json.loads((Path(__file__).parent / "fixtures/surveyjs_definition.json").read_text())


@given(questionnaires())
def test_export_import_export_is_the_same_to_the_byte(questionnaire):
    text, _ = to_surveyjs(questionnaire)
    again, report = from_surveyjs(text)
    assert to_json(again) == to_json(questionnaire)
    assert to_surveyjs(again)[0] == text
    assert {line.code for line in report.lossy} <= set()


@given(st.sampled_from(list(READY.values())) | questionnaires())
def test_what_is_written_is_in_the_schema_of_surveyjs(questionnaire):
    data = json.loads(to_surveyjs(questionnaire)[0])
    assert set(data) - {"viaggio"} <= set(SCHEMA["properties"])
    for page in data["pages"]:
        fits(page, "page")
        for element in page["elements"]:
            fits(element, element["type"])
    for trigger in data.get("triggers", []):
        fits(trigger, f"{trigger['type']}trigger")


def known(name):
    """The properties of a definition with those that it inherits."""
    definition = SCHEMA["definitions"][name]
    found = dict(definition.get("properties", {}))
    for part in definition.get("allOf", ()):
        found |= known(part["$ref"]) if "$ref" in part else part.get("properties", {})
    return found


TYPES = {"string": str, "boolean": bool, "number": (int, float), "array": list, "object": dict}


def fits(element, name):
    """Every property is known there and of its type; texts may be in several languages."""
    properties = known(name) | {"type": {"type": "string"}}
    for key, value in element.items():
        if key == "viaggio":
            continue
        said = properties[key]
        if "enum" in said:
            assert value in said["enum"]
        elif "oneOf" in said:
            assert isinstance(value, str | dict)
        elif "type" in said and key not in {
            "min",
            "max",
        }:  # the schema says text there, numbers are meant too
            assert isinstance(value, TYPES[said["type"]]), (key, value)


FOREIGN = {
    "title": {"default": "A survey", "it": "Un sondaggio"},
    "logo": "https://example.org/logo.png",
    "pages": [
        {
            "name": "First page!",
            "elements": [
                {
                    "type": "rating",
                    "name": "Nps Score",
                    "rateMin": 0,
                    "rateMax": 10,
                    "isRequired": True,
                    "title": "How <b>likely</b>?",
                    "requiredIf": "{x} = 1",
                },
                {"type": "boolean", "name": "agree", "visibleIf": "{Nps Score} > 6"},
                {
                    "type": "panel",
                    "name": "group",
                    "visibleIf": "{agree} = true",
                    "elements": [
                        {
                            "type": "checkbox",
                            "name": "why",
                            "choices": ["price", {"value": 2, "text": "speed"}],
                            "hasOther": True,
                            "hasNone": True,
                            "visibleIf": "{Nps Score} notempty",
                        },
                    ],
                },
                {"type": "matrix", "name": "rate", "columns": ["bad", "good"], "rows": ["A b", "c"]},
                {"type": "text", "name": "age", "inputType": "number", "min": 18},
                {"type": "text", "name": "mail", "inputType": "email"},
                {"type": "signaturepad", "name": "sign"},
                {"type": "comment", "name": "order", "visibleIf": "iif({age} > 3, 1, 0)"},
                {"type": "comment", "name": "order"},
            ],
        },
        {
            "name": "second",
            "elements": [{"type": "rating", "name": "stars", "rateType": "stars", "rateCount": 4}],
        },
    ],
    "triggers": [
        {"type": "skip", "expression": "{agree} = false", "gotoName": "stars"},
        {"type": "complete", "expression": "{Nps Score} = 0"},
        {"type": "runexpression", "expression": "{age} > 1"},
    ],
}


def test_a_survey_of_others_is_carried_as_far_as_it_goes():
    survey, report = from_surveyjs(json.dumps(FOREIGN))
    assert survey.languages == ("en", "it")
    assert {item.key: str(item.kind) for item in survey.items} == {
        "nps_score": "csat",
        "agree": "single",
        "why": "multiple",
        "rate": "matrix",
        "age": "number",
        "mail": "comment",
        "order_": "comment",
        "stars": "stars",
    }
    assert survey.by_key["nps_score"].text.text("it") == "How likely?"
    assert written(survey.by_key["why"].show_if) == "{agree} = true and {nps_score} notempty"
    assert [o.key for o in survey.by_key["why"].options] == ["price", "2", "none"]
    assert [(r.key, r.text.text("it")) for r in survey.by_key["rate"].rows] == [("a_b", "A b"), ("c", "c")]
    assert survey.by_key["stars"].scale.highest == 4
    assert survey.by_key["age"].limits.lowest == 18
    assert [(written(s.when), s.to) for s in survey.by_key["nps_score"].skips] == [("{nps_score} = 0", "end")]
    assert [s.to for s in survey.by_key["agree"].skips] == ["stars"]
    assert not [f for f in check(survey) if f.stops and f.code != "logic.unknown_option"]
    told = {(line.code, line.place) for line in report.lossy}
    assert told >= {
        ("property.not_carried", "logo"),
        ("property.not_carried", "Nps Score.requiredIf"),
        ("metric.to_choose", "Nps Score"),
        ("item.as_other_kind", "agree"),
        ("panel.flattened", "group"),
        ("scale.as_points", "rate"),
        ("item.as_other_kind", "mail"),
        ("item.not_carried", "sign"),
        ("logic.not_carried", "order.visibleIf"),
        ("key.double", "order"),
        ("key.renamed", "Nps Score"),
        ("skip.not_carried", "triggers[2]"),
    }
    assert report.names["Nps Score"] == "nps_score"


def test_a_rating_from_0_to_10_is_not_taken_for_a_recommendation():
    survey, report = from_surveyjs(
        '{"elements": [{"type": "rating", "name": "q", "rateMin": 0, "rateMax": 10}]}'
    )
    assert survey.by_key["q"].kind is ItemKind.CSAT
    assert str(survey.by_key["q"].metric) == "other"
    assert "metric.to_choose" in {line.code for line in report.lossy}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        "null",
        '{"pages": 7}',
        "[" * 100_000,
        '{"elements": [{"type": "rating"}], "viaggio": 7}',
        '{"elements": [{"type": "rating", "name": "a", "viaggio": {"kind": "poem"}}]}',
    ],
)
def test_what_is_no_survey_is_refused(content):
    with pytest.raises(BadFile) as error:
        from_surveyjs(content)
    assert error.value.code == "file.bad_questionnaire"


def test_scripts_in_texts_stay_texts():
    hostile = '{"elements": [{"type": "comment", "name": "q", "title": "<script>alert(1)</script>"}]}'
    survey, _ = from_surveyjs(hostile)
    assert survey.by_key["q"].text.text("en") == "<script>alert(1)</script>"
