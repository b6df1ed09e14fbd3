"""How fast we go: one token bucket for each channel, in the database, so that several processes share it."""

from datetime import datetime

from viaggio.web.shared.models.outgoing import PostRate

BURST_SECONDS = 1.0
"""What may be sent at once after a pause: the rate of so many seconds, and at least one."""


def draw(channel: str, wanted: int, *, rate: float, now: datetime) -> int:
    """Take up to `wanted` tokens from the channel's bucket, in the caller's transaction; returns how many.

    The bucket fills at `rate` tokens a second (token bucket, as in RFC 2697's single rate) and never over its
    size, so that over any stretch of t seconds at most `rate * t + size` are sent.
    """
    size = max(1.0, rate * BURST_SECONDS)
    bucket, new = PostRate.objects.select_for_update().get_or_create(
        channel=channel, defaults={"tokens": size, "at": now}
    )
    passed = 0.0 if new else max(0.0, (now - bucket.at).total_seconds())
    tokens = min(size, bucket.tokens + passed * rate)
    taken = min(wanted, int(tokens))
    bucket.tokens, bucket.at = tokens - taken, max(now, bucket.at)
    bucket.save(update_fields=["tokens", "at"])
    return taken


def give_back(channel: str, unused: int, *, rate: float) -> None:
    """Return tokens that nothing was sent with, in the caller's transaction."""
    if unused <= 0:
        return
    bucket = PostRate.objects.select_for_update().get(channel=channel)
    bucket.tokens = min(max(1.0, rate * BURST_SECONDS), bucket.tokens + unused)
    bucket.save(update_fields=["tokens"])
