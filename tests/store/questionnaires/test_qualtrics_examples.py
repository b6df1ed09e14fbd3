"""Two published Qualtrics surveys: all choice counts of 31 answers, and the result tables of 10 others.

The 31 answers are those of the "Long & Exhaustive Sample Survey" of QualtricsTools; what is compared is a
plain count of the file's own cells, and the base of 27 that the package's table for Q16 has. The 10 answers
are those of its "Better Sample Survey", whose tables its tests spell out (in tests/testthat,
test_results_generation.R and test_mcsa_question_processing.R).
"""

import csv
import json
from collections import Counter
from pathlib import Path

import pytest
from tests.store.questionnaires.survey_of_fruit import block, question, shown

from viaggio.store.recipes import recipe_reader

FIXTURES = Path(__file__).parent / "fixtures"
COLOURS = {"O": "16753920", "Y": "16776960", "P": "16738740", "B": "255", "W": "1677721500000000"}
RECODED = dict(zip("12345", COLOURS.values(), strict=True))
FOODS = {"1": "130", "2": "50", "3": "7", "4": "113", "5": "155", "6": "139"}
TIME = "2016-07-28 12:53:17"
META = ("ResponseID", "StartDate", "EndDate", "Status")
META_IDS = ("responseId", "startDate", "endDate", "status")


def numbers(most):
    return {str(n): f"choice {n}" for n in range(1, most + 1)}


def words_at(choices, *taking: str):
    return {n: one | ({"TextEntry": "true"} if n in taking else {}) for n, one in shown(choices).items()}


def single(number, most, tag=None, **more):
    return question(
        number, "MC", "SAVR", Choices=shown(numbers(most)), DataExportTag=tag or f"Q{number}", **more
    )


def several(number, most, tag=None, **more):
    return question(
        number, "MC", "MAVR", **({"Choices": shown(numbers(most))} | more), DataExportTag=tag or f"Q{number}"
    )


def matrix(number, rows, answers, part="SingleAnswer", **more):
    return question(
        number,
        "Matrix",
        "Likert",
        SubSelector=part,
        Choices=shown(numbers(rows)),
        Answers=shown(numbers(answers)),
        **more,
    )


TAGS = {"1": "cucumbers", "2": "pomegranates", "3": "mangos", "4": "snozzberries"}
HUNDREDS = {"1": "1", "2": "10", "3": "100", "4": "-1", "5": "-2"}
LONG = [
    single(2, 7),
    single(10, 7),
    single(11, 7),
    single(3, 1),
    single(4, 5, "q4_colored_fruit"),
    single(5, 5, RecodeValues=RECODED),
    question(6, "MC", "SAVR", Choices=words_at(numbers(5), "5"), RecodeValues=RECODED),
    question(7, "MC", "SAVR", Choices=words_at(numbers(5), "3", "4", "5"), RecodeValues=RECODED),
    several(9, 6),
    several(21, 6),
    several(13, 6, "q13_family_food"),
    several(14, 6, RecodeValues=FOODS),
    several(15, 7, RecodeValues=FOODS | {"7": "-1"}),
    several(16, 8, Choices=words_at(numbers(8), "8"), RecodeValues=FOODS | {"7": "-1", "8": "-2"}),
    several(12, 1),
    matrix(8, 4, 3),
    matrix(39, 4, 3),
    matrix(27, 4, 3),
    matrix(23, 4, 3, ChoiceDataExportTags=TAGS),
    matrix(24, 4, 3, ChoiceDataExportTags=TAGS, RecodeValues={"1": "1", "2": "10", "3": "100"}),
    matrix(25, 4, 5, ChoiceDataExportTags=TAGS, RecodeValues=HUNDREDS),
    question(
        26,
        "Matrix",
        "Likert",
        SubSelector="SingleAnswer",
        Choices=words_at(numbers(5), "5"),
        Answers=shown(numbers(5)),
        RecodeValues=HUNDREDS,
        ChoiceDataExportTags=TAGS | {"5": "Q26_5"},
    ),
    matrix(22, 4, 3, RecodeValues={"1": "1", "2": "10", "3": "100"}),
    matrix(20, 1, 3),
]
SINGLES = ("Q2", "Q10", "Q11", "Q3", "q4_colored_fruit", "Q5", "Q6", "Q7")
BLOCKS = {
    "Q9": numbers(6),
    "Q21": numbers(6),
    "q13_family_food": numbers(6),
    "Q14": FOODS,
    "Q15": FOODS | {"7": "-1"},
    "Q16": FOODS | {"7": "-1", "8": "-2"},
}
GRIDS = {
    "Q8": "1234",
    "Q39": "1234",
    "Q27": "1234",
    "Q23": TAGS.values(),
    "Q24": TAGS.values(),
    "Q25": TAGS.values(),
    "Q26": [*TAGS.values(), "Q26_5"],
}
COLUMNS = [
    *SINGLES[:7],
    "Q6_TEXT",
    "Q7",
    "Q7_TEXT",
    *(
        f"{tag}_{n if tag in ('Q9', 'Q21', 'q13_family_food') else code}"
        for tag, codes in BLOCKS.items()
        for n, code in codes.items()
    ),
    "Q16_-2_TEXT",
    "Q12_1",
    *(f"{tag}_{row}" for tag, rows in GRIDS.items() for row in rows),
    "Q26_Q26_5_TEXT",
    *(f"Q22_{row}" for row in "1234"),
    "Q20_1",
]


