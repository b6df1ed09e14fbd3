"""Errors of weighted scores of waves that were drawn in strata, against the survey room."""

from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest

from viaggio.estimate import survey
from viaggio.measure.clusters import covariance, mean, ratio_of
from viaggio.measure.scores import rows_of
from viaggio.pulse.index import CODED
from viaggio.pulse.index_rows import index_of
from viaggio.pulse.kernels.question import Question, ask, ask_all

JANUARY, FEBRUARY = (20_454, 20_485), (20_485, 20_513)
PEOPLE = 90
DAY = 86_400_000_000


class Sample:
    """Two waves of the same people, some of them of firms; answers differ by stratum. One stratum has one."""

    def __init__(self, seed, *, known=True, nested=True) -> None:
        chance = np.random.default_rng(seed)
        many = 2 * PEOPLE
        who = np.arange(many) % PEOPLE
        self.wave = np.repeat([0, 1], PEOPLE)
        firm = np.where(who % 3 == 0, who // 12, -1)
        self.unit = np.where(firm >= 0, 1_000 + firm, who)
        self.stratum = self.unit * 7 % 4 if nested else chance.integers(0, 4, many)
        if nested:
            self.stratum[self.unit == 1] = 4
        self.weight = np.array([1.0, 2.0, 4.0, 1.5, 3.0])[self.stratum]
        self.value = np.clip(np.round(3 + self.stratum + chance.normal(0, 1.2, many)), 1, 7)
        self.channel = np.array(["web", "app", "shop"])[chance.integers(0, 3, many)]
        response = [f"r{i}" for i in range(many)]
        rows = pa.table({
            **{name: pa.nulls(many, pa.string()) for name in (*CODED, "pillar")},
            "key": np.arange(many), "customer": [f"c{i}" for i in who.tolist()],
            "account": [f"f{i}" if i >= 0 else None for i in firm.tolist()], "response": response,
            "answered_at": pa.array(
                (20_454 + self.wave * 31 + chance.integers(0, 28, many)) * DAY, pa.timestamp("us", "UTC")
            ),
            "metric": ["ces"] * many, "value": self.value, "scale_min": [1.0] * many,
            "scale_max": [7.0] * many, "weight_base": self.weight, "pulse": ["p"] * many,
            "wave": [f"w{i}" for i in self.wave.tolist()], "channel": self.channel,
        })  # fmt: skip
        drawn = slice(None) if known else slice(1, None)  # of the first answer the stratum is not known
        strata = {"response": response[drawn], "pulse": ["p"] * len(response[drawn]),
                  "stratum": [f"s{i}" for i in self.stratum[drawn].tolist()]}  # fmt: skip
        self.index = index_of([rows], ZoneInfo("UTC"), None, pa.table(strata))

    def ask(self, *spans: tuple[int, int], by=(), where=None, scheme="base", against=()):
        question = Question(spans=spans, by=by, where=where or {}, scheme=scheme, against=against)
        return rows_of(ask(self.index, question), by, self.index.scales)["ces"]

    def design(self, rows):
        return survey.Design.of(
            weights=self.weight[rows], strata=self.stratum[rows], units=self.unit[rows], lonely="adjust"
        )


@pytest.mark.parametrize("seed", range(3))
def test_a_weighted_score_has_the_error_of_its_stratified_sample(seed):
    sample = Sample(seed)
    january = sample.wave == 0
    design = sample.design(january)
    (row,) = sample.ask(JANUARY)
    expected = survey.mean(design, {"y": sample.value[january]})
    assert ratio_of(row).value == pytest.approx(expected.values[0])
    assert mean([row]).se == pytest.approx(expected.errors[0])
    assert row["strata"] == 5
    plain = ratio_of({**row, "strata": 1})
    assert plain.variance > 1.2 * ratio_of(row).variance  # strata differ, which is known
    for row in sample.ask(JANUARY, by=("channel",)):
        part = design.within(sample.channel[january] == row["channel"])
        expected = survey.mean(part, {"y": sample.value[january]})
        assert mean([row]).se == pytest.approx(expected.errors[0])


def test_a_part_of_a_sample_is_the_same_filtered_or_cut():
    sample = Sample(5)
    for row in sample.ask(JANUARY, FEBRUARY, by=("channel",), against=(1, -1)):
        span = (JANUARY, FEBRUARY)[row["span"]]
        (alone,) = sample.ask(span, where={"channel": (row["channel"],)})
        assert mean([alone]) == mean([row])
        (wave,) = sample.ask((20_400, 20_600), where={"wave": (f"w{row['span']}",)}, by=())
        (cut,) = [r for r in sample.ask((20_400, 20_600), by=("wave",)) if r["wave"] == f"w{row['span']}"]
        assert mean([wave]) == mean([cut])
        assert mean([wave]) == mean(sample.ask(span))


def test_what_strata_explain_does_not_depend_on_what_else_is_asked():
    sample = Sample(6)
    questions = [
        Question(spans=(FEBRUARY, JANUARY), scheme="base", against=(1, -1)),
        Question(spans=(FEBRUARY, JANUARY), by=("channel",), scheme="base", against=(1, -1)),
        Question(spans=(JANUARY,), by=("wave", "channel"), scheme="base"),
        Question(spans=(JANUARY,), scheme="none"),
    ]
    together = ask_all(sample.index, questions)
    for question, found in zip(questions[:3], together[:3], strict=True):
        assert np.array_equal(ask(sample.index, question).strata, found.strata)
    assert together[3].strata is None


@pytest.mark.parametrize("seed", range(3))
def test_waves_share_what_their_units_share_within_strata(seed):
    sample = Sample(seed)
    now, before = sample.ask(FEBRUARY, JANUARY, against=(1, -1))
    everybody = np.ones(2 * PEOPLE, bool)
    both = survey.by(
        sample.design(everybody), 1 - sample.wave, lambda part: survey.mean(part, {"y": sample.value})
    )
    assert ratio_of(now).variance == pytest.approx(both.covariance[0, 0])
    assert covariance(now, before) == pytest.approx(both.covariance[0, 1])
    itself = sample.ask(JANUARY, JANUARY, against=(1, -1))
    assert covariance(*itself) == pytest.approx(ratio_of(itself[0]).variance)


def test_strata_are_looked_at_only_where_all_are_known_and_weights_count():
    sample, doubtful = Sample(1), Sample(1, known=False)
    (row,) = doubtful.ask(JANUARY)
    assert row["undrawn"] == 1
    assert not ratio_of(row).stratified
    (without,) = doubtful.ask(FEBRUARY)
    assert ratio_of(without) == ratio_of(sample.ask(FEBRUARY)[0])
    (unweighted,) = sample.ask(JANUARY, scheme="none")
    assert "strata" not in unweighted
    assert not ratio_of(unweighted).stratified


@pytest.mark.parametrize("seed", range(3))
def test_units_of_several_strata_lose_the_means_of_all_of_them(seed):
    """Against the sum written out: each unit's residuals less the mean of every stratum that it is in."""
    sample = Sample(seed, nested=False)
    (row,) = sample.ask(JANUARY, scheme="base")
    mine = sample.wave == 0
    w, y, unit, stratum = (x[mine] for x in (sample.weight, sample.value, sample.unit, sample.stratum))
    z = w * (y - (w @ y) / w.sum())
    totals = np.zeros(len(np.unique(unit)))
    held, share = np.zeros((4, len(totals))), np.zeros(4)
    place = np.unique(unit, return_inverse=True)[1]
    for h in range(4):
        held[h, np.unique(place[stratum == h])] = 1
        n = held[h].sum()
        raised = np.sqrt(n / (n - 1))
        totals += raised * np.bincount(place[stratum == h], z[stratum == h], len(totals))
        share[h] = raised * z[stratum == h].sum() / n
    expected = share @ held
    squares = (totals**2).sum() - (expected**2).sum()
    assert ratio_of(row).variance == pytest.approx(squares / w.sum() ** 2)
