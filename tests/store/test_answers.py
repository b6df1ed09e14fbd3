"""The answer index of a workspace, its weights, what changed and what weighs: from landed rows to figures."""

from types import MappingProxyType

import numpy as np
import pytest
from tests.store.tiny import NOON, Row, bring, folded, make, open_tiny

from viaggio.estimate import survey
from viaggio.estimate.monitor import Verdict
from viaggio.kernel import Period, Population
from viaggio.pulse.index import BASE
from viaggio.pulse.responses import responses_of
from viaggio.store.answers_build import build_answers
from viaggio.store.answers_index import folder_of, read_answers_manifest
from viaggio.store.changes import AGAINST, NotAScore, Screen, changes, wave_changes
from viaggio.store.doctor import doctor
from viaggio.store.drivers import Outcome, _buys_again, drivers, reliability
from viaggio.store.engine import Engine, engine
from viaggio.store.fold import fold, rebuild
from viaggio.store.landing import reader
from viaggio.store.readings import cut_of, foresee, read, read_one
from viaggio.store.weighting import land_weights, weigh

DAY = 86_400_000_000
JUNE, MAY = Period.parse("2025-06"), Period.parse("2025-05")
WHOLE = Period.parse("2025")
PILLARS = ("personalisation", "expectations", "time_effort", "integrity", "resolution", "empathy")
PLANTED = np.array([0.1, 0.15, 0.6, 0.05, 0.3, 0.1])


def wave_rows(wave: str, start: int, shift: float = 0.0, seed: int = 1, people: int = 400) -> list[Row]:
    """One wave: answers of `people` customers, every third in a firm."""
    chance = np.random.default_rng(seed)
    rows: list[Row] = []
    for i in range(people):
        who = {"email": f"{wave}{i}@x.it" if i % 2 else f"p{i}@x.it"}  # every second answers both waves
        if i % 3 == 0:
            who["account_id"] = f"firm{i // 15}"
        latent = chance.normal(0, 1, 6)
        liking = latent @ PLANTED / 0.7 + chance.normal(0, 0.6)
        common = {
            "table": "answers", "response": f"{wave}-{i}", "pulse": "after", "wave": wave, "item": "x",
            "touchpoint": ("courier", "shop")[i % 2], "phase": "purchase", "channel": "web",
            "answered_at": start + i * 60_000_000, "weight_base": 2.0, **who,
        }  # fmt: skip
        moved = shift if i % 2 == 0 else 0.0  # the courier alone
        score = float(np.clip(round(7.5 + 2 * liking + moved), 0, 10))
        rows.append({**common, "id": f"{wave}n{i}", "metric": "nps", "value": score,
                     "scale_min": 0.0, "scale_max": 10.0})  # fmt: skip
        for place, name in enumerate(PILLARS):
            for item in range(2):
                value = float(np.clip(round(4 + latent[place] + chance.normal(0, 0.4)), 1, 7))
                about = {"metric": "pillar", "pillar": name, "item": f"{name}{item}", "value": value}
                rows.append({**common, **about, "id": f"{wave}{name}{item}{i}", "scale_min": 1.0,
                             "scale_max": 7.0})  # fmt: skip
    return rows


@pytest.fixture(scope="module")
def ws(tmp_path_factory):
    ws = make(tmp_path_factory.mktemp("answers") / "ws")
    bring(ws, wave_rows("2025-05", NOON - 40 * DAY), name="may.jsonl")
    bring(ws, wave_rows("2025-06", NOON, shift=-1.5, seed=2), name="june.jsonl")
    orders = [
        {"table": "orders", "id": f"o{i}", "ordered_at": NOON - (40 - i % 200) * DAY, "currency": "EUR",
         "total_cents": 1000, "status": "delivered", "email": f"p{i}@x.it"}
        for i in range(0, 400, 4)
    ]  # fmt: skip
    bring(ws, orders, name="orders.jsonl")
    folded(ws)
    return ws


def test_the_fold_makes_an_index_that_is_that_of_the_facts(ws):
    live = engine(ws)
    mapped, made = live.answer_index(), build_answers(live)
    assert mapped is not None
    assert len(mapped) == 800 * 13
    for name, array in made.arrays().items():
        assert np.array_equal(mapped.arrays()[name], array), name
    assert (mapped.codes, mapped.scales, mapped.cx_weights) == (made.codes, made.scales, made.cx_weights)
    assert set(mapped.weights) == {BASE}
    assert doctor(ws) == []


