"""Scores of the answer index against relational expressions, and their errors against the survey room."""

from types import MappingProxyType
from zoneinfo import ZoneInfo

import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.measure import oracle

import viaggio as vg
from viaggio.estimate import survey
from viaggio.kernel import Flag, Period, Population
from viaggio.measure.answer_rows import answer_rows
from viaggio.measure.clusters import covariance, ratio_of
from viaggio.measure.model import Cut, Spans, Tables
from viaggio.measure.notebook import _complete
from viaggio.measure.scores import question_of, rows_of, rows_of_scores
from viaggio.measure.tables import ORDERS
from viaggio.pulse.index import FIGURES, PILLARS
from viaggio.pulse.index_rows import index_of
from viaggio.pulse.kernels.question import Question, ask, ask_all
from viaggio.pulse.tables import ANSWERS

ZONE = ZoneInfo("Europe/Rome")
YEAR, SPRING, MAY = Period.parse("2026"), Period.parse("2026-Q2"), Period.parse("2026-05")
SCALES = {"nps": (0.0, 10.0), "csat": (1.0, 5.0), "ces": (1.0, 7.0), "review": (1.0, 5.0)}
FIGURE_OF = {"nps": ("nps",), "csat": ("csat_top", "csat_mean"), "ces": ("ces",), "review": ("review_score",)}


