"""A LimeSurvey dump with every shape that is carried or told, in the new form and in the old one."""

from xml.sax.saxutils import escape

LANGUAGES = ("it", "en", "he")
TITLES = {"it": "Sondaggio", "en": "Survey", "he": "סקר"}
OPTIONS = {"A1": {"it": "Mela", "en": "Apple", "he": "תפוח"}, "A2": {"it": "Pera", "en": "Pear", "he": "אגס"}}
ANDED = "grid_r1.NAOK == 'Y' && 77X1X2.NAOK == '-oth-'"
QUESTIONS = (
    # qid, type, code, english text, relevance, subquestions
    (1, "5", "five", "How was it?", "1", ()),
    (2, "L", "list", "Which fruit?", "1", ()),
    (3, "M", "many", "Which ones?", '((list.NAOK == "A1")) and (five.NAOK >= 4)', ("SQ1", "SQ2")),
    (4, "R", "rank", "In which order?", 'many_SQ1.NAOK == "Y" or !is_empty(list.NAOK)', ()),
    (5, "N", "num", "How many?", "1", ()),
    (6, "D", "date", "When?", "", ()),
    (7, "T", "text", "<script>alert('x')</script>", "sum(five) > count(list)", ()),
    (8, "C", "grid", "Do you agree?", "1", ("r1", "r2")),
    (9, "Y", "yn", "Are you <a href='https://example.org'>sure</a>?<script>alert(1)</script>", ANDED, ()),
    (10, "Q", "two", "Say more", "1", ("a", "b")),
    (11, "1", "dual", "Twice", "1", ("x",)),
    (12, "O", "list", "Which fruit again?", "1", ()),
    (13, "X", "head", "Just words", "1", ()),
    (14, "*", "calc", "{five * 2}", "1", ()),
    (15, "T", "secret", "Hidden", "1", ()),
)
ANSWERED = {2: 0, 4: 0, 11: 2, 12: 0}
ATTRIBUTES = {(3, "exclude_all_others"): "SQ2", (15, "hidden"): "1", (3, "max_answers"): "2"}


def _row(**cells: object) -> str:
    inside = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in cells.items())
    return f"<row>{inside}</row>"


def _table(name: str, rows: list[str]) -> str:
    return f"<{name}><fields/><rows>{''.join(rows)}</rows></{name}>" if rows else ""


def _words(number: int, english: str) -> dict[str, str]:
    if number == 5:
        return {"en": english, "it": "Quanti?"}  # one language is missing
    return {"en": english, "it": english if "<" in english else f"it {english}", "he": english}


def _common() -> list[str]:
    settings = [
        _row(surveyls_language=language, surveyls_title=TITLES[language], surveyls_welcometext="<p>Ciao</p>")
        for language in LANGUAGES
    ]
    attributes = [_row(qid=qid, attribute=name, value=value) for (qid, name), value in ATTRIBUTES.items()]
    return [
        _table("surveys", [_row(sid=77, language="it", additional_languages="en he")]),
        _table("surveys_languagesettings", settings),
        _table("question_attributes", attributes),
        _table("quota", [_row(id=1, name="young")]),
    ]


def _document(version: int, tables: list[str]) -> bytes:
    languages = "".join(f"<language>{language}</language>" for language in LANGUAGES)
    head = f"<LimeSurveyDocType>Survey</LimeSurveyDocType><DBVersion>{version}</DBVersion>"
    return f"<document>{head}<languages>{languages}</languages>{''.join(tables)}</document>".encode()


def _answers() -> list[tuple[int, int, str, int]]:
    """Number, question, code, scale of every answer."""
    found = []
    for qid, scales in ANSWERED.items():
        for scale in range(max(scales, 1)):
            found += [(qid, code, scale) for code in OPTIONS]
    return [(number, *one) for number, one in enumerate(found, start=900)]


def dump() -> bytes:
    """The new form: texts of all languages in tables of their own."""
    questions, words = [], []
    for order, (qid, kind, code, text, relevance, parts) in enumerate(QUESTIONS):
        questions.append(
            _row(
                qid=qid,
                parent_qid=0,
                gid=1,
                type=kind,
                title=code,
                other="Y" if qid == 2 else "N",
                mandatory="N",
                question_order=order,
                relevance=relevance,
            )
        )
        words += [_row(qid=qid, question=t, help="", language=lang) for lang, t in _words(qid, text).items()]
        for at, part in enumerate(parts):
            number = qid * 100 + at
            questions.append(_row(qid=number, parent_qid=qid, gid=1, type="T", title=part, question_order=at))
            words += [_row(qid=number, question=f"{lang} {part}", language=lang) for lang in LANGUAGES]
    answers = [_row(aid=a, qid=q, code=c, sortorder=a, scale_id=s) for a, q, c, s in _answers()]
    said = [
        _row(aid=a, answer=OPTIONS[c][lang], language=lang) for a, _, c, _ in _answers() for lang in LANGUAGES
    ]
    return _document(
        498,
        [
            *_common(),
            _table("groups", [_row(gid=1, group_order=1, grelevance="")]),
            _table("group_l10ns", [_row(gid=1, group_name="Uno", language=lang) for lang in LANGUAGES]),
            _table("questions", questions),
            _table("question_l10ns", words),
            _table("answers", answers),
            _table("answer_l10ns", said),
        ],
    )


def old_dump() -> bytes:
    """The old form: a row for each language, subquestions and conditions in tables of their own."""
    questions, parts_rows = [], []
    for order, (qid, kind, code, text, relevance, parts) in enumerate(QUESTIONS):
        for lang, said in _words(qid, text).items():
            questions.append(
                _row(
                    qid=qid,
                    parent_qid=0,
                    gid=1,
                    type=kind,
                    title=code,
                    question=said,
                    help="",
                    other="Y" if qid == 2 else "N",
                    mandatory="N",
                    question_order=order,
                    language=lang,
                    relevance=relevance,
                )
            )
            parts_rows += [
                _row(
                    qid=qid * 100 + at,
                    parent_qid=qid,
                    gid=1,
                    type="T",
                    title=part,
                    question=f"{lang} {part}",
                    question_order=at,
                    language=lang,
                )
                for at, part in enumerate(parts)
            ]
    answers = [
        _row(qid=q, code=c, answer=OPTIONS[c][lang], sortorder=a, language=lang, scale_id=s)
        for a, q, c, s in _answers()
        for lang in LANGUAGES
    ]
    conditions = [
        _row(cid=n, qid=5, scenario=1, cqid=2, cfieldname="77X1X2", method="==", value=value)
        for n, value in enumerate(("A1", "A2"))
    ]
    groups = [_row(gid=1, group_name="Uno", group_order=1, language=lang) for lang in LANGUAGES]
    return _document(
        155,
        [
            *_common(),
            _table("groups", groups),
            _table("questions", questions),
            _table("subquestions", parts_rows),
            _table("answers", answers),
            _table("conditions", conditions),
        ],
    )
