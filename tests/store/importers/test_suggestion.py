"""A proposed mapping says what it sees, asks what it can not see, and reads once it is answered."""

# ruff: noqa: DTZ001 -- times without a zone are what is tested

import csv
from pathlib import Path

import pytest

from viaggio.kernel import BadMapping
from viaggio.store.importers import mapping_reader, read_mapping, suggest


def _file(tmp_path: Path, rows: list[list[str]], *, delimiter: str = ";", encoding: str = "utf-8") -> Path:
    path = tmp_path / "dati.csv"
    with path.open("w", newline="", encoding=encoding) as out:
        csv.writer(out, delimiter=delimiter).writerows(rows)
    return path


def _orders(*dates: str) -> list[list[str]]:
    rows = [
        [f"N{at}", f"C{at}", f"c{at}@example.it", date, f"1.00{at},50", "sito"]
        for at, date in enumerate(dates)
    ]
    return [["Numero ordine", "Cliente", "E-mail", "Data ordine", "Importo totale", "Canale"], *rows]


def _taken(path: Path, text: str, table: str) -> list[dict[str, object]]:
    rows = []
    for batch in mapping_reader({path.name: path}, read_mapping(text)).batches():
        assert batch.rejects == ()
        if batch.table == table and batch.rows is not None:
            rows += batch.rows.to_pylist()
    return rows


def test_italian_orders_are_recognised_and_read(tmp_path):
    path = _file(tmp_path, _orders("01/02/2018 9:05", "25/12/2018 10:00"), encoding="cp1252")
    found = suggest(path)
    assert found.tables[0] == "orders"
    assert found.questions == ()
    assert "25/12/2018 10:00 settles the order of day and month" in found.text
    first = _taken(path, found.text, "orders")[0]
    assert (first["id"], first["customer_number"], first["email"]) == ("N0", "C0", "c0@example.it")
    assert (first["total_cents"], first["currency"], first["channel"]) == (100050, "EUR", "web")
    assert first["ordered_at"].isoformat() == "2018-02-01T08:05:00+00:00"


def test_a_date_that_can_be_read_two_ways_is_asked_not_guessed(tmp_path):
    path = _file(tmp_path, _orders("1/2/2018 9:05", "3/4/2018 10:00"))
    found = suggest(path)
    (question,) = found.questions
    assert question.code == "question.day_or_month_first"
    assert question.column == "Data ordine"
    assert question.choices == ('"%d/%m/%Y %H:%M"', '"%m/%d/%Y %H:%M"')
    assert "1/2/2018 9:05" in question.examples
    with pytest.raises(BadMapping, match="still open"):
        read_mapping(found.text)
    for choice, month in (("%d/%m/%Y %H:%M", 2), (question.choices[1], 1)):
        text = found.answered({question.key: choice})
        assert _taken(path, text, "orders")[0]["ordered_at"].month == month


def test_two_formats_in_one_column_are_asked(tmp_path):
    path = _file(tmp_path, _orders("13/02/2018", "2018-02-14"))
    found = suggest(path)
    (question,) = found.questions
    assert question.code == "question.date_format"
    days = [
        row["ordered_at"].day
        for row in _taken(path, found.answered({question.key: question.choices[0]}), "orders")
    ]
    assert days == [12, 13]  # midnight in Rome


def test_a_number_that_can_be_read_two_ways_is_asked(tmp_path):
    rows = _orders("25/12/2018", "26/12/2018")
    for row in rows[1:]:
        row[4] = "1.234"
    path = _file(tmp_path, rows)
    found = suggest(path)
    (question,) = found.questions
    assert question.code == "question.decimal"
    assert _taken(path, found.answered({question.key: ","}), "orders")[0]["total_cents"] == 123400


