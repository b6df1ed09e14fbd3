"""Worked examples of shared incentives: each computed again by the engine, compared as exact text.

An example's inputs are partly written in words ("540 promoters, 190 detractors, n=1000"); the numbers are
read out of them. Where a table of expected rows names what goes in (a curve and a value, a year and an
amount), those cells are read and only the others are computed.
"""

from collections.abc import Callable, Mapping

from golden_cases import incentives_company, incentives_measures, incentives_pay
from golden_cases.frame import Case
from golden_cases.incentives_words import Values

CASES: Mapping[str, Callable[[Case], Values]] = {
    "E01": incentives_pay.e01,
    "E02": incentives_pay.e02,
    "E03": incentives_pay.e03,
    "E04": incentives_pay.e04,
    "E05": incentives_pay.e05,
    "E06": incentives_pay.e06,
    "E07": incentives_pay.e07,
    "E08": incentives_measures.e08,
    "E09": incentives_measures.e09,
    "E10": incentives_measures.e10,
    "E11": incentives_pay.e11,
    "E12": incentives_measures.e12,
    "E13": incentives_measures.e13,
    "E14": incentives_measures.e14,
    "E15": incentives_company.e15,
    "E16": incentives_measures.e16,
    "E17": incentives_measures.e17,
    "E18": incentives_pay.e18,
    "E19": incentives_pay.e19,
}
