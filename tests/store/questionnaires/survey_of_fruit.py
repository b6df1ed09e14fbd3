"""A small Qualtrics survey with every shape that is carried, and answers to it with known counts."""

import json
from typing import Any

FRUIT = {"1": "Apple", "2": "Pear", "3": "Other", "4": "I eat no fruit"}


def question(number: int, kind: str, selector: str, **more: Any) -> dict[str, Any]:
    """One question element."""
    payload = {
        "QuestionText": f"Question <b>{number}</b>?",
        "DataExportTag": f"Q{number}",
        "QuestionType": kind,
        "Selector": selector,
        "QuestionID": f"QID{number}",
        "Validation": {"Settings": {"ForceResponse": "OFF"}},
        "Language": [],
        **more,
    }
    return {"Element": "SQ", "PrimaryAttribute": f"QID{number}", "Payload": payload}


def shown(texts: dict[str, str]) -> dict[str, Any]:
    """Choices from their words."""
    return {number: {"Display": text} for number, text in texts.items()}


def chosen(number: int, choice: str, operator: str = "Selected") -> dict[str, Any]:
    """Display logic that asks for one choice."""
    locator = f"q://QID{number}/SelectableChoice/{choice}"
    test = {"LogicType": "Question", "Operator": operator, "LeftOperand": locator, "Type": "Expression"}
    return {"0": {"0": test, "Type": "If"}, "Type": "BooleanExpression"}


MATRIX_ANSWERS = shown({"1": "Bad", "2": "Fair", "3": "Good", "4": "No opinion"})
QUESTIONS = [
    question(
        1,
        "MC",
        "SAVR",
        Choices=shown(FRUIT) | {"3": {"Display": "Other", "TextEntry": "true"}},
        ChoiceOrder=["2", "1", "3", "4"],
        RecodeValues={"1": "10", "2": "20", "3": "30", "4": "-1"},
        Validation={"Settings": {"ForceResponse": "ON"}},
        Language={"IT": {"QuestionText": "Domanda 1?", "Choices": shown({"1": "Mela", "2": "Pera"})}},
    ),
    question(
        2,
        "MC",
        "MAVR",
        Choices=shown({"1": "Morning", "2": "Noon", "3": "Never"}),
        RecodeValues={"1": "1", "2": "2", "3": "-1"},
        DisplayLogic=chosen(1, "4", "NotSelected"),
    ),
    question(3, "MC", "NPS", Choices=shown({str(n): str(n) for n in range(11)})),
    question(
        4,
        "Matrix",
        "Likert",
        SubSelector="SingleAnswer",
        Choices=shown({"1": "Taste", "2": "Price"}),
        Answers=MATRIX_ANSWERS,
        AnswerOrder=["1", "2", "3", "4"],
        ChoiceDataExportTags={"1": "taste", "2": "price"},
        RecodeValues={"1": "1", "2": "10", "3": "100", "4": "-9"},
    ),
    question(
        5,
        "SBS",
        "SBSMatrix",
        Choices=shown({"1": "Shop", "2": "Web"}),
        AdditionalQuestions={
            "1": {
                "QuestionText": "Quick?",
                "QuestionType": "Matrix",
                "Selector": "Likert",
                "SubSelector": "SingleAnswer",
                "DataExportTag": "Q5#1",
                "Choices": shown({"1": "Shop", "2": "Web"}),
                "Answers": shown({"1": "No", "2": "Yes"}),
                "RecodeValues": [],
                "ChoiceDataExportTags": False,
            },
            "2": {
                "QuestionText": "Bought?",
                "QuestionType": "Matrix",
                "Selector": "Likert",
                "SubSelector": "MultipleAnswer",
                "DataExportTag": "Q5#2",
                "Choices": shown({"1": "Shop", "2": "Web"}),
                "Answers": shown({"1": "Figs", "2": "Dates"}),
                "RecodeValues": [],
                "ChoiceDataExportTags": False,
            },
        },
    ),
    question(6, "TE", "ESTB"),
    question(
        7,
        "Slider",
        "HSLIDER",
        Choices=shown({"1": "Ripe"}),
        Configuration={"CSSliderMin": 0, "CSSliderMax": 100},
    ),
    question(8, "RO", "DND", Choices=shown({"1": "Sweet", "2": "Cheap", "3": "Local"})),
    question(9, "DB", "TB"),
]


