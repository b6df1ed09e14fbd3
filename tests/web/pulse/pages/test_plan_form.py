"""The plan as a form: what is saved is what was said, and what has no field stays."""

from types import MappingProxyType

from hypothesis import given
from hypothesis import strategies as st

from viaggio.kernel import EVERYBODY, Population
from viaggio.pulse.fielding import (
    Consent,
    Event,
    Hours,
    Plan,
    PulseKind,
    QuotaRule,
    Reminders,
    Rest,
    Sample,
    Trigger,
    plan_findings,
)
from viaggio.pulse.model import AskedBy
from viaggio.web.pulse.forms.pages import initial_of_pages
from viaggio.web.pulse.forms.programme import PulseForm, initial_of

days = st.integers(0, 400)
wheres = st.sampled_from(
    [EVERYBODY, Population.parse(["region=Lazio,Puglia"]), Population.parse(["segment=b2b"])]
)
triggers = st.builds(
    Trigger,
    event=st.sampled_from(list(Event)),
    touchpoints=st.sampled_from([(), ("delivery",), ("delivery", "invoice")]),
    outcomes=st.sampled_from([(), ("resolved",)]),
    delay_hours=st.integers(0, 4320),
    look_back_days=st.integers(1, 180),
)
samples = st.one_of(
    st.builds(
        Sample,
        rate=st.integers(1, 100).map(lambda n: n / 100),
        by=st.just("region"),
        rates=st.sampled_from([MappingProxyType({}), MappingProxyType({"Lazio": 0.5})]),
    ),
    st.builds(Sample, rate=st.integers(1, 10_000).map(lambda n: n / 10_000)),
)


hours = st.builds(
    Hours,
    first=st.integers(0, 11),
    last=st.integers(12, 24),
    weekdays=st.sampled_from([(1,), (1, 2, 3, 4, 5), (6, 7)]),
)
rests = st.builds(
    Rest, person=days, person_type=days, account=days, account_type=days, reminders_count=st.booleans()
)
LAZIO = QuotaRule(name="Lazio", limit=20, where=Population.parse(["region=Lazio"]))


@st.composite
def plans(draw) -> Plan:
    kind = draw(st.sampled_from([PulseKind.EVENT, PulseKind.PERIODIC]))
    event = kind is PulseKind.EVENT
    sample = draw(
        samples if event else st.one_of(samples, st.builds(Sample, rate=st.none(), size=st.integers(1, 999)))
    )
    return Plan(
        kind=kind,
        trigger=draw(triggers) if event else None,
        every=None if event else draw(st.sampled_from(["week", "month"])),
        active_days=0 if event else draw(days),
        where=draw(wheres),
        sample=sample,
        consent=draw(st.sampled_from(list(Consent))),
        hours=draw(hours),
        rest=draw(rests),
        reminders=Reminders(after_days=draw(st.integers(1, 60)), most=draw(st.integers(0, 5))),
        channels=draw(st.sampled_from([(AskedBy.EMAIL,), (AskedBy.EMAIL, AskedBy.SMS)])),
        languages=draw(st.sampled_from([("it", "en"), ("en",)])),
        wave=draw(st.sampled_from(["week", "month", "quarter"])),
        expires_days=draw(st.integers(1, 180)),
        quotas=draw(st.sampled_from([(), (LAZIO,)])),
    )  # fmt: skip


def form_of(data: dict, plan: Plan | None = None) -> PulseForm:
    return PulseForm(
        data,
        questionnaires=[("delivery", "The delivery")],
        touchpoints=[("delivery", "Delivery"), ("invoice", "Invoice")],
        plan=plan,
    )


def said(plan: Plan) -> dict:
    names = {
        "name_it": "Consegna",
        "name_en": "Delivery",
        "questionnaire": "delivery",
        "survey_type": "transaction",
    }
    values = {"event": "delivery", "touchpoints": [], "delay_hours": 24} | initial_of(plan)
    return names | {name: value for name, value in values.items() if value is not None and value is not False}


@given(plans())
def test_a_plan_opened_and_saved_unchanged_is_the_same_plan(plan):
    form = form_of(said(plan), plan)
    assert form.is_valid(), form.errors
    assert form.result() == plan


def test_an_open_pulse_has_neither_event_nor_draw():
    form = form_of(said(Plan(kind=PulseKind.OPEN)))
    assert form.is_valid(), form.errors
    result = form.result()
    assert (result.trigger, result.every, plan_findings(result)) == (None, None, [])


def test_conditions_nobody_can_check_are_refused_with_those_that_can():
    form = form_of(said(Plan(kind=PulseKind.PERIODIC, every="week")) | {"where": "device=phone"})
    assert not form.is_valid()
    assert "region" in str(form.errors["where"])


def test_a_quota_without_a_number_is_refused():
    for line in ("Lazio", "Lazio: many", "Lazio: 0"):
        form = form_of(said(Plan(kind=PulseKind.OPEN)) | {"quotas": line})
        assert "quotas" in form.errors, line


def test_shares_of_strata_are_said_in_per_cent_and_nothing_else():
    strata = said(Plan(kind=PulseKind.PERIODIC, every="week", sample=Sample(rate=0.1, by="segment")))
    form = form_of(strata | {"rates": "b2b: 100\nb2c: 12,5 %"})
    assert form.is_valid(), form.errors
    assert dict(form.result().sample.rates) == {"b2b": 1.0, "b2c": 0.125}
    for line in ("b2b", "b2b: 0", "b2b: 101", ": 5"):
        assert "rates" in form_of(strata | {"rates": line}).errors, line


def test_websites_of_the_widget_are_kept_as_browsers_name_them():
    form = form_of(said(Plan(kind=PulseKind.OPEN)) | {"origins": "https://Shop.example.com/path\nexample.it"})
    assert form.is_valid(), form.errors
    pages = form.pages()
    assert pages["origins"] == ["https://shop.example.com", "https://example.it"]
    again = form_of(said(Plan(kind=PulseKind.OPEN)) | initial_of_pages(pages))
    assert again.is_valid(), again.errors
    assert again.pages() == pages
    assert "origins" in form_of(said(Plan(kind=PulseKind.OPEN)) | {"origins": "javascript:alert(1)"}).errors