def test_codes_that_are_not_known_are_asked_one_by_one(tmp_path):
    rows = _orders("25/12/2018", "26/12/2018", "27/12/2018")
    rows[2][5] = "piccione"
    found = suggest(_file(tmp_path, rows))
    (question,) = found.questions
    assert (question.code, question.examples) == ("question.codes", ("piccione",))
    assert '"post"' in question.choices
    assert read_mapping(found.answered({question.key: "post"}))


def test_a_survey_with_two_ratings_and_a_comment_feeds_answers_and_texts(tmp_path):
    header = [
        "ID risposta",
        "Codice cliente",
        "Data risposta",
        "Ci consiglierebbe (NPS)",
        "Soddisfazione CSAT",
        "Commento",
    ]
    rows = [
        [
            f"R{at}",
            f"C{at}",
            f"{at + 10}/03/2024",
            str(at % 11),
            str(at % 5 + 1),
            "" if at % 2 else "tutto bene, grazie",
        ]
        for at in range(20)
    ]
    path = _file(tmp_path, [header, *rows])
    found = suggest(path)
    assert found.questions == ()
    answers = _taken(path, found.text, "answers")
    assert {row["metric"] for row in answers} == {"nps", "csat"}
    assert len(answers) == len({row["id"] for row in answers}) == 40
    assert {(row["metric"], row["scale_min"], row["scale_max"]) for row in answers} == {
        ("nps", 0, 10),
        ("csat", 1, 5),
    }
    texts = _taken(path, found.text, "texts")
    assert [row["kind"] for row in texts] == ["answer"] * 10


def test_needed_columns_without_a_source_are_asked_with_their_choices(tmp_path):
    rows = [["id evento", "cliente", "data", "evento", "canale"]]
    rows += [[f"E{at}", f"C{at}", f"2024-01-{at + 10} 10:00", "carrello", "app"] for at in range(5)]
    path = _file(tmp_path, rows, delimiter=",")
    found = suggest(path)
    assert found.tables[0] == "interactions"
    assert [(q.code, q.key) for q in found.questions] == [
        ("question.needed", "interactions.phase"),
        ("question.needed", "interactions.moment"),
    ]
    text = found.answered({"interactions.phase": "purchase", "interactions.moment": "during"})
    assert _taken(path, text, "interactions")[0]["phase"] == "purchase"


def test_rows_without_an_id_are_known_by_their_content_and_the_text_says_so(tmp_path):
    rows = [row[1:] for row in _orders("25/12/2018", "26/12/2018")]
    found = suggest(_file(tmp_path, rows), table="orders")
    assert "known by their content" in found.text


def test_lines_above_the_header_are_found(tmp_path):
    path = _file(tmp_path, [["Estrazione"], [], *_orders("25/12/2018", "26/12/2018")])
    found = suggest(path)
    assert "header = 3" in found.text
    assert len(_taken(path, found.text, "orders")) == 2


def test_a_column_named_to_break_the_text_does_not(tmp_path):
    nasty = 'a"\n"?" = \\ {x}'
    rows = [[*row, "z"] for row in _orders("25/12/2018", "26/12/2018")]
    rows[0][-1] = nasty
    path = _file(tmp_path, rows)
    found = suggest(path)
    assert found.questions == ()
    assert len(_taken(path, found.text, "orders")) == 2


def test_typed_dates_and_numbers_of_a_workbook_need_no_format(tmp_path):
    import datetime as dt

    import openpyxl

    path = tmp_path / "ordini.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["Ordine", "Cliente", "Data ordine", "Totale"])
    book.active.append(["N1", "C1", dt.datetime(2024, 7, 1, 9, 5), 1234.5])
    book.active.append(["N2", "C2", dt.datetime(2024, 7, 2, 9, 5), 0.1 + 0.2])
    book.save(path)
    found = suggest(path)
    assert found.questions == ()
    rows = _taken(path, found.text, "orders")
    assert [row["total_cents"] for row in rows] == [123450, 30]
    assert rows[0]["ordered_at"].isoformat() == "2024-07-01T07:05:00+00:00"