def test_rows_are_sorted_by_the_unit_that_was_sampled(ws):
    answers = engine(ws).answer_index()
    unit = answers.columns["psu"]
    starts = answers.unit_starts
    assert len(np.unique(unit)) == len(starts) - 1
    assert (unit[starts[:-1][1:]] != unit[starts[:-1][1:] - 1]).all()
    assert len(answers.response_starts) - 1 == 800
    firms = {f"firm{i // 15}" for i in range(0, 400, 3)}
    assert len(starts) - 1 < 800 - len(firms)


def test_an_item_without_answers_leaves_the_index_as_it_is(tmp_path):
    ws = make(tmp_path / "ws")
    bring(ws, wave_rows("2025-06", NOON, people=20), name="a.jsonl")
    folded(ws)
    before = read_answers_manifest(ws)
    visit = {"table": "visits", "id": "v", "started_at": NOON, "channel": "web", "email": "p0@x.it"}
    bring(ws, [visit], name="b.jsonl")
    folded(ws)
    assert read_answers_manifest(ws) == before
    assert engine(ws).answer_index() is not None
    bring(ws, wave_rows("2025-07", NOON + DAY, people=5), name="c.jsonl")
    folded(ws)
    assert read_answers_manifest(ws).rows == 25 * 13
    assert [path.name for path in folder_of(ws).iterdir() if path.suffix == ".safetensors"] == [
        read_answers_manifest(ws).path
    ]


def test_a_rebuild_writes_the_same_index(tmp_path):
    ws = make(tmp_path / "ws")
    bring(ws, wave_rows("2025-06", NOON, people=30))
    folded(ws)
    path = folder_of(ws) / read_answers_manifest(ws).path
    before = path.read_bytes()
    rebuild(ws, open_reader=open_tiny)
    assert (folder_of(ws) / read_answers_manifest(ws).path).read_bytes() == before
    assert doctor(ws) == []


def test_a_damaged_index_is_found(tmp_path):
    ws = make(tmp_path / "ws")
    bring(ws, wave_rows("2025-06", NOON, people=10))
    folded(ws)
    path = folder_of(ws) / read_answers_manifest(ws).path
    damaged = bytearray(path.read_bytes())
    damaged[-1] ^= 1
    path.write_bytes(damaged)
    assert [finding.code for finding in doctor(ws)] == ["answers_index.damaged"]
    path.unlink()
    assert [finding.code for finding in doctor(ws)] == ["answers_index.missing"]


def test_a_reader_of_older_facts_keeps_its_own_index(tmp_path):
    ws = make(tmp_path / "ws")
    bring(ws, wave_rows("2025-06", NOON, people=40), name="a.jsonl")
    folded(ws)
    old = Engine(ws)
    bring(ws, wave_rows("2025-07", NOON + DAY, people=40), name="b.jsonl")
    folded(ws)
    assert read_one(old, "nps", WHOLE).n == 40
    assert read_one(Engine(ws), "nps", WHOLE).n == 80


def test_the_planted_change_of_the_courier_is_found_and_no_other(ws):
    live = engine(ws)
    screen = Screen(metrics=("nps", "pillar_empathy"), cuts=((), ("touchpoint",)))
    for found in (
        wave_changes(live, screen, "2025-06", "2025-05", WHOLE),
        changes(live, screen, JUNE, MAY),
    ):
        said = {(one.metric, one.by): one.judged.verdict for one in found}
        assert said["nps", (("touchpoint", "courier"),)] is Verdict.WORSENED
        assert said["nps", (("touchpoint", "shop"),)] is Verdict.NO_CLEAR_CHANGE
        assert {said[key] for key in said if key[0] == "pillar_empathy"} == {Verdict.NO_CLEAR_CHANGE}
        courier = next(c for c in found if c.by == (("touchpoint", "courier"),) and c.metric == "nps")
        assert (
            courier.now
            == read(live, "nps", (courier.now.period,), courier.now.population, ("touchpoint",))[0]
        )
        assert courier.judged.difference.value == pytest.approx(courier.now.value - courier.before.value)


