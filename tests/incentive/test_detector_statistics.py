"""The statistics of the detectors against brute force, simulation, and other libraries."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon
from scipy.stats import binomtest, false_discovery_control, fisher_exact

from viaggio.incentive.detectors import Detector, Limits
from viaggio.incentive.detectors.alike import Texts, clusters, words_of
from viaggio.incentive.detectors.audit import Audited, audit
from viaggio.incentive.detectors.bunching import Reached, bunching
from viaggio.incentive.detectors.bursts import fullest_window, scan_tail
from viaggio.incentive.detectors.coverage import Invited, coverages
from viaggio.incentive.detectors.duplicates import Given, duplicates
from viaggio.incentive.detectors.model import Count, Votes
from viaggio.incentive.detectors.permutation import chance_of, permutation_p
from viaggio.incentive.detectors.pleas import tells_of_a_plea
from viaggio.incentive.detectors.rates import excess, higher
from viaggio.incentive.detectors.shift import _alarm, jensen_shannon
from viaggio.incentive.detectors.staff import Answered, Staff, staff_answers
from viaggio.incentive.detectors.suppression import suppression
from viaggio.incentive.detectors.timing import Timed, timing
from viaggio.incentive.detectors.triangulation import Compared, triangulation

LIMITS = Limits()
DAY = 86_400_000_000


# --- shares and scores -----------------------------------------------------------------------------------


@given(st.integers(0, 12), st.integers(1, 40), st.integers(0, 60), st.integers(1, 400))
def test_an_excess_is_as_likely_as_the_more_careful_of_two_exact_tests_says(hits, n, others, base):
    own, rest = Count(min(hits, n), n), Count(min(others, base), base)
    p = excess(own, rest)
    fisher = fisher_exact(
        [[own.hits, own.n - own.hits], [rest.hits, rest.n - rest.hits]], alternative="greater"
    ).pvalue
    binomial = binomtest(own.hits, own.n, rest.hits / rest.n, alternative="greater").pvalue
    assert p == pytest.approx(min(1.0, max(fisher, binomial)), abs=1e-9)


def test_a_small_sample_s_score_is_held_against_every_way_to_deal_the_votes():
    first, second = Votes(4, 1, 0), Votes(1, 2, 3)
    votes = [1] * 5 + [0] * 3 + [-1] * 3
    seen = 4
    deals = [sum(votes[i] for i in chosen) for chosen in combinations(range(11), 5)]
    assert higher(first, second)[1] == pytest.approx(np.mean(np.array(deals) >= seen))
    assert higher(second, first)[1] == pytest.approx(
        np.mean([sum(votes) - total >= -2 for total in deals])
    )  # fmt: skip


def test_samples_of_one_kind_each_are_told_apart_by_the_spread_of_both():
    z, p = higher(Votes(40, 0, 0), Votes(0, 0, 40))
    assert z == pytest.approx(200 / np.sqrt(1e4 * 80 / 79 * (1 / 40 + 1 / 40)))
    assert p < 1e-9
    assert higher(Votes(40, 0, 0), Votes(40, 0, 0)) == (0.0, 0.5)


def test_the_worked_example_of_cherry_picking_is_flagged_and_its_fair_twins_are_not():
    cells = {
        "picked": Invited(eligible_easy=1000, invited_easy=900, eligible_hard=400, invited_hard=200),
        "fair": Invited(eligible_easy=1000, invited_easy=900, eligible_hard=400, invited_hard=352),
        "few": Invited(eligible_easy=10, invited_easy=9, eligible_hard=4, invited_hard=2),
    }
    found = {one.cell: one for one in coverages(cells, LIMITS)}
    assert [cell for cell, one in found.items() if one.flagged] == ["picked"]
    assert found["picked"].statistic == pytest.approx(float(Fraction(5, 9)))


def test_flags_hold_the_rate_of_false_ones_over_all_cells():
    cells = {f"c{n}": Count(n, 60) for n in range(12)} | {f"q{n}": Count(1, 60) for n in range(30)}
    found = suppression(cells, dict.fromkeys(cells, "all"), LIMITS)
    assert [one.adjusted for one in found] == pytest.approx(false_discovery_control([one.p for one in found]))
    for one in found:
        large = (one.statistic is None or one.statistic > 3) and one.p < 0.01 and one.adjusted < 0.05
        assert one.flagged == large
    assert any(one.flagged for one in found)


def test_a_cell_is_not_its_own_peer():
    found = suppression({"a": Count(30, 100), "b": Count(1, 100), "c": Count(40, 50)},
                        {"a": "x", "b": "x", "c": "y"}, LIMITS)  # fmt: skip
    assert [(one.cell, one.values.get("peers_share"), one.p is None) for one in found] == [
        ("a", 0.01, False), ("b", 0.3, False), ("c", None, True),
    ]  # fmt: skip


def test_a_hidden_sample_that_says_less_is_flagged_only_when_it_says_clearly_less():
    ordinary = Votes(70, 20, 10)
    cells = {"far": Audited(audit=Votes(20, 20, 20), ordinary=ordinary),
             "near": Audited(audit=Votes(36, 14, 10), ordinary=ordinary),
             "none": Audited(audit=Votes(0, 0, 0), ordinary=ordinary)}  # fmt: skip
    assert {one.cell: str(one.state) for one in audit(cells, LIMITS)} == {
        "far": "flagged", "near": "quiet", "none": "no_data",
    }  # fmt: skip


def test_score_and_complaints_must_both_rise_for_a_contradiction():
    up, down = (Votes(80, 10, 10), Votes(40, 30, 30)), (Votes(40, 30, 30), Votes(80, 10, 10))
    more, same = (Count(60, 500), Count(20, 500)), (Count(20, 500), Count(20, 500))
    cells = {
        name: Compared(now=votes[0], before=votes[1], harms={"complaints": harm})
        for name, votes, harm in (("both", up, more), ("score", up, same), ("harm", down, more))
    }
    assert [one.cell for one in triangulation(cells, LIMITS) if one.flagged] == ["both"]


# --- time ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("most", "n", "width"), [(4, 10, 0.02), (5, 30, 0.01), (3, 5, 0.03)])
def test_the_scan_statistic_has_the_tail_that_simulation_has(most, n, width):
    chance = np.random.default_rng(1)
    at = np.sort((chance.random((20_000, n)) * 1e9).astype(np.int64), axis=1)
    seen = np.mean([fullest_window(row, int(width * 1e9))[0] >= most for row in at])
    assert scan_tail(most, n, width) == pytest.approx(seen, rel=0.25, abs=3e-4)


def test_all_points_in_one_window_have_their_exact_chance():
    assert scan_tail(5, 5, 0.1) == pytest.approx(5 * 0.1**4 - 4 * 0.1**5)


def test_a_sum_s_chance_is_the_one_that_simulation_has():
    chance = np.random.default_rng(2)
    weeks, runs = 26, 4_000
    z = chance.normal(size=(runs, weeks))
    most = np.zeros(runs)
    for sign in (1, -1):
        total = np.zeros(runs)
        for week in range(weeks):
            total = np.maximum(0, total + sign * z[:, week] - 0.5)
            most = np.maximum(most, total)
    for limit in (4.0, 5.0):
        sums = np.full(weeks, 0.0)
        sums[-1] = limit
        seen = np.mean(most > limit)  # sums that start at 0 alarm a little later
        assert seen < _alarm((sums, np.zeros(weeks)), LIMITS) < 1.5 * seen


def burst(cell, source, at):
    return tuple(
        Timed(response=f"{cell}{i}", at=moment, source=source or f"{cell}{i}") for i, moment in enumerate(at)
    )


def test_a_burst_from_one_source_is_flagged_and_one_of_many_is_not():
    chance = np.random.default_rng(3)
    spread = [int(x) for x in chance.uniform(0, 90 * DAY, 200)]
    sitting = [45 * DAY + i * 30_000_000 for i in range(8)]
    cells = {
        "one": burst("one", "", spread[:60]) + burst("x", "kitchen", sitting),
        "many": burst("many", "", spread[60:120]) + burst("y", "", sitting),
        "home": burst("home", "", spread[120:]) + burst("z", "office", [i * 9 * DAY for i in range(8)]),
    }
    found = {one.cell: one for one in timing(cells, dict.fromkeys(cells, "all"), LIMITS)}
    assert [cell for cell, one in found.items() if one.flagged] == ["one"]
    assert set(found["one"].responses) == {f"x{i}" for i in range(8)}
    assert found["one"].values["without"] == "soon,quick"


# --- the distribution ------------------------------------------------------------------------------------


@given(
    st.lists(st.integers(0, 30), min_size=11, max_size=11),
    st.lists(st.integers(0, 30), min_size=11, max_size=11),
)
def test_the_distance_of_distributions_is_that_of_jensen_and_shannon(first, second):
    first, second = np.array(first) + 1, np.array(second)
    second[4] += 1
    assert jensen_shannon(first, second) == pytest.approx(jensenshannon(first, second, base=2), abs=1e-7)


def test_a_permutation_p_is_the_share_of_all_deals():
    first, second = np.array([0, 1, 3]), np.array([3, 2, 1])
    scale = np.arange(3)

    def gap(one, other):
        return one @ scale / one.sum(axis=1) - other @ scale / other.sum(axis=1)

    values = [0, 0, 0, 1, 1, 1, 2, 2, 2, 2]
    sums = [sum(values[i] for i in chosen) for chosen in combinations(range(10), 4)]
    exactly = np.mean(np.array(sums) >= 7)
    seen, p = permutation_p(first, second, gap, chance_of(5, "cell"))
    assert seen == pytest.approx(7 / 4 - 4 / 6)
    assert p == pytest.approx(exactly, abs=0.03)


def test_cells_just_above_a_point_are_counted_against_those_just_below():
    def at(measure, values):
        return [
            Reached(cell=f"{measure}{i}", measure=measure, value=v, points=(30.0,))
            for i, v in enumerate(values)
        ]

    helped = at("helped", [30.1, 30.2, 30.0, 30.4, 30.3, 30.2, 30.5, 30.6, 30.1, 29.5, 12.0, 55.0])
    fair = at("fair", [30.1, 29.2, 30.0, 29.4, 30.3, 29.2, 30.5, 29.6, 30.1, 29.5, 12.0, 55.0])
    found = {one.cell: one for one in bunching({}, helped + fair, LIMITS, seed=1)}
    assert found["helped"].p == pytest.approx(binomtest(9, 10, 0.5, alternative="greater").pvalue)
    assert found["helped"].values["below"] == 1
    assert (found["fair"].values["above"], found["fair"].values["below"]) == (5, 5)


# --- who and which words ---------------------------------------------------------------------------------


def alike(one, other):
    return len(one & other) / len(one | other) >= 0.8 - 1e-9


@settings(max_examples=150)
@given(st.lists(st.frozensets(st.sampled_from("abcdefgh"), min_size=3, max_size=8), max_size=14))
def test_clusters_join_exactly_what_chains_of_alike_texts_join(texts):
    found = clusters(texts, 0.8)
    reached = {i: {i} for i in range(len(texts))}
    for _ in texts:
        for near in reached.values():
            near |= {j for k in list(near) for j in range(len(texts)) if alike(texts[k], texts[j])}
    for i in range(len(texts)):
        assert {j for j, number in enumerate(found) if number == found[i]} == reached[i]


@settings(max_examples=150)
@given(
    st.lists(st.frozensets(st.sampled_from("abcdefgh"), min_size=3, max_size=8), max_size=14),
    st.lists(st.frozensets(st.sampled_from("abcdefgh"), min_size=3, max_size=8), max_size=3),
)
def test_texts_like_a_kind_are_those_alike_to_one_of_it(texts, kind):
    assert Texts(texts).like(kind, 0.8) == sum(any(alike(text, one) for one in kind) for text in texts)


def test_accents_capitals_and_marks_do_not_make_a_text_another_one():
    assert words_of("Perché NO: è andata così così!!") == words_of("perche no, e andata cosi")


def test_a_customer_s_second_answer_within_the_quarantine_is_excluded_also_across_the_period_s_start():
    def answer(name, day, **more):
        return Given(response=name, at=day * DAY, customer="ada", touchpoint="help", **more)

    answers = (
        answer("old", -10, before=True),
        answer("again", 5),
        answer("fine", 40),
        answer(
            "other",
            41,
        ),
    )
    bea = Given(response="bea", at=41 * DAY, customer="bea", touchpoint="help")
    parents = {"a": "all", "b": "all"}
    found = duplicates({"a": (*answers, bea), "b": (bea,)}, parents, LIMITS)
    assert [(one.response, str(one.reason)) for one in found[0].excludes] == [
        ("again", "same_customer"), ("other", "same_customer"),
    ]  # fmt: skip


def test_a_kiosk_is_no_device_of_one_customer():
    kiosk = tuple(
        Given(response=f"k{i}", at=i * DAY, customer=f"c{i}", device="kiosk", on_site=True) for i in range(9)
    )
    found = duplicates({"a": kiosk, "b": kiosk[:1]}, {"a": "all", "b": "all"}, LIMITS)
    assert found[0].excludes == ()


def test_words_usual_in_a_cell_are_no_copies():
    usual = "the app shows the battery level and every service booked so far"
    other = [" ".join(chr(97 + i % 26) * (2 + i // 26) + chr(97 + k) for k in range(8)) for i in range(40)]

    def cell(name, texts, *, before=False):
        return tuple(Given(response=f"{name}{i}{before}", at=i, text=text, before=before)
                     for i, text in enumerate(texts))  # fmt: skip

    fair = cell("b", other)
    now = cell("a", [usual] * 6 + other[:10])
    parents = {"a": "all", "b": "all"}
    copied = duplicates({"a": now, "b": fair}, parents, LIMITS)[0]
    assert len(copied.excludes) == 5
    assert copied.flagged
    habit = duplicates(
        {"a": (*cell("a", [usual] * 12 + other[:20], before=True), *now), "b": fair}, parents, LIMITS
    )
    assert habit[0].excludes == ()


def test_staff_are_known_by_contact_or_network_but_not_at_a_kiosk():
    staff = Staff(contacts=frozenset({"h1"}), networks=frozenset({"office"}))
    answers = (
        Answered(response="mail", contacts=frozenset({"h1", "h9"})),
        Answered(response="net", contacts=frozenset({"h2"}), network="office"),
        Answered(response="kiosk", network="office", on_site=True),
        Answered(response="fair", contacts=frozenset({"h3"}), network="home"),
    )
    fair = tuple(Answered(response=f"f{i}") for i in range(400))
    found = staff_answers({"a": answers, "b": fair}, {"a": "all", "b": "all"}, staff, LIMITS)[0]
    assert [(one.response, str(one.reason)) for one in found.excludes] == [
        ("mail", "staff_contact"), ("net", "company_network"),
    ]  # fmt: skip
    assert found.flagged
    assert found.detector is Detector.STAFF


@pytest.mark.parametrize("text", [
    "Mi ha chiesto di mettere 10",
    "Il ragazzo al telefono mi ha chiesto di mettere 10.",
    "mi hanno detto che conta solo il 10, quindi metto 10",
    "L'operatrice mi ha pregato di dare il massimo dei voti.",
    "Mi è stato chiesto di dare 10 perché il voto vale per il premio.",
    "Alla cassa mi hanno raccomandato di votare dieci",
    "il commesso ha insistito e mi ha chiesto un 10",
    "Solo il dieci vale, così mi ha spiegato",
    "only a 10 counts",
    "The agent asked me to give a 10.",
    "They begged me for the top score.",
    "I was told to rate 10 by the technician",
    "he said anything less than a ten would hurt him",
    "My score decides about his bonus, so 10",
])  # fmt: skip
def test_a_text_that_tells_of_a_plea_is_recognised(text):
    assert tells_of_a_plea(text)


@pytest.mark.parametrize("text", [
    "Do un bel 10 perché il servizio è stato perfetto",
    "Ho chiesto di spostare la consegna alle 10 e l'hanno fatto",
    "Mi hanno chiesto di aspettare dieci minuti al telefono",
    "I asked for a refund and got it within ten days",
    "10 out of 10, would buy again",
    "They told me to wait ten minutes",
    "Servizio ottimo, voto massimo!",
    "Mi hanno detto che il pezzo arriva il 10",
    "Ho dato 10 euro di mancia al corriere",
    "",
])  # fmt: skip
def test_praise_waiting_and_dates_are_no_pleas(text):
    assert not tells_of_a_plea(text)