def company(seed, rows=600, accounts=True, tidy=False):
    """Answers of a few customers, some of firms, over a year, with holes and answers off their scale.

    Where they are `tidy`, the answers of a response share their moment, place and weight.
    """
    chance = np.random.default_rng(seed)
    response = chance.integers(0, rows // 4, rows)
    customer = response % 37
    metric = chance.choice(["nps", "csat", "ces", "review", "pillar", "pillar", "other"], rows)
    scale = [SCALES.get(name, (1.0, 5.0)) for name in metric.tolist()]
    low, high = (np.array(ends) for ends in zip(*scale, strict=True))
    micros = 1_767_225_600_000_000 + chance.integers(0, 365 * 24, rows) * 3_600_000_000
    texts = {
        "channel": chance.choice(["web", "app", "phone", None], rows),
        "touchpoint": chance.choice(["shop", "courier", "invoice"], rows),
        "weight_base": chance.choice([1.0, 1.5, 4.0], rows),
    }  # fmt: skip
    if tidy:
        micros, texts = micros[response], {name: column[response] for name, column in texts.items()}
    names = [f"c{c}" if c % 9 else None for c in customer.tolist()]
    firms = [f"f{c % 4}" if accounts and c % 3 == 0 else None for c in customer.tolist()]
    table = pa.table({
        "id": [str(i) for i in range(rows)], "customer": names, "account": firms,
        "response": [f"r{r}" for r in response.tolist()], "metric": metric.tolist(),
        **{name: column.tolist() for name, column in texts.items()},
        "pillar": [str(PILLARS[i]) if m == "pillar" else None
                   for i, m in zip(chance.integers(0, 6, rows).tolist(), metric.tolist(), strict=True)],
        "value": np.round(chance.uniform(low - 0.6, high + 0.6)), "scale_min": low, "scale_max": high,
        "item": metric.tolist(),
        "answered_at": pa.array(micros, pa.timestamp("us", tz="UTC")),
    })  # fmt: skip
    return _complete(ANSWERS, table, ZONE)


def bound(answers):
    """An engine with the answers, and the tables bound to it."""
    orders = _complete(ORDERS, pa.table({"id": pa.array([], pa.string())}), ZONE)
    engine = ibis.duckdb.connect()
    for name, table in (("answers", answers), ("orders", orders)):
        engine.con.register(name, table)
    tables = {name: ibis.table(ibis.Schema.from_pyarrow(table.schema), name=name)
              for name, table in (("answers", answers), ("orders", orders))}  # fmt: skip
    return engine, Tables(**tables)


def rows_from(engine, expression):
    return engine.con.sql(engine.compile(expression)).to_arrow_table()


def index(engine, tables):
    rows = rows_from(engine, answer_rows(tables)).to_pandas()
    for name in ("customer", "account"):
        codes = rows[name].astype("category").cat.codes + 1
        rows[name] = codes + (10_000 if name == "account" else 0) * (codes > 0)
    rows["key"] = range(len(rows))
    rows[["customer", "account"]] = rows[["customer", "account"]].replace(0, None).astype("Int64")
    return index_of([pa.Table.from_pandas(rows, preserve_index=False)], ZONE)


CUTS = (
    Cut(spans=Spans((YEAR,), ZONE)),
    Cut(spans=Spans((SPRING, MAY, YEAR), ZONE), by=("channel",)),
    Cut(spans=Spans((YEAR, MAY), ZONE), by=("channel", "touchpoint")),
    Cut(spans=Spans((YEAR,), ZONE), by=("touchpoint",),
        population=Population(MappingProxyType({"channel": ("web", "")}))),
)  # fmt: skip


@pytest.mark.parametrize("cut", CUTS, ids=lambda cut: "+".join(cut.by) or "all")
@pytest.mark.parametrize(("seed", "tidy"), [(0, False), (1, False), (2, True), (3, True)])
def test_scores_are_those_of_relational_expressions(seed, tidy, cut):
    engine, tables = bound(company(seed, tidy=tidy))
    found = rows_of_scores(index(engine, tables), cut)
    keys = ("span", *cut.by)
    for row in rows_from(engine, oracle.measure_scores(tables, cut)).to_pylist():
        for figure in FIGURE_OF[row["metric"]]:
            mine = {tuple(r[k] for k in keys): r for r in found[figure]}[tuple(row[k] for k in keys)]
            assert (mine["n"], mine["outside"]) == (row["n"], row["outside"])
            if figure == "nps":
                assert (mine["promoters"], mine["detractors"]) == (row["promoters"], row["detractors"])
                assert mine["y"] == row["promoters"] - row["detractors"]
            elif figure == "csat_top":
                assert mine["y"] == mine["top"] == row["top"]
            elif row["n"]:
                assert (mine["y"], mine["yy1"]) == (float(row["total"]), float(row["squares"]))
                assert (mine["scale_min"], mine["scale_max"]) == (row["scale_min"], row["scale_max"])
    for row in rows_from(engine, oracle.measure_pillars(tables, cut)).to_pylist():
        cells = {tuple(r[k] for k in keys): r for r in found[f"pillar_{row['pillar']}"]}
        mine = cells[tuple(row[k] for k in keys)]
        assert (mine["n"], mine["outside"]) == (row["n"], row["outside"])
        assert mine["y"] == pytest.approx(float(row["total"] or 0), abs=1e-3)  # the other rounds to 6 places
    engine.disconnect()


def plain_totals(answers, figure_kind, scheme, spans):
    """Weighted values and weights of one kind of answer per span, straight from the columns."""
    columns = answers.columns
    low = np.array([ends[0] for ends in answers.scales])[columns["scale"]]
    high = np.array([ends[1] for ends in answers.scales])[columns["scale"]]
    valid = (columns["kind"] == figure_kind) & (columns["value"] >= low) & (columns["value"] <= high)
    weight = answers.weights[scheme] if scheme != "none" else np.ones(len(answers))
    inside = [valid & (columns["day"] >= first) & (columns["day"] < last) for first, last in spans]
    return columns["value"], weight, inside, columns["psu"]


@pytest.mark.parametrize("scheme", ["none", "base"])
@pytest.mark.parametrize(("seed", "tidy"), [(0, False), (1, False), (2, True)])
def test_errors_and_covariances_are_those_of_the_survey_design(seed, tidy, scheme):
    engine, tables = bound(company(seed, tidy=tidy))
    answers = index(engine, tables)
    cut = Cut(spans=Spans((Period.parse("2026-05"), Period.parse("2026-04")), ZONE), weights=scheme)
    question = question_of(cut)
    question = Question(spans=question.spans, scheme=scheme, against=(1, -1))
    now, before = rows_of(ask(answers, question), (), answers.scales)["ces"]
    value, weight, inside, unit = plain_totals(answers, 2, scheme, question.spans)
    either = inside[0] | inside[1]
    design = survey.Design.of(weights=weight[either], units=unit[either])
    wave = np.where(inside[0], "a now", "b before")[either]
    found = survey.by(design, wave, lambda part: survey.mean(part, {"ces": value[either]}))
    units = len(np.unique(unit[either]))
    theirs = found.covariance * (units - 1) / units  # R's factor for all units of the design
    for place, part in enumerate((now, before)):
        ratio = ratio_of(part)
        assert ratio.value == pytest.approx(found.values[place])
        biased = ratio.variance * _unbiasing(part)
        assert biased == pytest.approx(theirs[place, place])
    factors = np.sqrt(_unbiasing(now) * _unbiasing(before))
    assert covariance(now, before) * factors == pytest.approx(theirs[0, 1])
    engine.disconnect()


def _unbiasing(part):
    w, q = part["w"], part["q"]
    return (q - 2 * part["wq"] / w + q * part["ww"] / w**2) / q


@given(st.integers(2, 40), st.integers(1, 5), st.integers(0, 2**31))
@settings(max_examples=25)
def test_units_of_one_size_have_the_error_that_r_gives(units, size, seed):
    chance = np.random.default_rng(seed)
    values = chance.integers(1, 8, units * size).astype(float)
    who = np.repeat(np.arange(units), size)
    frame = pa.table({
        "customer": [f"c{i}" for i in who.tolist()], "metric": ["ces"] * len(values), "value": values,
        "scale_min": [1.0] * len(values), "scale_max": [7.0] * len(values),
        "answered_at": pa.array([MAY.start] * len(values)).cast(pa.timestamp("us")),
    })  # fmt: skip
    (reading,) = vg.measure.read("ces", "2026-05", answers=frame)
    design = survey.Design.of(n=len(values), units=who)
    expected = survey.mean(design, {"y": values})
    if expected.errors[0] < 1e-9:
        assert reading.se is None
        assert reading.low is not None
    else:
        assert reading.se == pytest.approx(expected.errors[0])
        assert reading.df == pytest.approx(units - 1) or units == 2
        assert reading.low == pytest.approx(expected.interval()[0, 0])


def test_answers_of_one_firm_are_one_opinion():
    """The same forty tens and twenty threes, once of sixty customers, once forty of them of one."""
    values = [10.0] * 40 + [3.0] * 20
    alone = vg.measure.read("nps", "2026", answers=_votes([f"c{i}" for i in range(60)], values=values))[0]
    firm = ["acme"] * 40 + [f"c{i}" for i in range(20)]
    together = vg.measure.read("nps", "2026", answers=_votes(firm, values=values))[0]
    assert together.value == alone.value
    assert together.high - together.low > 2 * (alone.high - alone.low)
    assert together.n == alone.n == 60
    assert together.n_eff < 10
    assert alone.n_eff == 60


def _votes(who, weight=None, values=None):
    values = values or [10.0, 9.0, 8.0, 3.0] * (len(who) // 4)
    return pa.table({
        "customer": who, "metric": ["nps"] * len(who), "value": values, "scale_min": [0.0] * len(who),
        "scale_max": [10.0] * len(who), "weight_base": weight or [1.0] * len(who),
        "answered_at": pa.array([MAY.start] * len(who)).cast(pa.timestamp("us")),
    })  # fmt: skip


def test_weights_change_the_value_and_are_told():
    who = [f"c{i}" for i in range(40)]
    frame = _votes(who, [5.0 if i % 4 == 3 else 1.0 for i in range(40)])  # detractors weigh five
    plain, weighted = (vg.measure.read("nps", "2026", answers=frame, weights=w)[0] for w in ("none", "base"))
    assert plain.value == 25.0
    assert weighted.value == pytest.approx(100 * (2 - 5) / 8)
    assert (plain.weighting, weighted.weighting) == ("none", "base")
    assert weighted.plain()["weighting"] == "base"
    assert weighted.n_eff < plain.n_eff


def test_answers_without_a_weight_are_left_out_and_told():
    frame = _votes([f"c{i}" for i in range(40)], [None] * 4 + [1.0] * 36)
    (reading,) = vg.measure.read("nps", "2026", answers=frame, weights="base")
    assert reading.n == 36
    assert Flag.NOT_WEIGHTED in reading.flags


def test_a_scheme_that_nobody_computed_has_no_value():
    (reading,) = vg.measure.read("nps", "2026", answers=_votes(["a"] * 4), weights="calibrated")
    assert (reading.value, reading.flags) == (None, {Flag.NO_DATA})


def test_what_is_no_answer_can_not_be_weighted():
    orders = pa.table({"total_cents": [100], "currency": ["EUR"],
                       "ordered_at": pa.array([MAY.start]).cast(pa.timestamp("us"))})  # fmt: skip
    (reading,) = vg.measure.read("revenue", "2026", orders=orders, weights="base")
    assert reading.flags == {Flag.NOT_APPLICABLE}


def test_the_order_of_rows_and_the_number_of_threads_change_nothing():
    engine, tables = bound(company(5, rows=2_000))
    answers = index(engine, tables)
    question = Question(spans=((20_000, 21_000),), by=("channel",), scheme="base")
    one, two = (ask(answers, question, threads=threads) for threads in (1, 2))
    assert (one.sums == two.sums).all()
    shuffled = company(5, rows=2_000).take(np.random.default_rng(0).permutation(2_000))
    other_engine, other = bound(shuffled)
    again = ask(index(other_engine, other), question)
    np.testing.assert_allclose(again.sums, one.sums, rtol=1e-12)
    assert (again.counts == one.counts).all()
    engine.disconnect()
    other_engine.disconnect()


@pytest.mark.parametrize("tidy", [False, True])
def test_questions_asked_together_have_the_answers_they_have_alone(tidy):
    engine, tables = bound(company(7, rows=1_500, tidy=tidy))
    answers = index(engine, tables)
    days = ((20_500, 20_600), (20_600, 20_700))
    where = {"channel": ("web", "")}
    questions = [
        Question(spans=days, where=where, against=(1, -1)),
        Question(spans=(*days, (20_550, 20_650)), where=where, by=("touchpoint",), scheme="base"),
        Question(spans=days[:1], where=where, by=("touchpoint", "channel"), scheme="base"),
    ]
    for question, found in zip(questions, ask_all(answers, questions), strict=True):
        alone = ask(answers, question)
        assert alone.groups == found.groups
        assert alone.counts.any()
        for name in ("counts", "sums", "scale"):
            assert np.array_equal(getattr(alone, name), getattr(found, name)), name
    engine.disconnect()


def test_a_filter_that_leaves_few_out_is_hidden():
    """Forty said web, three said app: web alone would tell the three by subtraction from all."""
    frame = _votes([f"c{i}" for i in range(44)])
    frame = frame.append_column("channel", pa.array(["app"] * 3 + ["web"] * 41))
    (whole,) = vg.measure.read("nps", "2026", answers=frame, minimum_cell=10)
    assert whole.value is not None
    for values in (("web",), ("web", "app")):
        where = Population(MappingProxyType({"channel": values}))
        (reading,) = vg.measure.read("nps", "2026", answers=frame, where=where, minimum_cell=10)
        assert reading.flags == {Flag.HIDDEN}
        (open_to_all,) = vg.measure.read("nps", "2026", answers=frame, where=where)
        assert open_to_all.value is not None


def test_the_index_has_every_figure_that_the_catalogue_reads_from_it():
    declared = {m.figure for m in vg.measure.CATALOGUE.values() if m.figure}
    assert declared == set(FIGURES)