def test_what_is_foreseen_is_read_and_compared_without_another_walk(ws):
    class Counted(Engine):
        walks = 0

        def answer_index(self):
            self.walks += 1
            return super().answer_index()

    live = Counted(ws)
    now, before = Period.parse("2025-06-02..2025-07-11"), Period.parse("2025-04-23..2025-06-01")
    screen = Screen(metrics=("nps", "cx_index"), cuts=((), ("touchpoint",)), minimum_cell=3)
    asked = [
        (cut_of(live, (now, before), screen.population, by, people=True, weights="none"), AGAINST)
        for by in screen.cuts
    ]
    foresee(live, asked)
    assert live.walks == 1
    found = changes(live, screen, now, before)
    assert live.walks == 1
    assert [one.now for one in found if one.metric == "nps" and one.by] == read(
        live, "nps", (now,), by=("touchpoint",), minimum_cell=3
    )
    assert {one.judged.difference.se is not None for one in found} == {True}


def test_customers_who_answer_twice_make_the_error_of_a_change_another(ws):
    live = engine(ws)
    (one,) = wave_changes(live, Screen(metrics=("nps",)), "2025-06", "2025-05", WHOLE)
    apart = (one.now.se**2 + one.before.se**2) ** 0.5
    assert one.judged.difference.se != pytest.approx(apart, rel=1e-6)


def test_a_change_of_a_hidden_cell_is_not_told(ws):
    screen = Screen(metrics=("nps",), cuts=(("touchpoint",),), minimum_cell=10_000)
    for one in wave_changes(engine(ws), screen, "2025-06", "2025-05", WHOLE):
        assert one.judged.verdict is Verdict.TOO_FEW
        assert (one.now.value, one.judged.difference.value, one.judged.p) == (None, None, None)


def test_what_is_no_score_has_no_change(ws):
    with pytest.raises(NotAScore):
        changes(engine(ws), Screen(metrics=("revenue",)), JUNE, MAY)


def test_the_pillars_that_were_planted_weigh_most(ws):
    (found,) = drivers(engine(ws), replicates=200)
    share = PLANTED**2 / (PLANTED**2).sum()  # independent pillars: a share of R2 is a squared weight
    for weight, planted in zip(found.found.weights, share.tolist(), strict=True):
        assert weight.low - 0.02 <= planted <= weight.high + 0.02
    assert found.found.fallback is None
    assert 0.5 < found.found.r2.value < 0.9
    assert sum(weight.value for weight in found.found.weights) == pytest.approx(1)
    index = engine(ws).answer_index()
    assert index.cx_weights == pytest.approx([weight.value for weight in found.found.weights])


def test_the_index_weighs_the_means_of_the_pillars(ws):
    live = engine(ws)
    pillars = [read_one(live, f"pillar_{name}", WHOLE).value for name in PILLARS]
    whole = read_one(live, "cx_index", WHOLE)
    assert whole.n == 800
    assert whole.value == pytest.approx(np.dot(pillars, live.answer_index().cx_weights))


def test_weights_by_group_fall_back_where_the_base_is_small(ws):
    everybody, courier, shop = drivers(engine(ws), by="touchpoint", period=JUNE, replicates=50)
    assert (everybody.group, courier.group, shop.group) == ("", "courier", "shop")
    assert courier.found.n + shop.found.n == everybody.found.n
    tiny = Population(MappingProxyType({"region": ("nowhere",)}))
    (none,) = drivers(engine(ws), population=tiny, replicates=50)
    assert none.found.fallback == "small_base"
    assert [weight.value for weight in none.found.weights] == pytest.approx([1 / 6] * 6)
    assert all(one.hidden for one in drivers(engine(ws), minimum_cell=10_000))


def test_buying_again_counts_orders_after_the_answer_only(ws):
    (found,) = drivers(engine(ws), Outcome.BUYS_AGAIN, within_days=30, replicates=50)
    rows = engine(ws).run(engine(ws).tables().orders.select("customer", "ordered_at")).to_pandas()
    answers = build_answers(engine(ws))
    responses = responses_of(answers)
    again = _buys_again(engine(ws), responses, 30)
    last = rows["ordered_at"].max()
    for customer, time, said in zip(responses.customer, responses.time, again, strict=True):
        mine = rows[rows["customer"] == customer]["ordered_at"]
        when = np.datetime64(int(time), "us")
        later = mine.dt.tz_localize(None).to_numpy()
        bought = bool(((later > when) & (later <= when + np.timedelta64(30, "D"))).any())
        known = when + np.timedelta64(30, "D") <= last.tz_localize(None).to_datetime64()
        assert (np.isnan(said) and not known) or bool(said) == bought
    assert found.within_days == 30