def survey(questions):
    numbers_of = [q["PrimaryAttribute"].removeprefix("QID") for q in questions]
    return json.dumps(
        {
            "SurveyEntry": {"SurveyName": "Sample", "SurveyLanguage": "EN"},
            "SurveyElements": [{"Element": "BL", "Payload": [block("BL_1", *numbers_of)]}, *questions],
        }
    )


def export(folder, questions, columns, answers):
    """The files as Qualtrics wrote them in 2016: names, questions, import ids in single quotes."""
    (folder / "sample.qsf").write_text(survey(questions))
    with (folder / "sample.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow([*META, *columns])
        rows.writerow([*META, *(f"The question of {column}" for column in columns)])
        rows.writerow([f"{{'ImportId': '{one}'}}" for one in (*META_IDS, *columns)])
        rows.writerows([name, TIME, TIME, "2", *cells] for name, cells in answers)
    batches = list(
        recipe_reader("qualtrics", {p.name: p for p in folder.iterdir()}, {"tests": "yes"}).batches()
    )
    assert [reject for batch in batches for reject in batch.rejects] == []
    taken = [
        batch.rows.to_pylist() for batch in batches if batch.rows is not None and batch.table == "answers"
    ]
    return [row for rows in taken for row in rows]


@pytest.fixture(scope="module")
def cells():
    """The 31 answers: response, and cell by column."""
    lines = (FIXTURES / "qualtrics_31.txt").read_text().splitlines()
    parted = [line.split("|") for line in lines if not line.startswith("#")]
    found = {}
    for name, first, rest in parted:
        values = [COLOURS.get(cell, cell) for cell in first.split(",")] + rest.split(",")
        found[name] = dict(zip(COLUMNS, values, strict=True))
    return found


@pytest.fixture(scope="module")
def facts(cells, tmp_path_factory):
    folder = tmp_path_factory.mktemp("long")
    return export(folder, LONG, COLUMNS, [(name, row.values()) for name, row in cells.items()])


def counted(facts, item):
    return Counter(row["value"] for row in facts if row["item"] == item)


def test_all_31_answers_are_taken(cells, facts):
    assert len(cells) == 31
    assert {row["response"] for row in facts} == set(cells)


@pytest.mark.parametrize("tag", [tag for tag in SINGLES if tag != "Q3"])
def test_single_choices_are_counted_as_in_the_file(cells, facts, tag):
    order = list(COLOURS.values()) if tag in {"Q5", "Q6", "Q7"} else list("1234567")
    plain = Counter(float(order.index(row[tag]) + 1) for row in cells.values())
    assert counted(facts, tag.lower()) == plain
    assert plain.total() == 31


@pytest.mark.parametrize("tag", BLOCKS)
def test_several_choices_are_counted_as_in_the_file(cells, facts, tag):
    for number, code in BLOCKS[tag].items():
        if code.startswith("-"):
            continue
        column = f"{tag}_{number if tag in {'Q9', 'Q21', 'q13_family_food'} else code}"
        option = column.removeprefix(f"{tag}_")
        plain = sum(row[column] == "1" for row in cells.values())
        assert counted(facts, f"{tag.lower()}.{option}")[1.0] == plain


def test_negative_recode_values_leave_the_base(facts):
    assert counted(facts, "q16.130").total() == 27
    assert counted(facts, "q9.1").total() == 31


@pytest.mark.parametrize("tag", ["Q8", "Q27", "Q23", "Q24", "Q25", "Q26"])
def test_ratings_are_counted_as_in_the_file(cells, facts, tag):
    codes = (
        {"1": 1.0, "10": 2.0, "100": 3.0} if tag in {"Q24", "Q25", "Q26"} else {"1": 1.0, "2": 2.0, "3": 3.0}
    )
    for row in GRIDS[tag]:
        plain = Counter(codes[r[f"{tag}_{row}"]] for r in cells.values() if r[f"{tag}_{row}"] in codes)
        item = f"{tag.lower()}.{'r' + row if row.isdigit() else row.lower()}"
        assert counted(facts, item) == plain
        assert plain.total() > 0


# --- ten answers whose tables are spelt out ---------------------------------------------------------------

BETTER = [
    matrix(
        4,
        3,
        3,
        "MultipleAnswer",
        DataExportTag="q1_recent",
        ChoiceDataExportTags={n: f"q1_recent_{n}" for n in "123"},
    ),
    single(1, 3, "q2_favorite"),
    several(5, 4, "q3_volunteer"),
    matrix(2, 3, 4, DataExportTag="q4_rank", RecodeValues={"1": "1", "2": "2", "3": "3", "4": "-1"}),
]
BETTER_COLUMNS = [
    *(f"q1_recent_q1_recent_{row}_{column}" for row in "123" for column in "123"),
    "q2_favorite",
    *(f"q3_volunteer_{n}" for n in "1234"),
    *(f"q4_rank_{n}" for n in "123"),
]
TEN = (
    "1,1,1,,1,1,,1,1,1,,,,,,,",
    "1,1,1,1,1,1,,1,1,1,,,,,,,",
    "1,,1,1,1,,1,,1,2,,,,1,2,2,1",
    ",1,1,,1,1,1,1,1,3,,,,1,2,3,-1",
    ",1,1,1,1,,1,1,1,1,,,,,,,",
    "1,,,1,1,1,1,,,2,,,,1,2,2,3",
    "1,1,1,1,1,1,1,1,1,2,1,,1,,3,3,-1",
    "1,1,,1,1,1,1,1,1,2,,,,1,1,2,2",
    ",1,1,1,1,1,1,,,2,,,,1,-1,-1,-1",
    "1,1,,1,1,1,,,1,1,,,,,,,",
)


@pytest.fixture(scope="module")
def ten(tmp_path_factory):
    rows = [(f"R_{at}", line.split(",")) for at, line in enumerate(TEN)]
    return export(tmp_path_factory.mktemp("better"), BETTER, BETTER_COLUMNS, rows)


def test_the_table_of_a_single_choice(ten):
    assert counted(ten, "q2_favorite") == {1.0: 4, 2.0: 5, 3.0: 1}


def test_the_table_of_several_choices(ten):
    chosen = [counted(ten, f"q3_volunteer.{n}") for n in "1234"]
    assert [c[1.0] for c in chosen] == [1, 0, 1, 5]
    assert [f"{100 * c[1.0] / c.total():.1f}%" for c in chosen] == ["16.7%", "0.0%", "16.7%", "83.3%"]


def test_the_table_of_ratings_with_an_answer_outside_the_base(ten):
    rated = [counted(ten, f"q4_rank.r{n}") for n in "123"]
    assert [c.total() for c in rated] == [5, 5, 3]
    shares = [[f"{100 * c[value] / c.total():.1f}%" for c in rated] for value in (1.0, 2.0, 3.0)]
    assert shares == [["20.0%", "0.0%", "33.3%"], ["60.0%", "60.0%", "33.3%"], ["20.0%", "40.0%", "33.3%"]]
    outside = [json.loads(row["properties"] or "{}").get("not_applicable", ()) for row in ten]
    assert sum("q4_rank.r3" in names for names in outside) == 3


def test_the_table_of_ticks_in_a_matrix(ten):
    def share(row, column):
        found = counted(ten, f"q1_recent_q1_recent_{row}.{column}")
        assert found.total() == 10
        return 10 * found[1.0]

    assert [[share(row, column) for row in "123"] for column in "123"] == [
        [70, 80, 70],
        [80, 100, 60],
        [70, 80, 80],
    ]
