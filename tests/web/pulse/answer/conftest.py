"""A pulse with a wave, and people who were asked."""

from collections.abc import Callable, Iterator

import pytest
from pulses import invite, make_pulse

from viaggio.web.pulse.models import Invitation, Pulse
from viaggio.web.pulse.services import versions


@pytest.fixture(autouse=True)
def fresh_versions() -> Iterator[None]:
    """Records of another test are gone; so is what was read of them."""
    versions.forget()
    yield
    versions.forget()


@pytest.fixture
def pulse(db) -> Pulse:
    return make_pulse()


@pytest.fixture
def asked(pulse: Pulse) -> Invitation:
    return invite(pulse)


@pytest.fixture
def invited(pulse: Pulse) -> Callable[..., Invitation]:
    """Asks one more customer: `invited(language="en")`."""
    return lambda **more: invite(pulse, **more)
