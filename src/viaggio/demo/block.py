"""One block of customers through 24 months: each month's happenings in their order of cause."""

from dataclasses import dataclass

import numpy as np

from viaggio.demo import care, digital, pulse, trade, upkeep, word
from viaggio.demo.book import Book
from viaggio.demo.coverage import Coverage, cover
from viaggio.demo.model import MONTHS
from viaggio.demo.people import draw_people
from viaggio.demo.pulse import Answered, Tally
from viaggio.demo.word import Written
from viaggio.demo.world import World

BLOCK_PERSONS = 8_192


@dataclass(frozen=True, slots=True)
class Simulated:
    """What happened to one block."""

    book: Book
    answers: tuple[Answered, Answered]
    tally: Tally
    coverage: tuple[Coverage, Coverage]
    reviews: Written
    posts: Written


def simulate(world: World, block: int, n: int) -> Simulated:
    """Draw `n` persons and let 24 months pass; depends on the world's seed and the block only."""
    rng = np.random.default_rng(np.random.SeedSequence(world.seed, spawn_key=(block,)))
    book = Book(world, block, rng, draw_people(rng, world, 1 + block * BLOCK_PERSONS, n))
    upkeep.begin_plans(book)
    for month in range(MONTHS):
        _live(book, month)
    upkeep.close_plans(book)
    considered, company = pulse.ask(book), pulse.ask_about_company(book)
    occasions = considered.units.at_rows(considered.asked)
    (of_occasions, did, would), (of_company, did_too, would_too) = (
        pulse.answer(book, asked) for asked in (occasions, company)
    )
    tally = pulse.tally(world, occasions, did, would) + pulse.tally(world, company, did_too, would_too)
    reviews, posts = word.reviews(book)
    answers = (of_occasions, of_company)
    coverage = cover(book, (considered, company), answers, (would, would_too))
    return Simulated(book, answers, tally, coverage, reviews, posts)


def _live(book: Book, month: int) -> None:
    pieces = len(book.encounters.get("person", []))
    book.moods.append(book.mood.copy())
    word.month_of_referrals(book, month)
    bought, visits, ends = digital.month_of_visits(book, month)
    online = trade.place(book, bought.person, bought.channel, bought.at, bought.campaign)
    digital.mark_value(book, bought, online.total)
    troubles = [_follow(book, online)]
    shops = (upkeep.month_of_stores, upkeep.month_of_marketplace, upkeep.month_of_quotes)
    troubles += [_follow(book, shop(book, month)) for shop in shops]
    troubles.append(upkeep.month_of_plans(book, month))
    booked = np.flatnonzero(visits.kind == digital.BOOKING)
    upkeep.month_of_workshop(book, month, visits.person[booked], ends[booked])
    upkeep.month_of_technicians(book, month)
    care.month_of_advice(book, month)
    care.month_of_care(book, month, trade.joined(troubles))
    book.take_mood(pieces)


def _follow(book: Book, orders: trade.Orders) -> trade.Trouble:
    """What follows an order: calls about the delivery, returns, the invoice."""
    back = trade.send_back(book, orders)
    return trade.joined([trade.late_calls(book, orders), back, trade.bill(book, orders)])
