"""Conditions of a questionnaire: read from text, written back, asked whether they hold."""

from viaggio.pulse.questionnaire.logic.evaluation import holds, is_empty
from viaggio.pulse.questionnaire.logic.expression import (
    All,
    AnyOf,
    Expression,
    Not,
    Operator,
    Scalar,
    Test,
    names,
    tests,
    written,
)
from viaggio.pulse.questionnaire.logic.parser import BadExpression, parsed

__all__ = [
    "All",
    "AnyOf",
    "BadExpression",
    "Expression",
    "Not",
    "Operator",
    "Scalar",
    "Test",
    "holds",
    "is_empty",
    "names",
    "parsed",
    "tests",
    "written",
]
