"""The reference of questionnaires runs, and names every kind, operator and code there is."""

import re
from pathlib import Path

import pytest

from viaggio.pulse.questionnaire import CONTEXT, FAULTS, FINDINGS, SCHEMA, ItemKind
from viaggio.pulse.questionnaire.logic import Operator
from viaggio.store.questionnaires import CODES

DOCS = Path(__file__).parents[3] / "docs"
ENGLISH = (DOCS / "reference/questionnaires.md").read_text()
ITALIAN = (DOCS / "it/riferimento/questionari.md").read_text()


def test_the_examples_of_the_reference_run():
    blocks = re.findall(r"```python\n(.*?)```", ENGLISH, re.DOTALL)
    assert blocks
    for block in blocks:
        exec(compile(block, "questionnaires.md", "exec"), {})


@pytest.mark.parametrize("code", [*FINDINGS, *FAULTS, *(code for code, _ in CODES), *CONTEXT, SCHEMA])
def test_every_code_is_told(code):
    assert f"`{code}`" in ENGLISH


@pytest.mark.parametrize("kind", ItemKind)
def test_every_kind_is_told_in_both_languages(kind):
    assert f"`{kind}`" in ENGLISH
    assert f"`{kind}`" in ITALIAN


@pytest.mark.parametrize("operator", Operator)
def test_every_operator_is_told(operator):
    assert re.search(rf"`{re.escape(operator)}[` ]", ENGLISH)
