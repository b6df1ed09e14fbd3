"""What visitors of the site and colleagues of Officina Blu say: answers to the two pulses without a draw."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from viaggio.demo.company import LANGUAGES

_SITE_IT = (
    "Le foto delle e-bike sono belle, ma vorrei vedere i pesi.", "Non ho capito i costi di spedizione.",
    "Tutto chiaro, ho trovato subito il casco giusto.", "La ricerca non trova le parti di ricambio.",
    "Vorrei poter confrontare due modelli.", "Mettete gli orari delle officine più in vista.",
)  # fmt: skip
_SITE_EN = (
    "Please show the weight of each bike.", "I could not find what delivery costs.",
    "Everything was easy to find.", "Let me compare two models side by side.",
)  # fmt: skip
_WORK = (
    "Vorrei vedere lo stato della riparazione senza chiamare l'officina.",
    "Il corriere ci avvisa dei ritardi quando il cliente ha già chiamato.",
    "Serve una sola scheda per cliente, non tre programmi.",
    "Quando la fattura è sbagliata nessuno sa chi la deve correggere.",
    "Ci aiutiamo, ma solo se ci conosciamo di persona.",
)
SITE_AT_MOST, SITE_AT_LEAST = 36, 8
COLLEAGUES_BEFORE, COLLEAGUES_NOW = 23, 14


@dataclass(frozen=True, slots=True)
class Voice:
    """One response: how long before the end, in minutes, in what language, and the answers by item."""

    minutes_before: int
    language: str
    answers: Mapping[str, object]


def of_visitors(seed: int, responses_a_month: int) -> Iterator[Voice]:
    """What visitors of the site said in the last week; fewer in a small company."""
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(1 << 30, 1)))
    n = int(np.clip(responses_a_month // 8, SITE_AT_LEAST, SITE_AT_MOST))
    for _ in range(n):
        english = int(rng.random() < 0.25)
        answers: dict[str, object] = {
            "effort": int(np.clip(np.rint(rng.normal(5.4, 1.2)), 1, 7)),
            "visit_goal": str(rng.choice(["yes", "partly", "no"], p=[0.6, 0.25, 0.15])),
            "information_clear": int(np.clip(np.rint(rng.normal(3.9, 0.9)), 1, 5)),
        }
        if rng.random() < 0.4:
            answers["one_change"] = str(rng.choice(_SITE_EN if english else _SITE_IT))
        yield Voice(int(rng.integers(20, 7 * 24 * 60)), LANGUAGES[english], answers)


def of_colleagues(seed: int, n: int) -> Iterator[Voice]:
    """What `n` colleagues say without a name."""
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(1 << 30, 2, n)))
    for _ in range(n):
        answers: dict[str, object] = {
            key: int(np.clip(np.rint(rng.normal(mean, 1.2)), 1, 7))
            for key, mean in (("means", 5.2), ("information", 4.1), ("functions", 4.8))
        }
        if rng.random() < 0.3:
            answers["one_change"] = str(rng.choice(_WORK))
        yield Voice(int(rng.integers(60, 20 * 24 * 60)), "it", answers)