def test_two_items_of_a_pillar_are_reliable_as_planted(ws):
    found = reliability(engine(ws))
    assert [one.pillar for one in found] == list(PILLARS)
    for one in found:
        assert one.items == (f"{one.pillar}0", f"{one.pillar}1")
        assert one.n == 800
        assert 0.8 < one.alpha.low < one.alpha.value < one.alpha.high < 1
        assert one.omega is None  # two items can not tell it


def ledger(people=600):
    """Everybody of one wave: north is drawn and answers twice as often."""
    rows: list[Row] = []
    for i in range(people):
        north = i % 3 == 0
        drawn = i % (2 if north else 4) == 0
        answers = drawn and (i // 4) % (1 if north else 2) == 0
        outcome = "not_sampled" if not drawn else "complete" if answers else "expired"
        rows.append({
            "table": "coverage", "id": f"e{i}", "pulse": "after", "wave": "w", "unit": "interaction",
            "touchpoint": "shop", "channel": "web", "stratum": "north" if north else "south",
            "probability": 0.5 if north else 0.25, "outcome": outcome, "eligible_at": NOON,
            "response": f"r{i}" if answers else None, "email": f"l{i}@x.it",
        })  # fmt: skip
        if answers:
            rows.append({
                "table": "answers", "id": f"n{i}", "response": f"r{i}", "wave": "w", "pulse": "after",
                "metric": "nps", "item": "nps", "value": 10.0 if north else 0.0, "scale_min": 0.0,
                "scale_max": 10.0, "answered_at": NOON, "channel": "web", "email": f"l{i}@x.it",
            })  # fmt: skip
        rows.append({"table": "customers", "id": f"c{i}", "kind": "person", "email": f"l{i}@x.it",
                     "region": "north" if north else "south", "segment": "b2c"})  # fmt: skip
    return rows


def test_weights_bring_a_wave_back_to_its_ledger(tmp_path):
    ws = make(tmp_path / "ws")
    bring(ws, ledger())
    folded(ws)
    (weighed,) = weigh(engine(ws))
    assert weighed.weights.converged
    assert weighed.weights.weight.sum() == pytest.approx(600)
    low, high = weighed.weights.factor_range
    assert low <= 1 + 1e-9 <= high + 1e-6
    first = land_weights(engine(ws), [weighed], made_at=NOON, by="ada")
    assert land_weights(engine(ws), [weighed], made_at=NOON, by="ada") == first
    fold(ws, open_reader=lambda space, item: (reader if item.source == "weights" else open_tiny)(space, item))
    live = engine(ws)
    plain = read_one(live, "nps", WHOLE)
    weighted = read_one(live, "nps", WHOLE, weights="calibrated")
    assert plain.value > 0
    assert weighted.value == pytest.approx(100 * (200 - 400) / 600)  # a third is north, whoever answered
    assert weighted.weighting == "calibrated"
    assert weighted.n == plain.n
    assert live.answer_index().codes["stratum"] == ("after north", "after south")


def test_the_error_of_a_weighted_score_knows_the_strata_of_the_ledger(tmp_path):
    ws = make(tmp_path / "ws")
    rows = ledger(300)
    chance = np.random.default_rng(3)
    for row in rows:
        if row["table"] == "answers":  # north likes us better, nobody for sure
            at = 0.8 if row["value"] else 0.3
            row |= {
                "value": 10.0 if chance.random() < at else 0.0,
                "weight_base": 2.0 if row["value"] else 4.0,
            }
    bring(ws, rows)
    folded(ws)
    live = engine(ws)
    answers = [row for row in rows if row["table"] == "answers"]
    stratum = {row["response"]: row["stratum"] for row in rows if row["table"] == "coverage"}
    drawn = survey.Design.of(
        weights=[row["weight_base"] for row in answers],
        strata=[stratum[row["response"]] for row in answers], units=[row["email"] for row in answers],
    )  # fmt: skip
    points = [100.0 if row["value"] == 10 else -100.0 for row in answers]
    expected = survey.mean(drawn, {"nps": points})
    found = read_one(live, "nps", WHOLE, weights="base")
    assert found.value == pytest.approx(expected.values[0])
    assert found.se == pytest.approx(expected.errors[0])
    assert found.n >= 30
    assert (found.low, found.high) == pytest.approx(tuple(expected.interval(freedom=found.df)[0]))
