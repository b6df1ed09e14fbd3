"""Who is missing: intervals, marks that chance does not explain, small groups that stay hidden."""

import random

from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, false_discovery_control
from statsmodels.stats.proportion import proportion_confint

from viaggio.web.pulse.services.missing import Group, cuts_of


def groups(**counts: tuple[int, int]) -> list[Group]:
    """Groups by name: asked, answered."""
    return [Group(label=name, asked=asked, complete=complete) for name, (asked, complete) in counts.items()]


def test_marks_are_those_of_the_tests_of_scipy_under_benjamini_and_hochberg():
    counts = {"it": (1400, 420), "en": (430, 68), "pt": (300, 85), "es": (200, 40)}
    [cut] = cuts_of({"Language": groups(**counts)}, minimum=0)
    p = []
    for name, (asked, complete) in counts.items():
        others = [sum(v[i] for k, v in counts.items() if k != name) for i in (0, 1)]
        table = [[complete, asked - complete], [others[1], others[0] - others[1]]]
        p.append(chi2_contingency(table, correction=False).pvalue)
    called = dict(zip(counts, false_discovery_control(p) <= 0.05, strict=True))
    assert {group.label: group.far != 0 for group in cut.groups} == called
    assert {group.label: group.far for group in cut.groups if group.far} == {"it": 1, "en": -1, "es": -1}


def test_intervals_are_wilsons():
    [cut] = cuts_of({"Segment": groups(b2c=(197, 45), b2b=(24, 6))}, minimum=0)
    for group in cut.groups:
        low, high = proportion_confint(group.complete, group.asked, method="wilson")
        assert abs(group.low - low) < 1e-12
        assert abs(group.high - high) < 1e-12


def test_where_all_answer_alike_hardly_anything_is_marked():
    """Of 300 waves of 12 groups without any difference, at most 5 % have a mark, and a little by chance."""
    chance = random.Random(20)
    marked = 0
    for _ in range(300):
        made = groups(**{f"g{n}": (80, sum(chance.random() < 0.3 for _ in range(80))) for n in range(12)})
        [cut] = cuts_of({"Region": made}, minimum=0)
        marked += any(group.far for group in cut.groups)
    assert marked / 300 < 0.05 + 3 * (0.05 * 0.95 / 300) ** 0.5


@given(st.lists(st.integers(1, 60), min_size=2, max_size=12), st.integers(1, 30))
def test_a_hidden_group_can_not_be_had_by_subtraction(sizes, minimum):
    made = [Group(label=str(n), asked=size, complete=size // 2) for n, size in enumerate(sizes)]
    [cut] = cuts_of({"Region": made}, minimum=minimum)
    hidden = [group for group in cut.groups if group.hidden]
    asked = {group.label: size for group, size in zip(made, sizes, strict=True)}
    assert all(group.hidden for group in cut.groups if asked[group.label] < minimum)
    assert all(group.asked == group.complete == 0 for group in hidden)
    if hidden and len(hidden) < len(sizes):
        assert len(hidden) > 1
        assert sum(asked[group.label] for group in hidden) >= minimum


def test_one_group_alone_is_no_comparison():
    assert cuts_of({"Language": groups(it=(100, 20))}, minimum=0) == []
