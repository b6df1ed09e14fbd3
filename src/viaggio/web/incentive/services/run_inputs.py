"""The frozen inputs of a run, read once."""

import json
from functools import lru_cache

from viaggio.incentive.run import Inputs, Person
from viaggio.store.incentives.rereading import inputs_from


@lru_cache(maxsize=4)
def frozen_inputs(sha256: str, text: str) -> tuple[Inputs, dict[str, Person]]:
    """The inputs of a snapshot, and its people by pseudonym; a snapshot never changes."""
    inputs = inputs_from(json.loads(text))
    return inputs, {person.id: person for person in inputs.people}
