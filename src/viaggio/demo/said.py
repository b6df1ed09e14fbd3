"""Answers, comments, reviews, posts and tickets of one block as Arrow tables."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from viaggio.demo.arrow import codes, join, json_object, numbered, table
from viaggio.demo.book import BY_ACCOUNT, BY_EMAIL, BY_NUMBER, BY_PHONE, BY_VISITOR, Ints
from viaggio.demo.company import CAUSES, LANGUAGES, PILLARS, TEAMS, C, T
from viaggio.demo.programmes import PROGRAMME_OF, PROGRAMMES
from viaggio.demo.pulse import ITEMS, METRICS, RECOMMEND, RELATIONSHIP, SCALES, Answered
from viaggio.demo.tables import MOMENTS, PHASES, SITES, SLUGS, Desk, Piece, order_ids
from viaggio.demo.word import Written
from viaggio.demo.words import CAUSE_FAMILY, FAMILY, FAMILY_OF, compose, question
from viaggio.journey.model import CHANNELS
from viaggio.journey.tables import INTERACTIONS
from viaggio.pulse.tables import ANSWERS
from viaggio.voice.tables import TEXTS

_PILLAR_OF = np.array([-1, -1, -1, *range(6), *range(6), -1])
LABELS = pa.schema([("source", pa.string()), ("id", pa.string()), ("touchpoint", pa.string()),
                    ("pillar", pa.string()), ("sentiment", pa.string()), ("language",
                        pa.string())])  # fmt: skip
"""What each text is truly about; written beside the truth, never landed."""

SENTIMENTS = ("negative", "mixed", "positive")


class Sayings:
    """Makes the tables of one block's words and keeps what each text is truly about."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.labels: list[Any] = []

    def pieces(self) -> Iterator[Piece]:
        """Answers and texts, source by source."""
        for given in self.desk.simulated.answers:
            yield "pulse", ANSWERS, self._answers(given)
            yield "pulse", TEXTS, self._comments(given)
        yield from self._reviews(self.desk.simulated.reviews)
        yield "reviews", TEXTS, self._posts(self.desk.simulated.posts)
        yield "helpdesk", TEXTS, self._tickets()

    def _language(self, person: Ints) -> Any:
        return codes(LANGUAGES, self.desk.book.people.english[person] * 1)

    def _label(
        self, source: str, ids: Any, *, touchpoint: Ints, pillar: Ints, sentiment: Ints, language: Any
    ) -> None:
        """Keep what these texts are truly about."""
        n = len(touchpoint)
        columns = [pa.repeat(pa.scalar(source), n), ids, codes(SLUGS, touchpoint), codes(PILLARS, pillar),
                   codes(SENTIMENTS, sentiment), language]  # fmt: skip
        self.labels.append(pa.table(columns, schema=LABELS))

    def _answers(self, given: Answered) -> Any:
        asked = given.asked
        response, item = np.nonzero(~np.isnan(given.values))
        n = len(response)
        person, place = asked.person[response], asked.touchpoint[response]
        number = numbered("R", given.number[response], 10)
        programme = PROGRAMME_OF[place]
        month = np.array([f"{day:%Y-%m}" for day in self.desk.book.world.clock.starts])
        scale = np.array(SCALES)
        team = codes(TEAMS, asked.team[response])
        return table(ANSWERS, n, {
            "id": join(number, ":", codes(ITEMS, item)), **self.desk.who(person, BY_NUMBER),
            "response": number, "invitation": numbered("INV", given.invitation[response], 10),
            "pulse": codes([one.slug for one in PROGRAMMES], programme),
            "wave": pa.array(month.tolist()).take(pa.array(asked.month[response])),
            "item": codes(ITEMS, item), "item_version": 1, "metric": codes(METRICS, item),
            "pillar": codes(PILLARS, _PILLAR_OF[item]), "value": given.values[response, item],
            "scale_min": scale[item, 0], "scale_max": scale[item, 1],
            "weight_base": 1 / asked.probability[response],
            "touchpoint": codes(SLUGS, place), "phase": codes(PHASES, place),
            "channel": codes(CHANNELS, asked.channel[response]), "language": self._language(person),
            "order_id": order_ids(asked.order[response]), "answered_at": given.at[response],
            "properties": json_object(n, {"team": team}),
        })  # fmt: skip

    def _comments(self, given: Answered) -> Any:
        at = np.flatnonzero(given.comments)
        asked, n = given.asked.at_rows(at), int(given.comments.sum())
        person, place = asked.person, asked.touchpoint
        english = self.desk.book.people.english[person]
        family = np.where(place == RELATIONSHIP, FAMILY["company"], self._family(place, asked.channel))
        begging = self.desk.book.world.parameters.begging
        plea = given.begged[at] & (self.desk.book.rng.random(n) < begging.comment_share)
        body = compose(self.desk.book.rng, family, given.pillar[at], given.sentiment[at], english, plea=plea)
        number = numbered("R", given.number[at], 10)
        language = codes(LANGUAGES, english * 1)
        ids = join(number, ":comment")
        self._label("pulse", ids, touchpoint=place, pillar=given.pillar[at], sentiment=given.sentiment[at],
                    language=language)  # fmt: skip
        return table(TEXTS, n, {
            "id": ids, **self.desk.who(person, BY_NUMBER), "kind": "answer", "public": False,
            "rating": given.values[at, RECOMMEND], "rating_max": 10.0, "language": language, "body": body,
            "touchpoint": codes(SLUGS, place), "phase": codes(PHASES, place), "channel": codes(CHANNELS,
                asked.channel),
            "response": number, "order_id": order_ids(asked.order), "written_at": given.at[at],
        })  # fmt: skip

    def _family(self, place: Ints, channel: Ints) -> Ints:
        usual = FAMILY_OF[np.maximum(place, 0)]
        by_app = (channel == C["app"]) & (usual == FAMILY["shop"])
        family: Ints = np.where(by_app, FAMILY["app"], usual)
        return family

    def _public(self, source: str, written: Written, prefix: str) -> dict[str, Any]:
        """Columns that reviews and posts share."""
        desk, n = self.desk, len(written.at)
        english = desk.book.people.english[written.person]
        family = self._family(written.touchpoint, written.channel)
        body = compose(desk.book.rng, family, written.pillar, written.sentiment, english)
        language = codes(LANGUAGES, english * 1)
        ids = desk.ids(prefix, n)
        self._label(source, ids, touchpoint=written.touchpoint, pillar=written.pillar,
                    sentiment=written.sentiment, language=language)  # fmt: skip
        return {
            "id": ids, "public": True, "language": language, "body": body, "written_at": written.at,
            "touchpoint": codes(SLUGS, written.touchpoint), "phase": codes(PHASES, written.touchpoint),
        }  # fmt: skip

    def _reviews(self, written: Written) -> Iterator[Piece]:
        desk, n = self.desk, len(written.at)
        who = desk.who(written.person, BY_EMAIL)
        columns = self._public("reviews", written, "RV")
        site = json_object(n, {"site": codes(SITES, written.person % len(SITES))})
        stars = written.stars.astype(np.float64)
        order = order_ids(written.order)
        yield "reviews", TEXTS, table(TEXTS, n, {
            **columns, **who, "kind": "review", "rating": stars, "rating_max": 5.0, "channel": "review_site",
            "response": columns["id"], "order_id": order, "properties": site,
        })  # fmt: skip
        yield "reviews", ANSWERS, table(ANSWERS, n, {
            "id": join(columns["id"], "-stars"), **who, "response": columns["id"], "item": "stars",
            "metric": "review",
            "value": stars, "scale_min": 1.0, "scale_max": 5.0, "touchpoint": columns["touchpoint"],
            "phase": columns["phase"], "channel": codes(CHANNELS, written.channel),
            "language": columns["language"],
            "order_id": order, "answered_at": written.at, "properties": site,
        })  # fmt: skip
        place = np.full(n, T["public_review"])
        yield "reviews", INTERACTIONS, table(INTERACTIONS, n, {
            "id": desk.ids("W", n), **who, "touchpoint": codes(SLUGS, place), "phase": codes(PHASES, place),
            "moment": codes(MOMENTS, place), "channel": "review_site", "started_at": written.at,
            "properties": site,
        })  # fmt: skip

    def _posts(self, written: Written) -> Any:
        desk, n = self.desk, len(written.at)
        linked = written.person % 3 == 0
        handle = desk.book.people.number[written.person] * 4 + 3
        who = desk.who(written.person, BY_VISITOR + BY_EMAIL * linked, handle)
        return table(TEXTS, n, {
            **self._public("reviews", written, "PO"), **who, "kind": "post", "channel": "social",
            "properties": json_object(n, {"seen_by": pa.array(written.reach, pa.int64())}),
        })  # fmt: skip

    def _tickets(self) -> Any:
        desk = self.desk
        rows = desk.rows("tickets", "at")
        n, person, channel = len(rows["at"]), rows["person"], rows["channel"]
        people = desk.book.people
        english = people.english[person]
        family = np.array([FAMILY[name] for name in CAUSE_FAMILY])[rows["cause"]]
        chat = channel == C["chat"]
        language = codes(LANGUAGES, english * 1)
        ids = numbered("T", rows["number"], 10)
        self._label("helpdesk", ids, touchpoint=np.full(n, T["help_request"]), pillar=np.full(n, -1),
                    sentiment=np.full(n, -1), language=language)  # fmt: skip
        named = np.where(channel == C["phone"], BY_PHONE + BY_NUMBER, BY_EMAIL + BY_NUMBER)
        place = np.full(n, T["help_request"])
        return table(TEXTS, n, {
            "id": ids, **desk.who(person, named + BY_ACCOUNT * people.b2b[person]),
            "kind": codes(("ticket", "chat"), chat * 1), "public": False, "language": language,
            "body": question(desk.book.rng, family, english), "touchpoint": codes(SLUGS, place),
            "phase": codes(PHASES, place), "channel": codes(CHANNELS, channel), "written_at": rows["at"],
            "properties": json_object(n, {"cause": codes(CAUSES, rows["cause"])}),
        })  # fmt: skip
