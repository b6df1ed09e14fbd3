"""Rest: who was asked too recently, decided in the order of time for persons and their accounts together."""

from viaggio.pulse.fielding.model import DAY, Clocks, Ints, Reason, Rest

_NEVER = -(1 << 62)


def rest_allows(rest: Rest, *, at: int, person: int, account: int, clocks: Clocks) -> Reason:
    """Why a person (of an account, 0 for none) may not be asked at a moment, or `NONE` when they may be.

    Times in UTC microseconds. What is planned already counts as asked: a moment before it is too early too.
    """
    rules = (
        (rest.person, clocks.person, person, Reason.PERSON),
        (rest.person_type, clocks.person_type, person, Reason.PERSON_TYPE),
        (rest.account, clocks.account, account, Reason.ACCOUNT),
        (rest.account_type, clocks.account_type, account, Reason.ACCOUNT_TYPE),
    )
    for days, clock, key, reason in rules:
        if days and key and at - clock.get(key, _NEVER) < days * DAY:
            return reason
    return Reason.NONE


def rested(rest: Rest, *, at: Ints, person: Ints, account: Ints, clocks: Clocks) -> list[Reason]:
    """For each request, why it may not be made, or `NONE`.

    Decided in the order of `at`, ties in the order of the rows; a request that is made starts the clocks of
    its person and its account for those after it.
    """
    running = Clocks(
        person=dict(clocks.person),
        person_type=dict(clocks.person_type),
        account=dict(clocks.account),
        account_type=dict(clocks.account_type),
    )
    found = [Reason.NONE] * len(at)
    times, persons, accounts = at.tolist(), person.tolist(), account.tolist()
    for row in at.argsort(kind="stable").tolist():
        who, firm, now = persons[row], accounts[row], times[row]
        found[row] = rest_allows(rest, at=now, person=who, account=firm, clocks=running)
        if found[row] is Reason.NONE:
            for clock, key in (
                (running.person, who),
                (running.person_type, who),
                (running.account, firm),
                (running.account_type, firm),
            ):
                clock[key] = max(now, clock.get(key, _NEVER))  # type: ignore[index]  # our own dicts
    return found
