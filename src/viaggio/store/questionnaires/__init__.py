"""Questionnaires of other programs, read and written; answers as files.

`from_surveyjs`, `from_limesurvey` and `from_qualtrics` take a file's bytes and give the questionnaire and a
`Report` of what was not carried; `to_surveyjs` writes one. `read_questionnaire` chooses by the file's name.
`answers_csv`, `answers_json`, `answers_excel` and `answers_spss` write responses. Answers come in as files
through the landing, by the recipes `qualtrics` and `spss` or by a mapping.
"""

from viaggio.pulse.questionnaire import BadQuestionnaire, Questionnaire, from_json
from viaggio.store.importers.codes import bad_file
from viaggio.store.questionnaires.answers_out import answers_csv, answers_excel, answers_json
from viaggio.store.questionnaires.limesurvey import from_limesurvey
from viaggio.store.questionnaires.qualtrics import from_qualtrics
from viaggio.store.questionnaires.report import CODES, Lossy, Report
from viaggio.store.questionnaires.sheet import Response, sheet_names, sheet_rows
from viaggio.store.questionnaires.spss_out import answers_spss
from viaggio.store.questionnaires.surveyjs_in import from_surveyjs
from viaggio.store.questionnaires.surveyjs_out import to_surveyjs

__all__ = [
    "CODES",
    "ENDINGS",
    "Lossy",
    "Report",
    "Response",
    "answers_csv",
    "answers_excel",
    "answers_json",
    "answers_spss",
    "from_limesurvey",
    "from_qualtrics",
    "from_surveyjs",
    "read_questionnaire",
    "sheet_names",
    "sheet_rows",
    "to_surveyjs",
]

ENDINGS = (".json", ".lss", ".qsf")
"""Endings of files that can be read as questionnaires."""
_OWN = b'"viaggio.questionnaire/'


def read_questionnaire(content: bytes, name: str) -> tuple[Questionnaire, Report]:
    """A questionnaire from a file's content: our own JSON, SurveyJS, LimeSurvey or Qualtrics, by its name.

    Raises `BadFile` with the reason where it is none of them or a broken one.
    """
    ending = name.lower().rpartition(".")[2]
    if ending == "lss":
        return from_limesurvey(content, name=name)
    if ending == "qsf":
        return from_qualtrics(content, name=name)
    if ending != "json":
        raise bad_file("file.bad_questionnaire", place=name, hint=f"Known: {', '.join(ENDINGS)}.")
    if _OWN not in content[:200]:
        return from_surveyjs(content, name=name)
    try:
        return from_json(content.decode()), Report()
    except (BadQuestionnaire, UnicodeDecodeError) as error:
        raise bad_file("file.bad_questionnaire", place=f"{name}: {error}") from error