def block(identity: str, *elements: Any, **more: Any) -> dict[str, Any]:
    """A block of questions and page breaks."""
    listed = [e if isinstance(e, dict) else {"Type": "Question", "QuestionID": f"QID{e}"} for e in elements]
    return {"Type": "Standard", "ID": identity, "BlockElements": listed, **more}


SKIP = {
    "Type": "Question",
    "QuestionID": "QID3",
    "SkipLogic": [
        {
            "ChoiceLocator": "q://QID3/SelectableChoice/10",
            "Condition": "Selected",
            "SkipToDestination": "ENDOFSURVEY",
        },
        {
            "ChoiceLocator": "q://QID3/SelectableChoice/9",
            "Condition": "Selected",
            "SkipToDestination": "ENDOFBLOCK",
        },
    ],
}
FLOW = [
    {"Type": "Block", "ID": "BL_1", "FlowID": "FL_1"},
    {
        "Type": "Branch",
        "FlowID": "FL_2",
        "BranchLogic": chosen(1, "1"),
        "Flow": [{"Type": "Block", "ID": "BL_2", "FlowID": "FL_3"}],
    },
    {
        "Type": "Branch",
        "FlowID": "FL_4",
        "BranchLogic": {
            "0": {
                "0": {"LogicType": "DeviceType", "Operator": "Is", "Description": "If <b>Mobile</b>"},
                "Type": "If",
            },
            "Type": "BooleanExpression",
        },
        "Flow": [{"Type": "Block", "ID": "BL_3", "FlowID": "FL_5"}],
    },
    {"Type": "EmbeddedData", "FlowID": "FL_6"},
]


def survey() -> bytes:
    """The survey as a `.qsf`."""
    blocks = [
        block("BL_1", 1, 2, {"Type": "Page Break"}, SKIP),
        block("BL_2", 4, 5),
        block("BL_3", 6, 7, 8, 9),
        {"Type": "Trash", "ID": "BL_9", "BlockElements": [{"Type": "Question", "QuestionID": "QID99"}]},
    ]
    return json.dumps(
        {
            "SurveyEntry": {"SurveyName": "Fruit", "SurveyLanguage": "EN"},
            "SurveyElements": [
                {"Element": "BL", "Payload": blocks},
                {"Element": "FL", "Payload": {"Type": "Root", "Flow": FLOW}},
                {"Element": "SO", "Payload": {"AvailableLanguages": {"EN": [], "IT": []}}},
                *QUESTIONS,
            ],
        }
    ).encode()


COLUMNS = (
    *("StartDate", "EndDate", "Status", "IPAddress", "Finished", "RecordedDate", "ResponseId"),
    *("ExternalReference", "UserLanguage", "Q1", "Q1_30_TEXT", "Q2_1", "Q2_2", "Q2_-1", "Q3", "Q3_NPS_GROUP"),
    *(
        "Q4_taste",
        "Q4_price",
        "Q5#1_1",
        "Q5#1_2",
        "Q5#2_1_1",
        "Q5#2_1_2",
        "Q6",
        "Q7_1",
        "Q8_1",
        "Q8_2",
        "Q8_3",
    ),
    "Segment",
)
TIME = "2026-03-01 10:00:00"


def line(
    identity: str, *, status: str = "0", customer: str = "", language: str = "EN", **answers: str
) -> list[str]:
    """One row; answers by column, with `_` for `#` and `m` for `-` in the names."""
    named = {name.replace("__", "#").replace("_m1", "_-1"): value for name, value in answers.items()}
    first = [TIME, TIME, status, "192.0.2.1", "1", TIME, identity, customer, language]
    return first + [named.get(column, "") for column in COLUMNS[9:]]


ROWS = [
    line(
        "R_1",
        customer="C17",
        language="IT",
        Q1="10",
        Q2_1="1",
        Q2_2="1",
        Q3="10",
        Q3_NPS_GROUP="3",
        Q4_taste="100",
        Q4_price="-9",
        Q5__1_1="2",
        Q5__2_1_2="1",
        Q6="Più fichi",
        Q7_1="40",
        Q8_1="2",
        Q8_2="1",
        Q8_3="3",
        Segment="gold",
    ),
    line("R_2", Q1="Apple", Q2_2="Noon", Q3="0", Q4_taste="Bad", Q4_price="Fair"),
    line("R_3", Q1="30", Q1_30_TEXT="Figs", Q2_m1="1", Q3="7"),
    line("R_4", Q1="-1", Q3="9"),
    line("R_5"),
    line("R_6", status="1", Q1="10"),
    line("R_7", Q1="11"),
    line("R_8", Q3="11"),
]
